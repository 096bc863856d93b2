//! What is about to be sent, as far as it can be seen in a moment.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::console::Console;
use crate::creation::Surveyed;
use crate::inspection::{Files, Findings, Looking, Progress, Risk, inspect};
use crate::plan;
use crate::problem::numbered;
use crate::scan::DEFAULT_CONCURRENCY;
use crate::text::{agreeing, grouped, sized};
use crate::values::Parameters;

/// How long it may take to find out whether the data can be seen at all. A share that is away takes far longer to say so.
const TO_DECIDE: Duration = Duration::from_secs(1);

/// How long it may take in all.
const TO_LOOK: Duration = Duration::from_secs(4);

/// What a look has seen so far.
#[derive(Default)]
struct Seen {
    now: Progress,
    /// The rows with a risk, by their lines.
    risks: BTreeMap<Risk, Vec<usize>>,
}

/// What a look tells of itself.
enum Event {
    /// The data of so many rows can be seen.
    Sees(usize),
    /// All of it was looked at.
    Done,
}

/// What the look shares with whoever waits for it.
#[derive(Clone, Default)]
struct Shared {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
}

/// Tells how much data the rows have and what is likely to be held back, if that can be seen in a moment: nothing is asked of the
/// server, and nothing changes if it cannot.
pub fn tell(console: &Console, mapping: &Path, defaults: &Parameters, rows: &[Surveyed<'_>]) {
    let lines: HashSet<usize> =
        rows.iter().map(|row| row.planned()).filter(|row| !row.source.is_pacs()).map(|row| row.line).collect();
    if lines.is_empty() {
        return;
    }
    let shared = Shared::default();
    let (events, received) = channel();
    let (work, mapping, defaults) = (shared.clone(), mapping.to_owned(), defaults.clone());
    // It is left to itself when it takes too long: a share that does not answer holds up whoever asks it.
    let look = thread::Builder::new().spawn(move || {
        let Ok(files) = plan::visible_files(&mapping, &defaults, &lines) else { return };
        work.look(&files, &events);
    });
    if look.is_err() {
        return;
    }
    let bar = console.progress("looking at the data; '--no-look' skips it:");
    let outcome = wait(&received, TO_DECIDE, TO_LOOK);
    shared.stop.store(true, Ordering::Relaxed);
    drop(bar);
    let (visible, is_whole) = match outcome {
        Outcome::Nothing => return,
        Outcome::Away => {
            return console.note("data     not to be seen within a second: 'anon map check --files' waits for it");
        }
        Outcome::Part(visible) => (visible, false),
        Outcome::Whole(visible) => (visible, true),
    };
    let seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
    console.note(format_args!("data     {}", seen.amount(is_whole, visible, rows.len())));
    if let Some(risks) = seen.risks() {
        console.note(format_args!("risks    {risks}; see 'anon map check --files'"));
    }
}

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// There is nothing to be seen from here.
    Nothing,
    /// Whatever there is does not answer.
    Away,
    /// It took too long; of so many rows something was to be seen.
    Part(usize),
    /// All files of so many rows were looked at.
    Whole(usize),
}

/// Waits for what a look tells, for so long in all and not longer.
fn wait(events: &Receiver<Event>, to_decide: Duration, to_look: Duration) -> Outcome {
    let started = Instant::now();
    let visible = match events.recv_timeout(to_decide) {
        Ok(Event::Sees(visible)) if visible > 0 => visible,
        Ok(_) | Err(RecvTimeoutError::Disconnected) => return Outcome::Nothing,
        Err(RecvTimeoutError::Timeout) => return Outcome::Away,
    };
    match events.recv_timeout(to_look.saturating_sub(started.elapsed())) {
        Ok(_) => Outcome::Whole(visible),
        Err(_) => Outcome::Part(visible),
    }
}

