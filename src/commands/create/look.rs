//! What is about to be sent, as far as it can be seen in a moment.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use crate::commands::console::Console;
use crate::commands::inspected::amount;
use crate::creation::Surveyed;
use crate::inspection::{Files, Findings, Looking, Progress, Risk, inspect};
use crate::locks::unlocked;
use crate::plan::Planned;
use crate::problem::numbered;
use crate::scan::DEFAULT_CONCURRENCY;

/// How long it may take until the first file is looked at. An unavailable share takes far longer to say so.
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

/// What the look shares with the thread that waits for it.
#[derive(Clone, Default)]
struct Shared {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
}

/// Tells how much data the rows have, as far as their places are known, and what is likely to be held back, if that can be seen in a
/// moment: nothing is asked of the server, and nothing changes if it cannot.
pub fn tell(console: &Console, places: &HashMap<usize, PathBuf>, rows: &[Surveyed<'_>]) {
    let files = |row: &Surveyed<'_>| {
        let Planned { line, source, .. } = row.planned();
        Some((*line, Files::of(source, places.get(line)?.clone())))
    };
    let files: Vec<(usize, Files)> = rows.iter().filter_map(files).collect();
    if files.is_empty() {
        return;
    }
    let (shared, visible) = (Shared::default(), files.len());
    let (done, received) = channel();
    let work = shared.clone();
    // It is abandoned when it takes too long: a call to a share that does not answer cannot be cancelled.
    if thread::Builder::new().spawn(move || work.look(&files, &done)).is_err() {
        return;
    }
    let bar = console.progress("looking at the data; '--no-look' skips it:");
    let is_whole = shared.wait(&received, TO_DECIDE, TO_LOOK);
    shared.stop.store(true, Ordering::Relaxed);
    drop(bar);
    let seen = shared.seen();
    if !is_whole && seen.now == Progress::default() {
        return console.note("data     no answer within a second: 'anon map check --files' waits for it");
    }
    console.note(format_args!("data     {}", seen.amount(is_whole, visible, rows.len())));
    if let Some(risks) = seen.risks() {
        console.note(format_args!("risks    {risks}; see 'anon map check --files'"));
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        unlocked(self.seen.lock())
    }

    /// Waits until all files have been looked at, for at most this long; at most `to_decide` if none has been. Returns whether
    /// all are.
    fn wait(&self, done: &Receiver<()>, to_decide: Duration, to_look: Duration) -> bool {
        let is_done = done.recv_timeout(to_decide).is_ok();
        is_done || self.seen().now != Progress::default() && done.recv_timeout(to_look - to_decide).is_ok()
    }

    fn look(&self, files: &[(usize, Files)], done: &Sender<()>) {
        let sources: Vec<Files> = files.iter().map(|(_, files)| files.clone()).collect();
        let progress = |now| self.seen().advance(now);
        let looking = Looking { stop: &self.stop, progress: &progress, concurrency: DEFAULT_CONCURRENCY };
        let found = inspect(&sources, looking, &|row, findings| self.seen().take(files[row].0, findings));
        if !self.stop.load(Ordering::Relaxed) {
            // Only now it is known what rows have in common.
            let mut whole = Seen::default();
            for ((line, _), findings) in files.iter().zip(found) {
                let Ok(findings) = findings else { continue };
                whole.take(*line, &findings);
                whole.now.files += findings.files;
                whole.now.bytes += findings.bytes;
            }
            *self.seen() = whole;
            let _ = done.send(());
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
        let amount = amount(files, bytes);
        match is_whole {
            true if visible == rows => amount,
            true => format!("{amount} in {visible} of {rows} rows; the others are not visible from here"),
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
        let (sender, done) = channel();
        let look = Shared::default();
        assert!(!look.wait(&done, SOON, LATE), "nothing was seen");
        look.seen().now.files = 1;
        assert!(!look.wait(&done, SOON, 2 * SOON), "not all was seen");
        sender.send(()).unwrap();
        assert!(look.wait(&done, LATE, LATE));
    }

    #[test]
    fn amounts_say_how_complete_they_are() {
        let seen = Seen { now: Progress { files: 65_002, bytes: 31_200_000_000, rows: 40 }, ..Seen::default() };
        assert_eq!(seen.amount(true, 300, 300), "65,002 files, 31.2 GB");
        assert_eq!(
            seen.amount(true, 40, 300),
            "65,002 files, 31.2 GB in 40 of 300 rows; the others are not visible from here"
        );
        assert_eq!(
            seen.amount(false, 300, 300),
            "more than 65,002 files, 31.2 GB: 40 of 300 rows were looked at in 4 seconds"
        );
    }
}
