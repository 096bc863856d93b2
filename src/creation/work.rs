//! Asking for jobs, and writing down what becomes of each.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use chrono::NaiveDateTime;

use super::ending::{Done, Ending, Outcome};
use super::journal::{Journal, Known};
use super::session::{Row, Session, Surveyed};
use super::survey::Recognised;
use crate::api::{ApiError, Client, Created, Effect, Failure, JobId, in_parallel};
use crate::batch::Additions;
use crate::error::Error;
use crate::locks::unlocked;
use crate::plan::Planned;

/// Creates the jobs of rows: see [`Session::create`]. The journal is taken for as long as that lasts.
pub(super) fn create<'s>(
    session: &'s Session<'_>,
    journal: Journal,
    rows: &[Surveyed<'s>],
    at_once: NonZeroUsize,
    stop: &AtomicBool,
    mut each: impl FnMut(&Planned, &Outcome),
) -> Ending<'s> {
    let work = Work {
        client: session.client,
        stop,
        book: Mutex::new(Book {
            journal,
            additions: session.batch.additions(session.server),
            strangers: session.strangers.borrow().clone(),
            refusal: None,
            is_halted: false,
            is_doubted: false,
        }),
    };
    let mut outcomes: Vec<Outcome> = rows.iter().map(|_| Outcome::NotTried).collect();
    let mut rest: Vec<usize> = (0..rows.len()).collect();
    let mut is_first = true;
    let unseen = loop {
        let tried = work.go_on(rows, &rest, at_once, &mut outcomes, &mut each);
        let unseen = look_again(session, &mut work.book(), rows, &tried, &mut outcomes, &mut each);
        rest.retain(|index| !tried.contains(index));
        // One lost answer is no reason to stop if its job was found; two in a row are.
        let is_fruitful = tried.iter().any(|index| matches!(outcomes[*index], Outcome::Created(_)));
        let is_open =
            tried.iter().any(|index| matches!(outcomes[*index], Outcome::Perhaps { .. } | Outcome::Unsaved(..)));
        if rest.is_empty() || work.is_over(&work.book()) || is_open || !(is_fruitful || is_first) {
            break unseen;
        }
        is_first = false;
        work.book().is_doubted = false;
    };
    for index in rest {
        each(rows[index].planned(), &Outcome::NotTried);
    }
    let book = unlocked(work.book.into_inner());
    let on_disk = book.journal.sync().and(session.batch.sync());
    let done = |(row, outcome): (&Surveyed<'s>, Outcome)| {
        let job = &row.row.job;
        Done { row: Surveyed { known: book.journal.known(job), time: book.journal.time(job), ..*row }, outcome }
    };
    let rows = rows.iter().zip(outcomes).map(done).collect();
    Ending { rows, on_disk, unseen: unseen.map(Error::from), interrupted: stop.load(Ordering::SeqCst) }
}

/// What has come of a request that may have made a job is told only when it was looked for on the server.
fn is_doubtful(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Perhaps { .. } => true,
        Outcome::Failed(Error::Api(error)) => error.effect() == Effect::Failed,
        _ => false,
    }
}

/// Looks on the server for jobs that may have been created for the tried rows, and reports what became of them.
fn look_again(
    session: &Session<'_>,
    book: &mut Book,
    rows: &[Surveyed<'_>],
    tried: &BTreeSet<usize>,
    outcomes: &mut [Outcome],
    each: &mut impl FnMut(&Planned, &Outcome),
) -> Option<ApiError> {
    let doubtful: Vec<usize> = tried.iter().copied().filter(|index| is_doubtful(&outcomes[*index])).collect();
    let wanted: Vec<&Row> = doubtful.iter().map(|index| rows[*index].row).collect();
    let mut recognised = Recognised::default();
    session.look_for_requests(&book.journal, &wanted, &mut recognised);
    for index in doubtful {
        let row = rows[index].row;
        let lookalikes = recognised.lookalikes.remove(&row.job).unwrap_or_default();
        let outcome = std::mem::replace(&mut outcomes[index], Outcome::NotTried);
        outcomes[index] = match (recognised.found.iter().find(|(job, _)| *job == row.job), outcome) {
            (Some((_, id)), _) => match book.save(row, *id, None) {
                Ok(()) => Outcome::Found(*id),
                Err(error) => Outcome::Unsaved(*id, error),
            },
            (None, Outcome::Failed(why)) if lookalikes.is_empty() && recognised.unseen.is_none() => {
                Outcome::Failed(why)
            }
            (None, Outcome::Failed(why) | Outcome::Perhaps { why, .. }) => Outcome::Perhaps { why, lookalikes },
            (None, other) => other,
        };
        each(&row.planned, &outcomes[index]);
    }
    recognised.unseen
}

/// Jobs that are being created.
struct Work<'a> {
    client: &'a Client,
    /// Set from outside when nothing new should be started.
    stop: &'a AtomicBool,
    book: Mutex<Book>,
}

