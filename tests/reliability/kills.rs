//! `anon` is killed at many moments of every command that writes, and nothing is lost, doubled or half written.
//!
//! A short run is part of the tests; `ANON_KILLS=3000 cargo test --release --test reliability -- --nocapture kills` is a long one.
//! It begins with the same seed each time; `ANON_SEED` chooses another.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anonapi::batch::Batch;
use anonapi::mapping::Document;
use anonapi::selection::Selection;
use anonapi::settings::Settings;
use fastrand::Rng;

use super::creation::{World, leftovers, server};
use super::run::{finish, kill, wait};
use super::support::Env;

/// How many kills a test is to survive: its share of `ANON_KILLS`, or of a short run.
fn kills(share: f64) -> usize {
    let all = std::env::var("ANON_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100.0);
    (all * share).ceil() as usize
}

fn rng() -> Rng {
    Rng::with_seed(std::env::var("ANON_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1))
}

/// A moment of a command that takes about `whole`.
fn moment(rng: &mut Rng, whole: Duration) -> Duration {
    whole.mul_f64(rng.f64() * 1.1)
}

#[test]
fn kills_of_create_from_mapping() {
    let (wanted, idis, mut rng) = (kills(0.5), server(), rng());
    let (mut killed, mut worlds, mut by_hand, mut jobs) = (0, 0, 0, 0);
    let mut whole = Duration::from_millis(300);
    while killed < wanted {
        worlds += 1;
        let name = format!("k{worlds}");
        let world = World::new(&idis, &name, &idis.url(&name), rng.usize(2..7));
        if worlds == 1 {
            whole = finish(world.create(&[])).assert_status(&[0]).time;
            continue;
        }
        for _ in 0..rng.usize(1..4) {
            idis.reset_requests();
            let concurrency = if rng.u8(..4) == 0 { "3" } else { "1" };
            let command = world.create(&["--concurrency", concurrency]);
            let was_running = if rng.bool() {
                let time = moment(&mut rng, whole);
                kill(command, |_| wait(time))
            } else {
                // Just when the server has heard of a job, or a little later.
                let (number, later) = (rng.usize(1..=world.rows), Duration::from_micros(rng.u64(..3000)));
                kill(command, |child| {
                    let give_up = Instant::now() + whole * 3;
                    while idis.calls("create_job") < number
                        && Instant::now() < give_up
                        && child.try_wait().is_ok_and(|ended| ended.is_none())
                    {
                        std::thread::yield_now();
                    }
                    wait(later);
                })
            };
            killed += usize::from(was_running);
            // What the server has in hand, it finishes.
            wait(Duration::from_millis(10));
            world.check();
        }
        by_hand += world.complete();
        jobs += world.rows;
    }
    println!(
        "create from-mapping: {killed} kills survived in {} mappings with {jobs} rows; ids lost: 0, jobs doubled: 0; \
         rows that had no job and were asked for by hand: {by_hand}",
        worlds - 1
    );
}

/// A command that changes files, and what is whole before, after and in between.
struct Change<'a> {
    name: &'a str,
    share: f64,
    prepare: &'a dyn Fn(&Env),
    line: &'a [&'a str],
    /// Fails unless every file is as before or as after. Says how often the change was made.
    check: &'a dyn Fn(&Env) -> usize,
}

impl Change<'_> {
    fn run(&self) {
        let (wanted, mut rng) = (kills(self.share), rng());
        let (mut killed, mut rounds, mut left) = (0, 0, 0);
        let env = Env::new();
        (self.prepare)(&env);
        let whole = finish(env.anon(self.line.iter().copied()).command()).assert_status(&[0]).time;
        assert_eq!((self.check)(&env), 1, "the check knows the change");
        while killed < wanted {
            rounds += 1;
            let env = Env::new();
            (self.prepare)(&env);
            assert_eq!((self.check)(&env), 0, "the check knows that nothing has happened yet");
            let time = moment(&mut rng, whole);
            killed += usize::from(kill(env.anon(self.line.iter().copied()).command(), |_| wait(time)));
            left += leftovers(&env).len();
            let before = (self.check)(&env);
            let end = finish(env.anon(self.line.iter().copied()).command()).assert_status(&[0]);
            assert!(end.time < Duration::from_secs(20), "the lock is free: {end:#?}");
            let after = (self.check)(&env);
            assert!(after == before + 1 || (before == 1 && after == 1), "{}: {before} -> {after}", self.name);
            assert_eq!(leftovers(&env), [""; 0], "what the killed one left is cleared away");
        }
        println!("{}: {killed} kills survived in {rounds} runs; {left} leftovers of them were cleared away", self.name);
    }
}