impl Shared {
    fn look(&self, files: &[(usize, Files)], events: &Sender<Event>) {
        // Nobody hears it any more if that took too long.
        if events.send(Event::Sees(files.len())).is_err() {
            return;
        }
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let sources: Vec<Files> = files.iter().map(|(_, files)| files.clone()).collect();
        let looking =
            Looking { stop: &self.stop, progress: &|now| seen().advance(now), concurrency: DEFAULT_CONCURRENCY };
        let done = |row: usize, findings: &Findings| seen().take(files[row].0, findings);
        let found = inspect(&sources, looking, &done);
        if !self.stop.load(Ordering::Relaxed) {
            // Only now it is known what rows have in common.
            let mut whole = Seen::default();
            for ((line, _), findings) in files.iter().zip(found) {
                let Ok(findings) = findings else { continue };
                whole.take(*line, &findings);
                whole.now.files += findings.files;
                whole.now.bytes += findings.bytes;
            }
            *seen() = whole;
            let _ = events.send(Event::Done);
        }
    }
}

impl Seen {
    /// The numbers only grow, but may come in any order.
    fn advance(&mut self, now: Progress) {
        let Progress { files, bytes, rows } = self.now;
        self.now = Progress { files: files.max(now.files), bytes: bytes.max(now.bytes), rows: rows.max(now.rows) };
    }

    fn take(&mut self, line: usize, findings: &Findings) {
        for risk in findings.risks.keys() {
            self.risks.entry(*risk).or_default().push(line);
        }
    }

    /// `412 files, 210.3 MB`, and how much of all that is.
    fn amount(&self, is_whole: bool, visible: usize, rows: usize) -> String {
        let Progress { files, bytes, rows: done } = self.now;
        let amount = format!("{} {}, {}", grouped(files), agreeing(files as usize, "file", "files"), sized(bytes));
        match is_whole {
            true if visible == rows => amount,
            true => format!("{amount} in {visible} of {rows} rows; the others cannot be seen from here"),
            false => {
                format!("more than {amount}: {done} of {rows} rows were looked at in {} seconds", TO_LOOK.as_secs())
            }
        }
    }

    /// `ultrasound in lines 12 and 40, several patients in line 13`.
    fn risks(&self) -> Option<String> {
        let one = |(risk, lines): (&Risk, &Vec<usize>)| {
            let mut lines = lines.clone();
            lines.sort_unstable();
            format!("{} in {}", risk.about().title, numbered(&lines))
        };
        let risks: Vec<String> = self.risks.iter().map(one).collect();
        (!risks.is_empty()).then(|| risks.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(5);
    const LATE: Duration = Duration::from_secs(60);

    #[test]
    fn a_share_that_does_not_answer_is_not_waited_for() {
        let (sender, events) = channel();
        assert_eq!(wait(&events, SOON, LATE), Outcome::Away);
        sender.send(Event::Sees(3)).unwrap();
        assert_eq!(wait(&events, LATE, SOON), Outcome::Part(3));
    }

    #[test]
    fn what_is_seen_in_time_is_told_at_once() {
        let (sender, events) = channel();
        sender.send(Event::Sees(3)).unwrap();
        sender.send(Event::Done).unwrap();
        assert_eq!(wait(&events, LATE, LATE), Outcome::Whole(3));
        sender.send(Event::Sees(0)).unwrap();
        assert_eq!(wait(&events, LATE, LATE), Outcome::Nothing);
        drop(sender);
        assert_eq!(wait(&events, LATE, LATE), Outcome::Nothing);
    }

    #[test]
    fn amounts_say_how_much_of_it_they_are() {
        let seen = Seen { now: Progress { files: 65_002, bytes: 31_200_000_000, rows: 40 }, ..Seen::default() };
        assert_eq!(seen.amount(true, 300, 300), "65,002 files, 31.2 GB");
        assert_eq!(
            seen.amount(true, 40, 300),
            "65,002 files, 31.2 GB in 40 of 300 rows; the others cannot be seen from here"
        );
        assert_eq!(
            seen.amount(false, 300, 300),
            "more than 65,002 files, 31.2 GB: 40 of 300 rows were looked at in 4 seconds"
        );
    }
}