/// Where it is written down.
struct Book {
    journal: Journal,
    additions: Additions,
    /// Jobs in the batch that belong to no row.
    strangers: BTreeSet<JobId>,
    /// Why the job before was refused.
    refusal: Option<Vec<(String, String)>>,
    /// Whether the next job would fail too.
    is_halted: bool,
    /// Whether to look for a lost job before requesting the next.
    is_doubted: bool,
}

impl Work<'_> {
    /// Creates the jobs of rows, those with these numbers, until there is a reason to stop. Returns the numbers of those that were
    /// tried.
    fn go_on(
        &self,
        rows: &[Surveyed<'_>],
        numbers: &[usize],
        at_once: NonZeroUsize,
        outcomes: &mut [Outcome],
        each: &mut impl FnMut(&Planned, &Outcome),
    ) -> BTreeSet<usize> {
        let mut tried = BTreeSet::new();
        in_parallel(
            numbers,
            at_once.get(),
            |number| self.create(&rows[*number]),
            |number, outcome| {
                if !matches!(outcome, Outcome::NotTried) {
                    tried.insert(*number);
                    if !is_doubtful(&outcome) {
                        each(rows[*number].planned(), &outcome);
                    }
                    outcomes[*number] = outcome;
                }
                !self.is_to_stop(&self.book())
            },
        );
        tried
    }

    fn is_to_stop(&self, book: &Book) -> bool {
        book.is_doubted || self.is_over(book)
    }

    fn is_over(&self, book: &Book) -> bool {
        book.is_halted || self.stop.load(Ordering::SeqCst)
    }

    /// A thread that panicked while holding the book has not left it half-written: each change is one insertion.
    fn book(&self) -> MutexGuard<'_, Book> {
        unlocked(self.book.lock())
    }

    fn create(&self, surveyed: &Surveyed<'_>) -> Outcome {
        let row = surveyed.row;
        let mut book = self.book();
        if self.is_to_stop(&book) {
            return Outcome::NotTried;
        }
        match book.journal.known(&row.job) {
            known if known == surveyed.known => {}
            Known::Created(id) => return Outcome::Meanwhile(id),
            _ => return asked_by_another(),
        }
        let failed_before = book.journal.has_failed(&row.job);
        if let Err(error) = book.journal.asked(&row.job) {
            book.is_halted = true;
            return Outcome::Failed(error);
        }
        // Others request their jobs in the meantime.
        drop(book);
        let answer = self.client.create_job(&row.planned.job);
        let mut book = self.book();
        match answer {
            Ok(created) => book.created(row, &created, self.client.url()),
            Err(error) => book.failed(row, error, failed_before),
        }
    }
}

impl Book {
    fn created(&mut self, row: &Row, created: &Created, url: &str) -> Outcome {
        let id = created.id;
        if self.is_taken(id) {
            // Nobody knows what has become of the requested one.
            self.is_doubted = true;
            let failure = Failure::BadAnswer(format!("{id} is the id of another job"));
            let why = ApiError { url: format!("{}/create_job", url.trim_end_matches('/')), failure };
            return Outcome::Perhaps { why: why.into(), lookalikes: vec![] };
        }
        self.refusal = None;
        match self.save(row, id, created.date) {
            Ok(()) => Outcome::Created(id),
            Err(error) => {
                self.is_halted = true;
                Outcome::Unsaved(id, error)
            }
        }
    }

    fn failed(&mut self, row: &Row, error: ApiError, failed_before: bool) -> Outcome {
        let effect = error.effect();
        if effect == Effect::Unknown {
            self.is_doubted = true;
            return Outcome::Perhaps { why: error.into(), lookalikes: vec![] };
        }
        let fails_again = failed_before && matches!(effect, Effect::Refused | Effect::Failed);
        if self.would_recur(&error) && !fails_again {
            self.is_halted = true;
        }
        // If this cannot be written down, the row stays 'perhaps created': the safe side.
        let _ = match effect {
            Effect::Failed => self.journal.failed(&row.job),
            _ => self.journal.refused(&row.job),
        };
        Outcome::Failed(error.into())
    }

    /// Whether an id is that of another job: each belongs to one row.
    fn is_taken(&self, id: JobId) -> bool {
        self.journal.owner(id).is_some() || self.strangers.contains(&id)
    }

    /// Writes down the id of a job, created at `date` if the server told it in its answer.
    fn save(&mut self, row: &Row, id: JobId, date: Option<NaiveDateTime>) -> Result<(), Error> {
        // Each is tried whatever becomes of the other: from one of them the next run restores the other.
        let in_journal = self.journal.created(&row.job, id, date);
        let in_batch = self.additions.add(id);
        in_journal.and(in_batch)
    }

    /// Whether the next row would most likely fail as well.
    fn would_recur(&mut self, error: &ApiError) -> bool {
        let Failure::Rejected(reason) = &error.failure else { return true };
        self.refusal.replace(reason.clone()).is_some_and(|earlier| earlier == *reason)
    }
}

fn asked_by_another() -> Outcome {
    let why = Error::refused("another anon has sent it in the meantime", "run it again");
    Outcome::Perhaps { why, lookalikes: vec![] }
}
