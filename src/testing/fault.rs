//! What can go wrong between a client and a server.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Something that goes wrong with a call on its way through a [`FaultyProxy`](super::FaultyProxy).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It takes so much longer.
    Delay(Duration),
    /// The connection is closed without an answer.
    Close,
    /// The connection is reset without an answer, as by a firewall.
    Reset,
    /// The answer breaks off in the middle of its body, and the connection is closed.
    Truncate,
    /// What comes back is not HTTP.
    Nonsense,
    /// Something else answers.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// The call is sent elsewhere.
    Redirect {
        /// The HTTP status: 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location`.
        location: String,
    },
    /// The answer never ends, and has not said that it would.
    EndlessBody,
    /// The answer announces a tebibyte, and delivers.
    HugeBody,
    /// The headers of the answer never end.
    EndlessHeaders,
    /// The answer comes byte by byte, one after each pause, and so does what is before its body with `headers`.
    Drip {
        /// The time between two bytes.
        pause: Duration,
        /// Whether the headers drip too.
        headers: bool,
    },
    /// The answer is compressed with gzip, whether the client asked for it or not.
    Gzip,
    /// 64 MiB of spaces, compressed with gzip to less than one.
    GzipBomb,
}

impl Fault {
    /// An answer of another kind than JSON, as proxies and web servers give it.
    pub fn page(status: u16, body: &str) -> Fault {
        Fault::Answer { status, content_type: "text/html".to_owned(), body: body.to_owned() }
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: &str) -> Fault {
        Fault::Answer { status, content_type: "application/json".to_owned(), body: body.to_owned() }
    }

    /// One of each, for tests that must survive all of them. Redirects lead to a port where nobody listens.
    pub fn samples() -> Vec<Fault> {
        vec![
            Fault::Delay(Duration::from_millis(50)),
            Fault::Close,
            Fault::Reset,
            Fault::Truncate,
            Fault::Nonsense,
            Fault::page(500, "boom"),
            Fault::page(503, "<html>We are upgrading</html>"),
            Fault::page(404, "<html>not here</html>"),
            Fault::page(200, "<html>Please log in</html>"),
            Fault::json(200, "[1, {\"job_id\": \"\\ud800"),
            Fault::json(200, "null"),
            Fault::Redirect { status: 302, location: "http://127.0.0.1:9/".to_owned() },
            Fault::Redirect { status: 307, location: "http://127.0.0.1:9/".to_owned() },
            Fault::EndlessBody,
            Fault::HugeBody,
            Fault::EndlessHeaders,
            Fault::Drip { pause: Duration::from_secs(5), headers: false },
            Fault::GzipBomb,
        ]
    }
}

/// Which calls a [`Fault`] befalls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    function: Option<String>,
    numbers: RangeInclusive<usize>,
}

impl Calls {
    /// Every call of every function.
    pub fn all() -> Calls {
        Calls { function: None, numbers: 1..=usize::MAX }
    }

    /// Every call of this function; the empty name is the bare base URL.
    pub fn every(function: &str) -> Calls {
        Calls { function: Some(function.to_owned()), numbers: 1..=usize::MAX }
    }

    /// The `number`-th call of this function, counted from 1.
    pub fn nth(function: &str, number: usize) -> Calls {
        Calls { function: Some(function.to_owned()), numbers: number..=number }
    }

    /// The `number`-th call of this function and all that follow.
    pub fn from_nth(function: &str, number: usize) -> Calls {
        Calls { function: Some(function.to_owned()), numbers: number..=usize::MAX }
    }

    /// The `number`-th call of any function, counted from 1.
    pub fn nth_of_all(number: usize) -> Calls {
        Calls { function: None, numbers: number..=number }
    }
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// The server never hears of the call (a delayed one excepted).
    InPlaceOfTheWork,
    /// The server has done what was asked, and the fault takes the place of its answer.
    AfterTheWork,
}

/// What befalls which calls, and how many there were.
#[derive(Debug)]
pub(super) struct Rules<T> {
    rules: Vec<(Calls, T)>,
    counts: BTreeMap<String, usize>,
    total: usize,
}

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Rules { rules: Vec::new(), counts: BTreeMap::new(), total: 0 }
    }
}

impl<T: Clone> Rules<T> {
    pub(super) fn add(&mut self, calls: Calls, what: T) {
        self.rules.push((calls, what));
    }

    /// Counts a call, and says what befalls it: the first rule that names it.
    pub(super) fn next(&mut self, function: &str) -> Option<T> {
        self.total += 1;
        let count = self.counts.entry(function.to_owned()).or_default();
        *count += 1;
        let (count, total) = (*count, self.total);
        let befalls = |calls: &Calls| match &calls.function {
            Some(name) => name == function && calls.numbers.contains(&count),
            None => calls.numbers.contains(&total),
        };
        self.rules.iter().find(|(calls, _)| befalls(calls)).map(|(_, what)| what.clone())
    }
}
