//! A mapping whose jobs are created whatever happens, and what must hold meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anonapi::api::{Data, JobId, NewJob};
use anonapi::batch::Batch;
use anonapi::creation::{Fingerprint, Journal, Known};
use anonapi::testing::{FakeIdis, FakeJob, Life};

use super::run::{End, finish};
use super::support::Env;

/// A mapping with so many rows, and the server that its jobs are to be on.
pub struct World<'a> {
    pub env: Env,
    pub rows: usize,
    idis: &'a FakeIdis,
    name: String,
    url: String,
}

/// A server for many worlds, with jobs whose dates are real.
pub fn server() -> FakeIdis {
    FakeIdis::builder().life(Life::passing(std::time::Duration::from_secs(86_400))).start()
}

impl<'a> World<'a> {
    /// `url` is where `anon` is to find the server called `name`: at `idis`, or at a proxy before it.
    pub fn new(idis: &'a FakeIdis, name: &str, url: &str, rows: usize) -> World<'a> {
        let env = Env::new();
        let listed: String = (1..=rows).map(|row| format!("accession_number:{row}.1,P{row},{row} é\r\n")).collect();
        let mapping = env.write(
            "anon_mapping.csv",
            format!(
                "## Description ##\r\nTest\r\n## Options ##\r\nproject,P\r\ndestination_path,\\\\server\\share\\out\r\n\
                 ## Mapping ##\r\nsource,pseudo_name,description\r\n{listed}"
            ),
        );
        env.write_settings(&format!(
            "active_mapping_file: '{}'\nactive_server_name: {name}\nservers:\n  {name}: {url}\nuser_name: z123456\nuser_token: t\n",
            mapping.display()
        ));
        World { env, rows, idis, name: name.to_owned(), url: url.to_owned() }
    }

    /// `anon create from-mapping --yes` and more.
    pub fn create(&self, more: &[&str]) -> std::process::Command {
        let arguments = ["create", "from-mapping", "--yes", "--timeout", "1"].iter().chain(more).copied();
        self.env.anon(arguments).command()
    }

    pub fn jobs(&self) -> Vec<FakeJob> {
        self.idis.jobs(&self.name)
    }

    fn journal(&self) -> Journal {
        let path = self.env.home().join(".anonapi").join("journal.jsonl");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for line in whole.lines().filter(|line| !line.is_empty()) {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
        }
        Journal::read(&path, &self.url).unwrap()
    }

    fn batch(&self) -> BTreeSet<JobId> {
        let path = self.env.path(".anonbatch");
        match fs::read(&path) {
            Ok(bytes) => Batch::parse(&bytes, &path).unwrap().job_ids,
            Err(_) => BTreeSet::new(),
        }
    }

    fn fingerprint(&self, job: &FakeJob) -> Fingerprint {
        let text = |name: &str| Some(job.get(name)?.as_str()?.to_owned());
        let wanted = NewJob {
            data: Data::Pacs(text("source_instance_id").unwrap()),
            project: text("project_name").unwrap(),
            destination_path: text("destination_path").unwrap(),
            pseudo_name: text("source_anonymizedpatientname"),
            pseudo_id: text("source_anonymizedpatientid"),
            description: None,
            pims_key: None,
            sop_classes: vec![],
        };
        Fingerprint::of(&self.url, &wanted)
    }

    /// What holds at every moment: each job is known, and no row has two.
    #[track_caller]
    pub fn check(&self) {
        let (journal, jobs, batch) = (self.journal(), self.jobs(), self.batch());
        self.assert_single(&jobs);
        let mut unsaved = 0;
        for job in &jobs {
            let fingerprint = self.fingerprint(job);
            match journal.known(&fingerprint) {
                Known::Created(id) => {
                    assert_eq!(id, job.id());
                    unsaved += usize::from(!batch.contains(&id));
                }
                // If the server said that it failed, the next run looks.
                Known::Perhaps(_) | Known::Failed(_) => {}
                Known::Nothing => panic!("job {} is lost: nobody knows of it", job.id()),
            }
        }
        // The batch has them on the next run: one of each run that was killed, and those that it was just about to take over.
        assert!(unsaved <= 4, "{unsaved} ids are not in the batch");
        let ids: BTreeSet<JobId> = jobs.iter().map(FakeJob::id).collect();
        assert!(batch.is_subset(&ids), "the batch {batch:?} holds jobs that are none: {ids:?}");
    }

    /// As [`World::check`], where nothing could be written any more: an id may then be on the screen alone, but its row is known.
    #[cfg(unix)]
    #[track_caller]
    pub fn check_after_full_disk(&self) {
        let (journal, jobs) =
            (Journal::read(&self.env.home().join(".anonapi").join("journal.jsonl"), &self.url).unwrap(), self.jobs());
        self.assert_single(&jobs);
        assert!(jobs.iter().all(|job| journal.known(&self.fingerprint(job)) != Known::Nothing));
    }

    #[track_caller]
    fn assert_single(&self, jobs: &[FakeJob]) {
        let mut by_row: BTreeMap<String, Vec<JobId>> = BTreeMap::new();
        for job in jobs {
            by_row.entry(format!("{:?}", job.get("source_instance_id"))).or_default().push(job.id());
        }
        let doubled: Vec<_> = by_row.iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(doubled.is_empty(), "rows with two jobs: {doubled:?}");
    }

    /// Runs it until every row has its job, as its user would, and checks that all is well. Returns how many rows had to be asked
    /// for by hand, because they were perhaps created and had no job.
    #[track_caller]
    pub fn complete(&self) -> usize {
        let is_complete = |world: &World<'_>| world.jobs().len() == world.rows;
        let mut last = finish(self.create(&[])).assert_status(&[0, 1]);
        for _ in 0..3 {
            self.check();
            if last.status != 0 {
                last = finish(self.create(&[])).assert_status(&[0, 1]);
            }
        }
        self.check();
        let missing = self.rows - self.jobs().len();
        let is_said = ["perhaps created", "failed", "not tried"].iter().any(|words| last.stderr.contains(words));
        assert!(missing == 0 || is_said, "{missing} rows have no job, and nobody says so: {last:#?}");
        for turn in 0..16 {
            let only_perhaps: &[&str] = if turn % 2 == 0 && !is_complete(self) { &["--perhaps"] } else { &[] };
            last = finish(self.create(only_perhaps)).assert_status(&[0, 1]);
            if last.status == 0 && only_perhaps.is_empty() {
                break;
            }
        }
        assert_eq!(last.status, 0, "{last:#?}");
        self.check();
        let jobs = self.jobs();
        assert_eq!(jobs.len(), self.rows, "each row has one job: {last:#?}");
        let ids: BTreeSet<JobId> = jobs.iter().map(FakeJob::id).collect();
        assert_eq!(self.batch(), ids, "the batch has every id: {last:#?}");
        self.assert_clean();
        missing
    }

    /// No temporary file is left. An empty lock file may be, until the next write.
    #[track_caller]
    fn assert_clean(&self) {
        let left: Vec<String> = leftovers(&self.env).into_iter().filter(|name| name.ends_with(".tmp")).collect();
        assert!(left.is_empty(), "left over: {left:?}");
    }
}

/// Lock files and temporary files.
pub fn leftovers(env: &Env) -> Vec<String> {
    let is_left =
        |name: &String| [".tmp", ".lock", ".lock.new", ".pending"].iter().any(|suffix| name.ends_with(suffix));
    env.files().into_iter().filter(is_left).collect()
}

#[test]
fn several_at_once_create_each_job_once() {
    let idis = server();
    for round in 0..3 {
        let name = format!("r{round}");
        let world = World::new(&idis, &name, &idis.url(&name), 12);
        let ends: Vec<End> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| finish(world.create(&[])))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        world.check();
        assert!(ends.iter().all(|end| matches!(end.status, 0 | 1)), "{ends:#?}");
        assert_eq!(world.jobs().len(), 12, "{ends:#?}");
        assert_eq!(world.complete(), 0);
        assert_eq!(
            idis.requests().iter().filter(|call| call.function == "create_job" && call.server == name).count(),
            12
        );
    }
}

#[test]
fn a_batch_that_cannot_be_read_is_refused_before_any_job() {
    let idis = server();
    let world = World::new(&idis, "p01", &idis.url("p01"), 2);
    world.env.write(".anonbatch", "job_ids: [\n");
    let end = finish(world.create(&[])).assert_status(&[1]);
    assert!(end.stderr.contains(".anonbatch") && !end.stderr.contains("Are you sure"), "{end:#?}");
    assert_eq!(world.jobs().len(), 0);
    assert_eq!(world.env.read(".anonbatch"), "job_ids: [\n");
}
