//! What a fake server knows: its jobs, what it has heard, and what it was told to expect.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::delivery::Delivery;
use super::fault::{Calls, Rules};
use super::functions::{Clock, FUNCTIONS, Jobs, Reply};
use super::job::FakeJob;
use super::lie::Lie;
use super::life::{Life, Time};
use super::received::Received;

/// How the server was set up.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) seeds: Vec<FakeJob>,
    pub(super) first_new_id: i64,
    pub(super) replies: Option<Vec<FakeJob>>,
    pub(super) life: Life,
    pub(super) delivery: Option<Arc<Delivery>>,
    pub(super) clock: Clock,
    pub(super) token: Option<String>,
    pub(super) user: Option<String>,
}

#[derive(Debug)]
pub(super) struct World {
    setup: Setup,
    time: Time,
    servers: BTreeMap<String, Jobs>,
    pub(super) requests: Vec<Received>,
    /// How often each function was called, whatever was forgotten of the requests.
    tally: BTreeMap<String, usize>,
    expected: BTreeMap<String, usize>,
    /// Calls of functions that do not exist, or with the wrong method.
    misplaced: Vec<Received>,
    lies: Rules<Lie>,
    /// What was last said of each function, truly or not.
    said: BTreeMap<String, Reply>,
}

impl World {
    pub(super) fn new(setup: Setup) -> World {
        World {
            setup,
            time: Time::new(),
            servers: BTreeMap::new(),
            requests: Vec::new(),
            tally: BTreeMap::new(),
            expected: BTreeMap::new(),
            misplaced: Vec::new(),
            lies: Rules::default(),
            said: BTreeMap::new(),
        }
    }

    pub(super) fn answer(&mut self, call: Received) -> Reply {
        self.requests.push(call.clone());
        *self.tally.entry(call.function.clone()).or_default() += 1;
        if let Some(refusal) = self.refuse_credentials(&call) {
            return refusal;
        }
        let now = self.time.now();
        match FUNCTIONS.iter().find(|(name, ..)| *name == call.function) {
            Some((_, method, _)) if *method == call.method => {
                let honest = self.server(&call.server).answer(&call, now);
                self.perhaps_lie(honest, &call, now)
            }
            Some(_) => {
                self.misplaced.push(call);
                Reply { status: 405, body: serde_json::json!({}) }
            }
            None => {
                // The bare base URL is how clients ask whether the API is alive.
                if !call.function.is_empty() {
                    self.misplaced.push(call);
                }
                Reply::documentation()
            }
        }
    }

    fn perhaps_lie(&mut self, honest: Reply, call: &Received, now: Duration) -> Reply {
        let reply = match self.lies.next(&call.function) {
            None => honest,
            Some(lie) => {
                let all = self.server(&call.server).all(now);
                lie.tell(honest, call, self.said.get(&call.function), &all)
            }
        };
        self.said.insert(call.function.clone(), reply.clone());
        reply
    }

    pub(super) fn lie(&mut self, calls: Calls, lie: Lie) {
        self.lies.add(calls, lie);
    }

    fn refuse_credentials(&self, call: &Received) -> Option<Reply> {
        let wanted = self.setup.token.as_ref().map(|token| format!("Token {token}"));
        let token_fits = wanted.is_none() || wanted == call.authorization;
        let user_fits = self.setup.user.is_none() || self.setup.user.as_deref() == call.param("user_name");
        (!token_fits || !user_fits).then(|| Reply::error(401, "Authentication", "Invalid Authentication"))
    }

    fn server(&mut self, name: &str) -> &mut Jobs {
        let setup = &self.setup;
        self.servers.entry(name.to_owned()).or_insert_with(|| Jobs::new(setup))
    }

    pub(super) fn jobs(&mut self, server: &str) -> Vec<FakeJob> {
        let now = self.time.now();
        self.server(server).all(now)
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.time.skip(time);
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
