use std::cell::RefCell;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use chrono::NaiveDateTime;

use super::ending::{Ending, Outcome};
use super::fingerprint::Fingerprint;
use super::journal::{Journal, Known};
use super::recognition::Lookalike;
use super::survey::{Recognised, sort};
use super::work;
use crate::api::{ApiError, Client, JobId, NewJob};
use crate::batch::{BatchFolder, check_server};
use crate::error::{Error, Result};
use crate::plan::Planned;
use crate::settings::Server;

/// Takes the rows of a plan to jobs on one server, into the batch of one folder.
pub struct Session<'a> {
    pub(super) client: &'a Client,
    pub(super) server: &'a Server,
    pub(super) batch: BatchFolder,
    pub(super) journal: PathBuf,
    pub(super) rows: Vec<Row>,
    /// Jobs of the batch that are no row's, as the server has said already.
    pub(super) strangers: RefCell<BTreeSet<JobId>>,
}

/// A row of the plan, and what its job is known by.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) planned: Planned,
    pub(super) job: Fingerprint,
    /// What it would be known by if it took all kinds of files, where it takes some.
    pub(super) of_all_kinds: Option<Fingerprint>,
}

impl Row {
    pub(super) fn new(url: &str, planned: Planned) -> Row {
        let job = &planned.job;
        let all_kinds = || NewJob { sop_classes: vec![], ..job.clone() };
        let of_all_kinds = (!job.sop_classes.is_empty()).then(|| Fingerprint::of(url, &all_kinds()));
        Row { job: Fingerprint::of(url, job), of_all_kinds, planned }
    }
}

/// A row, and what was known of its job.
#[derive(Debug, Clone, Copy)]
pub struct Surveyed<'s> {
    pub(super) row: &'s Row,
    /// What was known of its job.
    pub known: Known,
    /// When anything was last heard of its job, in local time.
    pub time: Option<NaiveDateTime>,
}

impl<'s> Surveyed<'s> {
    /// The row itself.
    pub fn planned(&self) -> &'s Planned {
        &self.row.planned
    }
}

/// A row whose job may exist.
#[derive(Debug)]
pub struct Doubtful<'s> {
    /// The row.
    pub row: Surveyed<'s>,
    /// The jobs on the server that may be its. None if it was looked for in vain, or could not be looked for.
    pub lookalikes: Vec<Lookalike>,
}

/// What is known about the rows of a session before any job is requested.
#[derive(Debug, Default)]
pub struct Survey<'s> {
    /// Rows without a job.
    pub new: Vec<Surveyed<'s>>,
    /// Rows that have a job.
    pub created: Vec<(Surveyed<'s>, JobId)>,
    /// Rows whose job may exist.
    pub perhaps: Vec<Doubtful<'s>>,
    /// Rows that ask for the same job as an earlier row.
    pub repeated: Vec<&'s Planned>,
    /// Jobs that were requested without an answer, and now recognised on the server.
    pub found: Vec<JobId>,
    /// Jobs of the batch that were recognised just now, although the journal did not know them.
    pub adopted: Vec<JobId>,
    /// Jobs that the batch had lost, and has again.
    pub restored: Vec<JobId>,
    /// Jobs of the batch that may be rows' and have not been looked at: only an outline has them.
    pub unknown: Vec<JobId>,
    /// Why it could not be looked on the server for jobs that were perhaps created.
    pub unseen: Option<ApiError>,
}

/// Which of the rows that were surveyed are to get a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those without one.
    New,
    /// Those whose job may exist, and was looked for in vain.
    Perhaps,
    /// All of them: those that have a job then have two.
    All,
}

impl<'s> Survey<'s> {
    /// The wanted rows, in the order of the plan. A row that may have one of several jobs is in none of them: somebody has to say
    /// first which is its.
    pub fn rows(&self, wanted: Wanted) -> Vec<Surveyed<'s>> {
        let new = self.new.iter().copied();
        let perhaps = self.perhaps.iter().filter(|one| one.lookalikes.is_empty()).map(|one| one.row);
        let created = self.created.iter().map(|(row, _)| *row);
        let mut rows: Vec<Surveyed<'s>> = match wanted {
            Wanted::New => new.collect(),
            // Nobody can tell until the server can be checked.
            Wanted::Perhaps if self.unseen.is_some() => vec![],
            Wanted::Perhaps => perhaps.collect(),
            Wanted::All => new.chain(perhaps).chain(created).collect(),
        };
        rows.sort_by_key(|row| row.planned().line);
        rows
    }
}

