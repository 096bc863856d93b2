//! A proxy that spoils calls.

mod message;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use self::message::Message;
use super::fake::FakeIdis;
use super::fault::{Calls, Fault, Rules, When};
use super::received::Received;
use crate::locks::unlocked;

/// A proxy on 127.0.0.1, in front of a [`FakeIdis`] or alone, that spoils the calls it is told to, and passes on the rest.
///
/// It can be called as if it were the server, or be named in `HTTP_PROXY`: whatever host is then asked for, the server behind it
/// answers.
///
/// ```
/// use anonapi::api::{Client, JobId, Token};
/// use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};
///
/// let idis = FakeIdis::builder().jobs(2).start();
/// let proxy = FaultyProxy::before(&idis);
/// // The job is cancelled, but nobody hears of it.
/// proxy.after(Calls::every("cancel_job"), Fault::Reset);
///
/// let client = Client::new(&proxy.url("p01"), "z123456", Token::new("token"))?;
/// assert!(client.cancel_job(JobId(2)).is_err());
/// assert_eq!(client.get_job(JobId(2))?.status.as_str(), "INACTIVE");
/// # Ok::<(), anonapi::Error>(())
/// ```
#[derive(Debug)]
pub struct FaultyProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    upstream: Option<SocketAddr>,
    stopped: AtomicBool,
    /// How long a connection may wait for its next call.
    idle: Mutex<Option<Duration>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rules: Rules<(When, Fault)>,
    received: Vec<Received>,
    spoiled: usize,
    connections: usize,
    open: Vec<Weak<TcpStream>>,
}

impl FaultyProxy {
    /// Passes calls on to this server.
    ///
    /// # Panics
    /// If the system has no free port.
    pub fn before(idis: &FakeIdis) -> FaultyProxy {
        FaultyProxy::start(Some(idis.address()))
    }

    /// Has no server behind it: calls that are not spoiled are answered 502.
    ///
    /// # Panics
    /// If the system has no free port.
    pub fn alone() -> FaultyProxy {
        FaultyProxy::start(None)
    }

    fn start(upstream: Option<SocketAddr>) -> FaultyProxy {
        let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1: {error}"));
        let (stopped, idle) = (AtomicBool::new(false), Mutex::default());
        let shared = Arc::new(Shared { upstream, stopped, idle, state: Mutex::default() });
        let listening = thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        FaultyProxy { address, shared, listening: Some(listening) }
    }

    /// Spoils calls before the server hears of them. Of several rules for one call the first counts.
    pub fn on(&self, calls: Calls, fault: Fault) {
        self.shared.state().rules.add(calls, (When::InPlaceOfTheWork, fault));
    }

    /// Lets the server do what is asked, and spoils its answer.
    pub fn after(&self, calls: Calls, fault: Fault) {
        self.shared.state().rules.add(calls, (When::AfterTheWork, fault));
    }

    /// Closes connections without a word when no further call comes over them for so long, as servers and firewalls do.
    pub fn close_idle_after(&self, time: Duration) {
        *unlocked(self.shared.idle.lock()) = Some(time);
    }

    /// The base URL of one of the servers behind the proxy, as [`FakeIdis::url`].
    pub fn url(&self, server: &str) -> String {
        format!("http://{}/{server}", self.address)
    }

    /// Every call that arrived, spoiled or not.
    pub fn received(&self) -> Vec<Received> {
        self.shared.state().received.clone()
    }

    /// How many calls were spoiled.
    pub fn spoiled(&self) -> usize {
        self.shared.state().spoiled
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }
}

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
        for stream in self.shared.state().open.drain(..).filter_map(|stream| stream.upgrade()) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        unlocked(self.state.lock())
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn wait(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.stopped() && Instant::now() < end {
            thread::sleep(end.saturating_duration_since(Instant::now()).min(Duration::from_millis(20)));
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().filter_map(Result::ok) {
        if shared.stopped() {
            return;
        }
        let _ = stream.set_nodelay(true);
        let stream = Arc::new(stream);
        let mut state = shared.state();
        state.connections += 1;
        state.open.retain(|open| open.strong_count() > 0);
        state.open.push(Arc::downgrade(&stream));
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            let mut connection = Connection { client: stream, upstream: None, shared, calls: 0 };
            // A client that hangs up is none of the proxy's business.
            while let Ok(true) = connection.serve_one() {}
        });
    }
}

/// A client's connection, and the one to the server that belongs to it.
struct Connection {
    client: Arc<TcpStream>,
    upstream: Option<TcpStream>,
    shared: Arc<Shared>,
    /// How many calls came over it so far.
    calls: usize,
}

impl Connection {
    /// Waits for the next call, for as long as an idle connection is kept open.
    fn is_asked_again(&self) -> io::Result<bool> {
        let idle = *unlocked(self.shared.idle.lock());
        let Some(idle) = idle.filter(|_| self.calls > 0) else { return Ok(true) };
        if idle.is_zero() {
            return Ok(false);
        }
        self.client.set_read_timeout(Some(idle))?;
        let is_asked = self.client.peek(&mut [0]).is_ok_and(|count| count > 0);
        self.client.set_read_timeout(None)?;
        Ok(is_asked)
    }

