//! A server and a network that do everything wrong: on any call of the commands that change something.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};

use super::creation::{World, server};
use super::run::{End, finish, wait};
use super::support::Env;

/// How long a command with `--timeout 1` may take: a call is tried three times at most, and a flood costs time to read.
const BOUNDED: Duration = Duration::from_secs(20);

/// How much memory a flood may cost, in bytes.
#[cfg(unix)]
const MEMORY: i64 = 256 << 20;

fn faults() -> Vec<Fault> {
    let mut faults = Fault::samples();
    // Longer than the timeout; JSON of a kind that nobody promised; and more of it than anybody needs.
    faults.push(Fault::Delay(Duration::from_millis(1500)));
    faults.push(Fault::json(200, r#"{"job_id": null}"#));
    faults.push(Fault::json(200, r#"{"job_id": 99999999999999999999}"#));
    faults.push(Fault::json(200, &"[".repeat(100_000)));
    faults.push(Fault::json(500, r#"{"errors": {"a": "b"}}"#));
    faults
}

/// An answer that says that nothing was done. A server that has done it all the same lies, and that cannot be seen.
fn is_refusal(fault: &Fault) -> bool {
    matches!(fault, Fault::Answer { status, .. } if (400..500).contains(status))
}

/// Runs each case on one of a few threads: most of them wait for an answer that does not come.
fn each<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    run(case);
                }
            });
        }
    });
}

#[track_caller]
fn bounded(end: End) -> End {
    assert!(end.time < BOUNDED, "{end:#?}");
    end
}

#[test]
fn faults_while_jobs_are_created() {
    let mut cases = vec![];
    for fault in faults() {
        for number in 1..=3 {
            cases.push((fault.clone(), number, false));
            if !is_refusal(&fault) {
                cases.push((fault.clone(), number, true));
            }
        }
    }
    let idis = server();
    let (injected, by_hand) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let names: Vec<usize> = (0..cases.len()).collect();
    each(&names, |index| {
        let (fault, number, after) = cases[*index].clone();
        let proxy = FaultyProxy::before(&idis);
        match after {
            true => proxy.after(Calls::nth("create_job", number), fault),
            false => proxy.on(Calls::nth("create_job", number), fault),
        }
        let name = format!("f{index}");
        let world = World::new(&idis, &name, &proxy.url(&name), 4);
        let end = bounded(finish(world.create(&[])).assert_status(&[0, 1]));
        world.check();
        assert!(end.status == 0 || end.stderr.contains("error: "), "{:?}: {end:#?}", cases[*index]);
        if let Fault::Delay(time) = cases[*index].0 {
            // The request is still on its way, and nobody who asks again by hand before it arrives can know that.
            wait(time);
        }
        by_hand.fetch_add(world.complete(), Ordering::Relaxed);
        injected.fetch_add(proxy.spoiled(), Ordering::Relaxed);
    });
    println!(
        "create from-mapping: {} faults injected; ids lost: 0, jobs doubled: 0; rows that had no job and were asked for by hand: {}",
        injected.into_inner(),
        by_hand.into_inner()
    );
    assert_memory();
}

/// Faults that cost no time.
fn quick_faults() -> Vec<Fault> {
    let slow =
        |fault: &Fault| matches!(fault, Fault::Delay(_) | Fault::EndlessBody | Fault::HugeBody | Fault::EndlessHeaders);
    faults().into_iter().filter(|fault| !slow(fault)).collect()
}

#[test]
fn chaos_while_jobs_are_created() {
    let worlds = std::env::var("ANON_CHAOS").ok().and_then(|text| text.parse().ok()).unwrap_or(16);
    let idis = server();
    let (injected, by_hand, rows) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    each(&(0..worlds).collect::<Vec<u64>>(), |seed| {
        let mut rng = fastrand::Rng::with_seed(*seed);
        let proxy = FaultyProxy::before(&idis);
        let faults = quick_faults();
        for (function, calls) in [("create_job", 10), ("get_jobs", 4), ("get_jobs_list_extended", 3)] {
            for number in (1..=calls).filter(|_| rng.u8(..3) == 0).collect::<Vec<_>>() {
                let fault = rng.choice(&faults).unwrap().clone();
                match is_refusal(&fault) || rng.bool() {
                    true => proxy.on(Calls::nth(function, number), fault),
                    false => proxy.after(Calls::nth(function, number), fault),
                }
            }
        }
        let name = format!("x{seed}");
        let world = World::new(&idis, &name, &proxy.url(&name), rng.usize(3..8));
        for _ in 0..rng.u8(1..4) {
            let concurrency = if rng.bool() { "1" } else { "3" };
            bounded(finish(world.create(&["--concurrency", concurrency])).assert_status(&[0, 1]));
            world.check();
        }
        by_hand.fetch_add(world.complete(), Ordering::Relaxed);
        rows.fetch_add(world.rows, Ordering::Relaxed);
        injected.fetch_add(proxy.spoiled(), Ordering::Relaxed);
    });
    println!(
        "create from-mapping in chaos: {} faults in {worlds} mappings with {} rows; ids lost: 0, jobs doubled: 0; rows that had no \
         job and were asked for by hand: {}",
        injected.into_inner(),
        rows.into_inner(),
        by_hand.into_inner()
    );
}

