//! A server to hold `anon` and its library against.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::delivery::Delivery;
use super::fault::Calls;
use super::functions::Clock;
use super::job::FakeJob;
use super::lie::Lie;
use super::life::Life;
use super::received::Received;
use super::world::{Setup, World};
use crate::error::{Error, Result};
use crate::locks::unlocked;

/// A stateful IDIS web API on 127.0.0.1, on a thread of its own, until it is dropped.
///
/// It answers on any base path, and each base path is a server with its own jobs: see [`FakeIdis::url`]. Its errors are those of
/// the web API. The project `no-such-project` is one that no user is connected to.
///
/// When dropped it panics, and so fails the test, if it was called in a way that nobody expected (a function that does not exist, a
/// wrong method), or if calls announced with [`FakeIdis::expect`] did not come.
#[derive(Debug)]
pub struct FakeIdis {
    server: MockServer,
    world: Arc<Mutex<World>>,
}

/// Chooses what a [`FakeIdis`] is like before it starts.
#[derive(Debug, Clone)]
#[must_use]
pub struct FakeIdisBuilder {
    setup: Setup,
    port: u16,
    delay: Duration,
}

impl FakeIdis {
    /// Starts a server without jobs on a free port.
    ///
    /// # Panics
    /// If the system has no free port.
    pub fn start() -> FakeIdis {
        FakeIdis::builder().start()
    }

    /// A server to be configured.
    pub fn builder() -> FakeIdisBuilder {
        let setup = Setup {
            seeds: Vec::new(),
            first_new_id: 1001,
            replies: None,
            life: Life::still(),
            delivery: None,
            clock: Clock::Stopped,
            token: None,
            user: None,
        };
        FakeIdisBuilder { setup, port: 0, delay: Duration::ZERO }
    }

    /// Starts a server that answers every call about a job with the next of these. The replies repeat: after the last comes the first
    /// again, however often it is asked.
    ///
    /// A reply takes the requested id; `get_jobs` gives all of them under their own ids.
    ///
    /// # Panics
    /// If the system has no free port.
    pub fn replying(replies: Vec<FakeJob>) -> FakeIdis {
        let mut builder = FakeIdis::builder();
        builder.setup.replies = Some(replies);
        builder.start()
    }

    /// The base URL of one of the servers, such as `http://127.0.0.1:41234/p01` for `p01`.
    pub fn url(&self, server: &str) -> String {
        format!("{}/{server}", self.server.uri())
    }

    /// Everything that was asked so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Received> {
        self.world().requests.clone()
    }

    /// How often a function was called, out of [`FakeIdis::requests`].
    pub fn calls(&self, function: &str) -> usize {
        self.world().requests.iter().filter(|call| call.function == function).count()
    }

    /// Forgets the requests, but not the jobs.
    pub fn reset_requests(&self) {
        self.world().requests.clear();
    }

    /// The jobs of a server as they are at this moment, in the order of their ids.
    pub fn jobs(&self, server: &str) -> Vec<FakeJob> {
        self.world().jobs(server)
    }

    /// Announces that a function is called exactly so often before the server is dropped. It need not be one that exists.
    pub fn expect(&self, function: &str, times: usize) {
        self.world().expect(function, times);
    }

    /// Has it do what these calls ask for, and say something else. Of several rules for one call the first counts.
    pub fn lie(&self, calls: Calls, lie: Lie) {
        self.world().lie(calls, lie);
    }

    /// Lets time pass for the jobs at once, so that a test need not wait.
    pub fn pass(&self, time: Duration) {
        self.world().pass(time);
    }

    /// Does what a call asks for that did not come over the network.
    pub(super) fn hear(&self, call: Received) {
        self.world().answer(call);
    }

    pub(super) fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        unlocked(self.world.lock())
    }
}

impl Drop for FakeIdis {
    fn drop(&mut self) {
        let surprises = self.world().surprises();
        if !thread::panicking() && !surprises.is_empty() {
            panic!("calls to {}:\n{}", self.server.uri(), surprises.join("\n"));
        }
    }
}