    /// Answers one call; `false` if the connection ends with it.
    fn serve_one(&mut self) -> io::Result<bool> {
        if !self.is_asked_again()? {
            return Ok(false);
        }
        let Some(mut request) = Message::read(&mut &*self.client)? else { return Ok(false) };
        request.forget_host();
        self.calls += 1;
        let first_line = request.first_line();
        let [method, target, ..] = first_line.as_slice() else { return Ok(false) };
        let call = Received::parse(method, target, request.header("authorization").as_deref(), &request.body);
        let spoiled = {
            let mut state = self.shared.state();
            let spoiled = state.rules.next(&call.function);
            state.spoiled += usize::from(spoiled.is_some());
            state.received.push(call);
            spoiled
        };
        match spoiled {
            None => self.forward(&request)?.write(&mut &*self.client).map(|()| true),
            Some((When::InPlaceOfTheWork, Fault::Delay(time))) => {
                self.shared.wait(time);
                self.forward(&request)?.write(&mut &*self.client).map(|()| true)
            }
            Some((When::InPlaceOfTheWork, fault)) => self.spoil(&fault, None),
            Some((When::AfterTheWork, fault)) => {
                let answer = self.forward(&request)?;
                self.spoil(&fault, Some(answer))
            }
        }
    }

    fn forward(&mut self, request: &Message) -> io::Result<Message> {
        let Some(address) = self.shared.upstream else {
            return Ok(Message::answer(502, &[("Content-Type", "text/plain")], "there is no server behind this proxy"));
        };
        let mut upstream = match self.upstream.take() {
            Some(upstream) => upstream,
            None => TcpStream::connect(address)?,
        };
        upstream.set_nodelay(true)?;
        request.write(&mut upstream)?;
        let answer = Message::read(&mut upstream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.upstream = Some(upstream);
        Ok(answer)
    }

    /// Gives the client a fault for an answer, or for this answer; `false` if the connection ends with it.
    fn spoil(&self, fault: &Fault, answer: Option<Message>) -> io::Result<bool> {
        let mut client = &*self.client;
        let json = "{\"job_id\": 1, \"status\": \"ACTIVE\"}";
        let answer = answer.unwrap_or_else(|| Message::answer(200, &[("Content-Type", "application/json")], json));
        match fault {
            Fault::Delay(time) => {
                self.shared.wait(*time);
                return answer.write(&mut client).map(|()| true);
            }
            Fault::Answer { status, content_type, body } => {
                let answer = Message::answer(*status, &[("Content-Type", content_type)], body);
                return answer.write(&mut client).map(|()| true);
            }
            Fault::Redirect { status, location } => {
                return Message::answer(*status, &[("Location", location)], "").write(&mut client).map(|()| true);
            }
            Fault::Drip { pause, headers } => self.drip(&answer, *pause, *headers)?,
            Fault::Gzip => return answer.compressed()?.write(&mut client).map(|()| true),
            Fault::GzipBomb => return Message::bomb()?.write(&mut client).map(|()| true),
            Fault::Close => {}
            // Takes effect when the stream is dropped, which nobody else holds.
            Fault::Reset => socket2::SockRef::from(&self.client).set_linger(Some(Duration::ZERO))?,
            Fault::Truncate => {
                let half = answer.body[..answer.body.len() / 2].to_vec();
                Message { head: answer.head, body: half }.write(&mut client)?;
            }
            Fault::Nonsense => client.write_all(b"\x16\x03\x01\x02\x00\xff\xfe\0 this is not HTTP \x1b[2J\r\n\r\n")?,
            Fault::EndlessBody => self.flood(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                &format!("10000\r\n{}\r\n", " ".repeat(0x10000)),
            )?,
            Fault::HugeBody => self.flood(
                &format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", 1u64 << 40),
                &" ".repeat(0x10000),
            )?,
            Fault::EndlessHeaders => {
                self.flood("HTTP/1.1 200 OK\r\n", &format!("X-Filler: {}\r\n", "a".repeat(1000)).repeat(16))?;
            }
        }
        Ok(false)
    }

    /// Sends a byte at a time.
    fn drip(&self, answer: &Message, pause: Duration, headers: bool) -> io::Result<()> {
        let mut client = &*self.client;
        let (at_once, slowly) = match headers {
            true => (vec![], [answer.head.as_slice(), &answer.body].concat()),
            // A body that takes longer than anybody waits.
            false => (answer.head.clone(), answer.body.clone()),
        };
        client.write_all(&at_once)?;
        for byte in slowly {
            if self.shared.stopped() {
                break;
            }
            client.write_all(&[byte])?;
            self.shared.wait(pause);
        }
        Ok(())
    }

    /// Sends the same again and again until the client hangs up or the proxy is dropped.
    fn flood(&self, start: &str, again: &str) -> io::Result<()> {
        let mut client = &*self.client;
        client.write_all(start.as_bytes())?;
        while !self.shared.stopped() {
            client.write_all(again.as_bytes())?;
        }
        Ok(())
    }
}
