//! Walking and looking into files on several threads.
//!
//! One [`Queue`] holds folders to list and files to look into; each thread, the caller's included, takes from it what is best done
//! next. Threads are added while there is more to do than there are threads, as far as [`Crew`] allows.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::RandomState;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::crew::{Crew, Pace};
use super::delivery::Delivery;
use super::queue::{BATCH, Batch, Queue, Work};
use super::sniff::{Nearby, Sniffed, Sniffer, is_gone, is_too_many, wait_for_others};
use super::tally::Tally;
use super::walk::{Entry, Folder, Rules};
use super::{Check, Counters, DEFAULT_CONCURRENCY, Found, Report, Scan};

/// Scans folders; see [`Scan::run_each`].
pub(super) fn run<T: Send>(
    scan: &Scan<'_>,
    folders: &[PathBuf],
    progress: Report<'_>,
    done: &(dyn Fn(usize, Found) -> Result<T> + Sync),
) -> Vec<Result<T>> {
    let rules = Rules::of(scan);
    let limit = scan.concurrency.unwrap_or(DEFAULT_CONCURRENCY).get();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let roots = folders.iter().enumerate().rev().map(|(index, path)| rules.root(index, path)).collect();
    let queue = Queue::new(roots, Crew::new(processors.min(limit), limit));
    let engine = Engine {
        scan,
        rules,
        roots: folders.iter().map(|path| Root::new(path)).collect(),
        queue: Mutex::new(queue),
        wake: Condvar::new(),
        counters: Counters::default(),
        pace: Pace::default(),
        done_with: AtomicU64::new(0),
        key: RandomState::new(),
        progress,
        done,
        delivery: Delivery::new(if folders.len() > 1 { limit } else { 1 }),
    };
    thread::scope(|scope| engine.work(scope));
    let interrupted = || Err(Error::Interrupted("not all files were looked at".to_owned()));
    engine.roots.into_iter().map(|root| unlocked(root.result.into_inner()).unwrap_or_else(interrupted)).collect()
}

struct Engine<'a, T> {
    scan: &'a Scan<'a>,
    rules: Rules<'a>,
    roots: Vec<Root<'a, T>>,
    queue: Mutex<Queue>,
    wake: Condvar,
    counters: Counters,
    pace: Pace,
    /// Files that were opened and folders that were listed.
    done_with: AtomicU64,
    key: RandomState,
    progress: Report<'a>,
    done: &'a (dyn Fn(usize, Found) -> Result<T> + Sync),
    delivery: Delivery,
}

/// One of the scanned folders.
struct Root<'a, T> {
    path: &'a Path,
    tally: Mutex<Tally>,
    /// Folders to list and files to look into that are not done with.
    pending: AtomicU64,
    result: Mutex<Option<Result<T>>>,
}

impl<'a, T> Root<'a, T> {
    fn new(path: &'a Path) -> Root<'a, T> {
        Root { path, tally: Mutex::default(), pending: AtomicU64::new(1), result: Mutex::new(None) }
    }
}

impl<T: Send> Engine<'_, T> {
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let _alarm = Alarm(self);
        let mut sniffer = Sniffer::new(&self.key);
        while let Some(work) = self.next(scope) {
            match work {
                Work::List(folder) => self.list(scope, folder, &mut sniffer),
                Work::Sniff(batch) => self.sniff(scope, batch, &mut sniffer),
            }
            (self.progress)(self.counters.progress());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        unlocked(self.queue.lock())
    }

    /// Waits for something to do; `None` when there is nothing left for this thread.
    fn next<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> Option<Work> {
        let mut queue = self.lock();
        loop {
            if self.scan.stopped() && !queue.stopped {
                queue.stopped = true;
                self.wake.notify_all();
            }
            if queue.stopped || queue.roots_left == 0 || queue.threads > queue.crew.size {
                queue.threads -= 1;
                // The call to work that this thread may have got is for another one.
                self.wake.notify_one();
                return None;
            }
            if let Some(work) = queue.take(&self.pace) {
                let is_slow = self.pace.is_slow();
                let all_busy = queue.idle == 0 && queue.threads >= queue.crew.size;
                queue.crew.learn(is_slow, all_busy, self.done_with.load(Ordering::Relaxed), Instant::now());
                self.add_thread(scope, queue);
                return Some(work);
            }
            queue.idle += 1;
            queue = unlocked(self.wake.wait(queue));
            queue.idle -= 1;
        }
    }

