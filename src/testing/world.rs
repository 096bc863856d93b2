//! What a fake server knows: its jobs, what it has heard, and what it was told to expect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::delivery::Delivery;
use super::functions::{Answer, FUNCTIONS, Jobs, Replies};
use super::job::FakeJob;
use super::life::{Clock, Life};
use super::received::Received;

/// How the server was set up.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) seeds: Vec<FakeJob>,
    pub(super) first_new_id: i64,
    pub(super) replies: Option<Vec<FakeJob>>,
    pub(super) life: Life,
    pub(super) delivery: Option<Arc<Delivery>>,
    pub(super) token: Option<String>,
    pub(super) user: Option<String>,
}

#[derive(Debug)]
pub(super) struct World {
    setup: Setup,
    clock: Clock,
    servers: BTreeMap<String, Jobs>,
    pub(super) requests: Vec<Received>,
    /// How often each function was called, whatever was forgotten of the requests.
    tally: BTreeMap<String, usize>,
    expected: BTreeMap<String, usize>,
    /// Calls of functions that do not exist, or with the wrong method.
    misplaced: Vec<Received>,
}

impl World {
    pub(super) fn new(setup: Setup) -> World {
        World {
            setup,
            clock: Clock::new(),
            servers: BTreeMap::new(),
            requests: Vec::new(),
            tally: BTreeMap::new(),
            expected: BTreeMap::new(),
            misplaced: Vec::new(),
        }
    }

    pub(super) fn answer(&mut self, call: Received) -> Answer {
        self.requests.push(call.clone());
        *self.tally.entry(call.function.clone()).or_default() += 1;
        if let Some(refusal) = self.refuse_credentials(&call) {
            return refusal;
        }
        let now = self.clock.now();
        match FUNCTIONS.iter().find(|(name, ..)| *name == call.function) {
            Some((_, method, _)) if *method == call.method => self.server(&call.server).answer(&call, now),
            Some(_) => {
                self.misplaced.push(call);
                Answer { status: 405, body: serde_json::json!({}) }
            }
            None => {
                // The bare base URL is how clients ask whether the API is alive.
                if !call.function.is_empty() {
                    self.misplaced.push(call);
                }
                Answer::documentation()
            }
        }
    }

    fn refuse_credentials(&self, call: &Received) -> Option<Answer> {
        let wanted = self.setup.token.as_ref().map(|token| format!("Token {token}"));
        let token_fits = wanted.is_none() || wanted == call.authorization;
        let user_fits = self.setup.user.is_none() || self.setup.user.as_deref() == call.param("user_name");
        (!token_fits || !user_fits).then(|| Answer::error(401, "Authentication", "Invalid Authentication"))
    }

    fn server(&mut self, name: &str) -> &mut Jobs {
        let setup = &self.setup;
        self.servers.entry(name.to_owned()).or_insert_with(|| {
            let replies = setup.replies.clone().map(Replies::new);
            Jobs::new(&setup.seeds, setup.first_new_id, replies, setup.life, setup.delivery.clone())
        })
    }

    pub(super) fn jobs(&mut self, server: &str) -> Vec<FakeJob> {
        let now = self.clock.now();
        self.server(server).all(now)
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.clock.skip(time);
    }

    pub(super) fn expect(&mut self, function: &str, times: usize) {
        self.expected.insert(function.to_owned(), times);
    }

    /// What went otherwise than expected, a line each.
    pub(super) fn surprises(&self) -> Vec<String> {
        let expected = self.expected.iter().filter_map(|(function, times)| {
            let came = self.tally.get(function).copied().unwrap_or(0);
            (came != *times).then(|| format!("expected {times} calls of '{function}', {came} came"))
        });
        let misplaced = self.misplaced.iter().filter(|call| !self.expected.contains_key(&call.function));
        expected.chain(misplaced.map(|call| format!("nobody expected the call {call}"))).collect()
    }
}