impl<'a> Session<'a> {
    /// Reads nothing yet, and asks for nothing.
    ///
    /// `rows` are all rows of a plan, also those that are not to be created: a job that is one row's is no other's.
    pub fn new(
        client: &'a Client,
        server: &'a Server,
        batch: BatchFolder,
        journal: &Path,
        rows: Vec<Planned>,
    ) -> Session<'a> {
        let rows = rows.into_iter().map(|planned| Row::new(&server.url, planned)).collect();
        Session { client, server, batch, journal: journal.to_owned(), rows, strangers: RefCell::default() }
    }

    /// Finds out which of the wanted rows have a job. What it finds on the server goes to the journal, and what the batch has
    /// lost goes back into it.
    ///
    /// The server is asked only if there is something to look for: jobs that were perhaps created, or jobs in the batch that
    /// nobody knows the rows of.
    ///
    /// # Errors
    /// When journal or batch cannot be read or written, or the jobs of the batch cannot be looked at.
    pub fn survey(&self, wanted: impl Fn(&Planned) -> bool) -> Result<Survey<'_>> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| wanted(&row.planned)).collect();
        let mut journal = self.claimed(Journal::read(&self.journal, &self.server.url)?);
        let strangers = self.unknown_in_batch(&journal)?;
        let mut recognised = Recognised::default();
        let (mut found, mut adopted) = (vec![], vec![]);
        if self.is_to_look(&journal, &rows, &strangers) {
            // Under the lock: what another anon has asked for at this moment is not perhaps created, it is being created.
            journal = self.open_journal()?;
            recognised = self.look_in_batch(&journal, &rows, &self.unknown_in_batch(&journal)?)?;
            adopted = recognised.write_down(&mut journal)?;
            self.look_for_requests(&journal, &rows, &mut recognised);
            found = recognised.write_down(&mut journal)?;
            journal.sync()?;
        }
        let mut survey = sort(&rows, &journal, recognised);
        (survey.found, survey.adopted) = (found, adopted);
        survey.restored = self.restore(&survey)?;
        Ok(survey)
    }

    /// What the journal knows about the wanted rows. Asks no server and writes nothing.
    ///
    /// # Errors
    /// When journal or batch cannot be read, or the batch is one of another server.
    pub fn outline(&self, wanted: impl Fn(&Planned) -> bool) -> Result<Survey<'_>> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| wanted(&row.planned)).collect();
        let journal = self.claimed(Journal::read(&self.journal, &self.server.url)?);
        let unknown = self.unknown_in_batch(&journal)?.into_iter().collect();
        Ok(Survey { unknown, ..sort(&rows, &journal, Recognised::default()) })
    }

    /// Takes a job for that of a row that was perhaps created, because somebody says so.
    ///
    /// # Errors
    /// When the row has got a job meanwhile, when the job is known to be another row's, or when it cannot be written down.
    pub fn assign(&self, row: &Surveyed<'_>, id: JobId) -> Result<()> {
        let mut journal = self.open_journal()?;
        let job = &row.row.job;
        if journal.known(job) != row.known || journal.owner(id).is_some() {
            return Err(Error::refused(
                format!("job {id} was not taken for line {}: another anon was faster", row.planned().line),
                "run it again",
            ));
        }
        journal.created(job, id, None)?;
        journal.sync()?;
        self.batch.add(self.server, [id])
    }

    /// Creates the jobs of rows, `at_once` at a time, and tells `each` what became of every row: in their order, but for those
    /// that are looked for on the server.
    ///
    /// A row of which something else is known than in the survey is left out. A row that is refused for a reason of its own does
    /// not stop the others. Two in a row that are refused for the same reason do, and so does a server that fails. Rows that
    /// failed in an earlier run stop nothing when they fail again, so that they are not for ever in the way of those behind them.
    /// When an answer is lost, the job is looked for before the next is requested; if it is not found, creation stops.
    /// `stop` ends it after the jobs that are being created.
    ///
    /// # Errors
    /// When nothing was requested, because journal or batch cannot be read, written or locked. Everything else is in the ending.
    pub fn create<'s>(
        &'s self,
        rows: &[Surveyed<'s>],
        at_once: NonZeroUsize,
        stop: &AtomicBool,
        each: impl FnMut(&Planned, &Outcome),
    ) -> Result<Ending<'s>> {
        // A batch that cannot be written is better known before the first job than after it.
        self.batch.prepare(self.server)?;
        let _reserved = self.batch.reserve()?;
        let mut journal = self.open_journal()?;
        // Jobs created in this folder in the meantime, on any computer.
        let strangers = self.unknown_in_batch(&journal)?;
        if !strangers.is_subset(&self.strangers.borrow()) {
            let wanted: Vec<&Row> = rows.iter().map(|row| row.row).collect();
            self.look_in_batch(&journal, &wanted, &strangers)?.write_down(&mut journal)?;
        }
        Ok(work::create(self, journal, rows, at_once, stop, each))
    }

    pub(super) fn open_journal(&self) -> Result<Journal> {
        Ok(self.claimed(Journal::open(&self.journal, &self.server.url)?))
    }

    fn claimed(&self, mut journal: Journal) -> Journal {
        self.rows.iter().for_each(|row| journal.claim(row));
        journal
    }

    /// The jobs of the batch whose rows the journal does not know.
    fn unknown_in_batch(&self, journal: &Journal) -> Result<BTreeSet<JobId>> {
        let Some(batch) = self.batch.load_if_present()? else { return Ok(BTreeSet::new()) };
        check_server(&batch, self.server)?;
        Ok(batch.job_ids.into_iter().filter(|id| journal.owner(*id).is_none()).collect())
    }

    /// An id that is in the journal and not in the batch was lost on the way: a crash, a full disk, a deleted batch.
    fn restore(&self, survey: &Survey<'_>) -> Result<Vec<JobId>> {
        let held = self.batch.load_if_present()?.map(|batch| batch.job_ids).unwrap_or_default();
        let lost: Vec<JobId> = survey.created.iter().map(|(_, id)| *id).filter(|id| !held.contains(id)).collect();
        if !lost.is_empty() {
            self.batch.add(self.server, lost.iter().copied())?;
        }
        Ok(lost)
    }
}