#[test]
fn faults_on_the_way_to_recognising_a_job() {
    let idis = server();
    let cases: Vec<(usize, Fault, &str)> = faults()
        .into_iter()
        .flat_map(|fault| [(fault.clone(), "get_jobs"), (fault, "get_jobs_list_extended")])
        .enumerate()
        .map(|(index, (fault, function))| (index, fault, function))
        .collect();
    each(&cases, |(index, fault, function)| {
        let proxy = FaultyProxy::before(&idis);
        proxy.after(Calls::nth("create_job", 1), Fault::Close);
        proxy.on(Calls::nth(function, 1), fault.clone());
        let name = format!("g{index}");
        let world = World::new(&idis, &name, &proxy.url(&name), 2);
        bounded(finish(world.create(&[])).assert_status(&[0, 1]));
        world.check();
        bounded(finish(world.create(&[])).assert_status(&[0, 1]));
        world.check();
        assert_eq!(world.complete(), 0, "the job is there, and is found: {fault:?} of {function}");
    });
}

/// A batch with jobs 1 to 4, behind a proxy.
fn batch(idis: &FakeIdis, name: &str) -> (Env, FaultyProxy) {
    let (env, proxy) = (Env::new(), FaultyProxy::before(idis));
    let url = proxy.url(name);
    env.settings_for(&[(name, &url)]);
    env.write(".anonbatch", format!("job_ids: ['1', '2', '3', '4']\nserver: {{name: {name}, url: '{url}'}}\n"));
    (env, proxy)
}

#[test]
fn faults_while_many_jobs_are_changed() {
    let idis = FakeIdis::builder().jobs(4).start();
    let commands = [
        ("batch cancel", "cancel_job", "INACTIVE"),
        ("batch reset --include-opted-out", "modify_job", "ACTIVE"),
        ("job cancel 1-4", "cancel_job", "INACTIVE"),
        ("job reset 1-4 --include-opted-out", "modify_job", "ACTIVE"),
    ];
    let mut cases = vec![];
    for fault in faults() {
        for (line, function, status) in commands {
            for every in [false, true] {
                cases.push((cases.len(), fault.clone(), line, function, status, every));
            }
        }
    }
    let injected = Mutex::new(0);
    each(&cases, |(index, fault, line, function, status, every)| {
        let name = format!("c{index}");
        let (env, proxy) = batch(&idis, &name);
        let calls = if *every { Calls::every(function) } else { Calls::nth(function, 2) };
        proxy.on(calls, fault.clone());
        let arguments = line.split(' ').chain(["--yes", "--timeout", "1"]);
        let end = bounded(finish(env.anon(arguments).command()).assert_status(&[0, 1]));
        let case = format!("{fault:?} of {function}, every: {every}: {end:#?}");
        let done = idis.jobs(&name).iter().filter(|job| job.get("status") == Some(&(*status).into())).count();
        let said = end.stderr.lines().find(|line| line.contains(" done, "));
        match end.status {
            // What is cut off or not heard of can be done again, and then it is.
            0 => assert!(done >= 4 || matches!(fault, Fault::Answer { status: 200, .. }), "{case}"),
            _ => {
                let numbers: usize = said
                    .unwrap_or_else(|| panic!("no summary: {case}"))
                    .split([' ', ','])
                    .map_while(|word| (word != "(jobs").then_some(word))
                    .filter_map(|word| word.parse::<usize>().ok())
                    .sum();
                assert_eq!(numbers, 4, "every job is accounted for: {case}");
                assert!(end.stderr.contains("error: job "), "{case}");
            }
        }
        *injected.lock().unwrap() += proxy.spoiled();
    });
    println!("batch and job cancel, reset: {} faults injected", injected.into_inner().unwrap());
    assert_memory();
}

#[test]
fn faults_while_only_looking() {
    let idis = FakeIdis::builder().jobs(4).start();
    let lines = [
        "batch status",
        "batch status --patient-name",
        "server jobs",
        "server status",
        "job info 1",
        "job list 1 2",
        "status",
    ];
    let cases: Vec<(Fault, &str)> =
        faults().into_iter().flat_map(|fault| lines.map(|line| (fault.clone(), line))).collect();
    let injected = AtomicUsize::new(0);
    each(&cases, |(fault, line)| {
        let (env, proxy) = batch(&idis, "p01");
        proxy.on(Calls::all(), fault.clone());
        let before = env.files();
        bounded(finish(env.anon(line.split(' ').chain(["--timeout", "1"])).command()).assert_status(&[0, 1]));
        assert_eq!(env.files(), before);
        injected.fetch_add(proxy.spoiled(), Ordering::Relaxed);
    });
    println!("commands that only look: {} faults injected", injected.into_inner());
    assert_memory();
}

/// The largest of all processes that this one has started so far stayed small.
fn assert_memory() {
    #[cfg(unix)]
    {
        // SAFETY: getrusage only fills in the structure that it is given, for which zeros are valid.
        let largest = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            assert_eq!(libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage), 0);
            usage.ru_maxrss
        };
        // Kilobytes, but on macOS bytes.
        let bytes = if cfg!(target_os = "macos") { largest } else { largest * 1024 };
        println!("largest process: {} MiB", bytes >> 20);
        assert!(bytes < MEMORY, "{bytes} bytes");
    }
}