    /// One more thread, if there is work for it and a reason to have it. The new one adds the next.
    fn add_thread<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, mut queue: MutexGuard<'_, Queue>) {
        if queue.is_empty() {
            return;
        }
        if queue.idle > 0 {
            self.wake.notify_one();
            return;
        }
        if queue.threads >= queue.crew.size {
            return;
        }
        queue.threads += 1;
        drop(queue);
        if thread::Builder::new().spawn_scoped(scope, || self.work(scope)).is_err() {
            let mut queue = self.lock();
            queue.threads -= 1;
            let threads = queue.threads;
            queue.crew.at_most(threads);
        }
    }

    fn list<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, folder: Folder, sniffer: &mut Sniffer<'_>) {
        let folder = Arc::new(folder);
        let started = Instant::now();
        let entries = match self.open_folder(&folder.path) {
            Ok(entries) => entries,
            Err(error) => {
                let gone = is_gone(&error) && !folder.relative.is_empty();
                self.tally(
                    &folder,
                    |tally| if gone { tally.gone() } else { tally.failed("list", &folder.path, error) },
                );
                return self.finished(scope, folder.root, 1);
            }
        };
        self.took(started.elapsed(), 1);
        let mut listing = Listing::default();
        for entry in entries {
            match entry.and_then(|entry| self.rules.judge(&folder, &entry)) {
                Ok(Entry::File(name)) => listing.files.push(name),
                Ok(Entry::LeftOut) => listing.left_out += 1,
                Ok(Entry::Folder(subfolder)) => listing.folders.push(subfolder),
                Ok(Entry::Gone) => self.tally(&folder, Tally::gone),
                Ok(Entry::Other) => {}
                Err(error) => self.tally(&folder, |tally| tally.failed("list", &folder.path, error)),
            }
            if listing.files.len() >= BATCH || listing.folders.len() >= BATCH {
                let plenty = self.hand_over(scope, &folder, &mut listing);
                if self.scan.stopped() {
                    break;
                }
                if plenty {
                    self.help(scope, sniffer);
                }
                (self.progress)(self.counters.progress());
            }
        }
        self.hand_over(scope, &folder, &mut listing);
        self.counters.folders.fetch_add(1, Ordering::Relaxed);
        self.finished(scope, folder.root, 1);
    }

    fn open_folder(&self, path: &Path) -> std::io::Result<fs::ReadDir> {
        let mut attempt = 0;
        loop {
            match fs::read_dir(path) {
                Err(error) if is_too_many(&error) => {
                    self.back_off();
                    wait_for_others(attempt).ok_or(error)?;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Looks into some files while there are too many to remember.
    fn help<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, sniffer: &mut Sniffer<'_>) {
        let batch = self.lock().take_files(&self.pace);
        if let Some(batch) = batch {
            self.sniff(scope, batch, sniffer);
        }
    }

    /// Puts what was listed into the queue. Returns whether there is plenty in it.
    fn hand_over<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        folder: &Arc<Folder>,
        listing: &mut Listing,
    ) -> bool {
        let listing = mem::take(listing);
        let files = listing.files.len();
        let seen = files as u64 + listing.left_out;
        self.counters.seen.fetch_add(seen, Ordering::Relaxed);
        let looks = self.rules.check == Check::Open;
        self.tally(folder, |tally| {
            tally.seen(seen);
            if !looks {
                let selected = listing.files.iter().filter(|name| tally.select(&folder.relative, name)).count();
                self.counters.selected.fetch_add(selected as u64, Ordering::Relaxed);
            }
        });
        let new = listing.folders.len() + if looks { files } else { 0 };
        if new == 0 {
            return false;
        }
        self.roots[folder.root].pending.fetch_add(new as u64, Ordering::Relaxed);
        let mut queue = self.lock();
        queue.folders.extend(listing.folders.into_iter().rev());
        if looks && files > 0 {
            queue.add_files(Batch { folder: Arc::clone(folder), names: listing.files });
        }
        let plenty = queue.has_plenty();
        self.add_thread(scope, queue);
        plenty
    }

    fn sniff<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, batch: Batch, sniffer: &mut Sniffer<'_>) {
        let folder = &batch.folder;
        let started = Instant::now();
        let nearby = Nearby::new(&folder.path, batch.names.len());
        let sniffed: Vec<Sniffed> =
            batch.names.iter().map(|name| self.sniff_patiently(&nearby, name, sniffer)).collect();
        self.took(started.elapsed(), batch.names.len());
        let mut selected = 0;
        self.tally(folder, |tally| {
            for (name, sniffed) in batch.names.iter().zip(sniffed) {
                match sniffed {
                    Sniffed::Dicom(header) => {
                        tally.select_dicom(&folder.relative, name, header);
                        selected += 1;
                    }
                    Sniffed::Other => {}
                    Sniffed::Gone => tally.gone(),
                    Sniffed::TooMany => {
                        tally.failed("read", &folder.path.join(name), std::io::Error::other("too many open files"));
                    }
                    Sniffed::Failed(error) => tally.failed("read", &folder.path.join(name), error),
                }
            }
        });
        self.counters.checked.fetch_add(batch.names.len() as u64, Ordering::Relaxed);
        self.counters.selected.fetch_add(selected, Ordering::Relaxed);
        self.finished(scope, folder.root, batch.names.len() as u64);
    }

    fn sniff_patiently(&self, folder: &Nearby<'_>, name: &OsStr, sniffer: &mut Sniffer<'_>) -> Sniffed {
        let mut attempt = 0;
        loop {
            let sniffed = sniffer.sniff(folder, name);
            if !matches!(sniffed, Sniffed::TooMany) {
                return sniffed;
            }
            self.back_off();
            if wait_for_others(attempt).is_none() {
                return sniffed;
            }
            attempt += 1;
        }
    }

    /// Fewer threads from now on: some end when they next ask for work.
    fn back_off(&self) {
        let mut queue = self.lock();
        let half = queue.threads / 2;
        queue.crew.at_most(half);
    }

    fn took(&self, time: Duration, files: usize) {
        self.pace.learn(time, files);
        self.done_with.fetch_add(files as u64, Ordering::Relaxed);
    }

    fn tally(&self, folder: &Folder, note: impl FnOnce(&mut Tally)) {
        let mut tally = unlocked(self.roots[folder.root].tally.lock());
        note(&mut tally);
    }

    /// So much of a scanned folder is done with. Whoever does the last of it hands over the result.
    fn finished<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, root: usize, count: u64) {
        if self.roots[root].pending.fetch_sub(count, Ordering::AcqRel) != count {
            return;
        }
        let this = &self.roots[root];
        if self.scan.stopped() {
            // What was listed last may not be all there is.
            return self.root_done();
        }
        let tally = mem::take(&mut *unlocked(this.tally.lock()));
        match tally.finish(this.path) {
            Ok(found) => self.delivery.begin(scope, root, found, |root, found| self.deliver(root, found)),
            Err(error) => self.settle(root, Err(error)),
        }
    }

    fn deliver(&self, root: usize, found: Found) {
        let _alarm = Alarm(self);
        self.settle(root, (self.done)(root, found));
    }

    fn settle(&self, root: usize, result: Result<T>) {
        *unlocked(self.roots[root].result.lock()) = Some(result);
        self.root_done();
    }

    fn root_done(&self) {
        let mut queue = self.lock();
        queue.roots_left -= 1;
        if queue.roots_left == 0 {
            self.wake.notify_all();
        }
    }
}

/// What was listed since the last hand-over.
#[derive(Default)]
struct Listing {
    files: Vec<OsString>,
    folders: Vec<Folder>,
    left_out: u64,
}

/// A lock that a panicking thread held is good enough: the panic itself is passed on when the threads are joined.
fn unlocked<G>(outcome: std::result::Result<G, PoisonError<G>>) -> G {
    outcome.unwrap_or_else(PoisonError::into_inner)
}

/// Without it, the other threads would wait for ever for what a panicking thread had to do.
struct Alarm<'a, 'b, T: Send>(&'a Engine<'b, T>);

impl<T: Send> Drop for Alarm<'_, '_, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().stopped = true;
            self.0.wake.notify_all();
        }
    }
}