const MAPPING: &str = "## Description ##\r\nIt's m\u{e9}\r\n## Options ##\r\nproject,P,,\r\n## Mapping ##,,\r\n\
                       source,pseudo_name,description\r\nfolder:a,A,\r\n";

fn with_mapping(env: &Env) {
    // As Excel saves it.
    let path = env.write("anon_mapping.csv", in_windows_1252());
    env.write_settings(&format!("active_mapping_file: '{}'\nservers: {{}}\n", path.display()));
}

fn in_windows_1252() -> Vec<u8> {
    MAPPING.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// How often `each` rows were added to the mapping, which is otherwise as it was.
fn rows_added(env: &Env, each: usize) -> usize {
    let document = Document::read(&env.path("anon_mapping.csv")).unwrap();
    assert!(document.bytes().starts_with(&in_windows_1252()), "{}", String::from_utf8_lossy(document.bytes()));
    let added = document.mapping().rows.len() - 1;
    assert!(added.is_multiple_of(each), "{added} rows were added, {each} at a time");
    added / each
}

#[test]
fn kills_of_map_add_accession_numbers() {
    let line = ["map", "add-accession-numbers", "1.1", "2.2", "3.3"];
    let check = |env: &Env| rows_added(env, 3);
    Change { name: "map add-accession-numbers", share: 0.1, prepare: &with_mapping, line: &line, check: &check }.run();
}

#[test]
fn kills_of_batch_add() {
    let prepare =
        |env: &Env| drop(env.write(".anonbatch", "job_ids:\n- '1'\nserver:\n  name: p\n  url: https://a/p\n"));
    let check = |env: &Env| {
        let path = env.path(".anonbatch");
        let ids = Batch::parse(&fs::read(&path).unwrap(), &path).unwrap().job_ids;
        assert!(ids.iter().map(|id| id.0).eq([1]) || ids.iter().map(|id| id.0).eq(1..=900), "{ids:?}");
        usize::from(ids.len() > 1)
    };
    Change { name: "batch add", share: 0.1, prepare: &prepare, line: &["batch", "add", "2-900"], check: &check }.run();
}

#[test]
fn kills_of_server_add() {
    let prepare = |env: &Env| env.settings_for(&[("one", "https://a/one")]);
    let check = |env: &Env| {
        let path = env.home().join(anonapi::settings::FILE_NAME);
        let settings = Settings::parse(&fs::read(&path).unwrap(), &path).unwrap();
        assert_eq!(settings.user_name, "z123456");
        assert_private(&path);
        settings.servers.len() - 1
    };
    let line = ["server", "add", "two", "https://a/two"];
    Change { name: "server add", share: 0.1, prepare: &prepare, line: &line, check: &check }.run();
}

#[test]
fn kills_of_select_add() {
    let prepare = |env: &Env| {
        env.patients();
        env.write("fileselection.txt", "id: 1-2\ndescription: mine\nselected_paths:\n- patient1/raw/1.dcm\n");
    };
    let check = |env: &Env| {
        let selection = Selection::read(&env.path("fileselection.txt")).unwrap();
        assert_eq!((selection.id.as_str(), selection.description.as_str()), ("1-2", "mine"));
        assert!([1, 16].contains(&selection.selected_paths.len()), "{selection:?}");
        usize::from(selection.selected_paths.len() == 16)
    };
    Change { name: "select add", share: 0.1, prepare: &prepare, line: &["select", "add", "*"], check: &check }.run();
}

#[test]
fn kills_of_map_add_study_folders() {
    let prepare = |env: &Env| {
        with_mapping(env);
        env.patients();
    };
    let check = |env: &Env| {
        let mut selections = 0;
        for number in 1..=4 {
            let path = env.path(format!("patient{number}/fileselection.txt"));
            if path.exists() {
                assert_eq!(Selection::read(&path).unwrap().selected_paths.len(), 4);
                selections += 1;
            }
        }
        let added = rows_added(env, 4);
        assert!(added == 0 || selections == 4, "a row is there before its selection");
        added
    };
    let line = ["map", "add-study-folders", "patient*"];
    Change { name: "map add-study-folders", share: 0.1, prepare: &prepare, line: &line, check: &check }.run();
}

fn assert_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    #[cfg(not(unix))]
    let _ = path;
}