impl FakeIdisBuilder {
    /// Each server starts with jobs 1 to `count`, whose statuses go round: INACTIVE, ERROR, DONE, UPLOADED, ACTIVE, ERROR, ACTIVE.
    pub fn jobs(mut self, count: u32) -> FakeIdisBuilder {
        self.setup.seeds.extend((1..=count).map(FakeJob::sample));
        self
    }

    /// Each server also starts with this job.
    pub fn job(mut self, job: FakeJob) -> FakeIdisBuilder {
        self.setup.seeds.push(job);
        self
    }

    /// The id of the first job that is created on a server: 1001 unless chosen.
    pub fn first_new_id(mut self, id: i64) -> FakeIdisBuilder {
        self.setup.first_new_id = id;
        self
    }

    /// Whether jobs change by themselves: [`Life::still`] unless chosen. With any other life, the dates of jobs that are created are
    /// real.
    pub fn life(mut self, life: Life) -> FakeIdisBuilder {
        self.setup.life = life;
        if self.setup.clock == Clock::Stopped && life != Life::still() {
            self.setup.clock = Clock::Ahead(0);
        }
        self
    }

    /// Gives jobs that are created, and the header `Date` of each answer, the time of a clock that is so many seconds ahead of this
    /// computer's.
    pub fn clock_ahead(mut self, seconds: i64) -> FakeIdisBuilder {
        self.setup.clock = Clock::Ahead(seconds);
        self
    }

    /// Jobs that are done have delivered their images, and those that cannot end in errors: see [`Delivery`]. Without it no file is read
    /// or written. Jobs get no further than they do by [`FakeIdisBuilder::life`].
    pub fn delivery(mut self, delivery: Delivery) -> FakeIdisBuilder {
        self.setup.delivery = Some(Arc::new(delivery));
        self
    }

    /// Listens on this port: a free one unless chosen.
    pub fn port(mut self, port: u16) -> FakeIdisBuilder {
        self.port = port;
        self
    }

    /// Answers 401 to calls without this token.
    pub fn token(mut self, token: &str) -> FakeIdisBuilder {
        self.setup.token = Some(token.to_owned());
        self
    }

    /// Answers 401 to calls without this `user_name`.
    pub fn require_user(mut self, user: &str) -> FakeIdisBuilder {
        self.setup.user = Some(user.to_owned());
        self
    }

    /// Sends each answer so much later: a realistic round trip is 20 ms. Calls on several connections wait side by side.
    pub fn delay(mut self, delay: Duration) -> FakeIdisBuilder {
        self.delay = delay;
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    /// If the port is taken.
    pub fn start(self) -> FakeIdis {
        self.try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts the server.
    ///
    /// # Errors
    /// [`Error::Refused`] that names the port if it cannot be had.
    pub fn try_start(self) -> Result<FakeIdis> {
        let refuse = |error: std::io::Error| {
            let message = format!("cannot listen on 127.0.0.1:{}: {}", self.port, crate::text::plain(&error));
            Error::refused(message, "choose another port, or 0 for any that is free")
        };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).map_err(refuse)?;
        let clock = self.setup.clock;
        let world = Arc::new(Mutex::new(World::new(self.setup)));
        let answer = responder(Arc::clone(&world), self.delay, clock);
        let mock = Mock::given(wiremock::matchers::any()).respond_with(answer);
        let start = async {
            let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
            server.register(mock).await;
            server
        };
        // A thread of its own: the caller may already be inside a runtime.
        let started = thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
            Ok(runtime.block_on(start))
        });
        match started.join() {
            Ok(server) => Ok(FakeIdis { server: server.map_err(refuse)?, world }),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn responder(
    world: Arc<Mutex<World>>,
    delay: Duration,
    clock: Clock,
) -> impl Fn(&Request) -> ResponseTemplate + Send + Sync {
    move |request| {
        let authorization = request.headers.get("authorization").and_then(|value| value.to_str().ok());
        let target = format!("{}?{}", request.url.path(), request.url.query().unwrap_or_default());
        let call = Received::parse(request.method.as_str(), &target, authorization, &request.body);
        let answer = unlocked(world.lock()).answer(call);
        let template = ResponseTemplate::new(answer.status).set_body_json(answer.body).set_delay(delay);
        match clock {
            Clock::Stopped => template,
            Clock::Ahead(seconds) => {
                let date = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds);
                template.insert_header("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests;
