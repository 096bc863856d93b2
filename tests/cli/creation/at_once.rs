//! Several jobs, or several programs, at a time; and programs that are stopped meanwhile.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anonapi::testing::{Calls, FakeIdis, Fault, FaultyProxy};

use super::{batch, create, env_at, journal, on_server};
use crate::support::Env;

#[test]
fn several_at_a_time_lose_nothing() {
    let delay = Duration::from_millis(200);
    let idis = FakeIdis::builder().delay(delay).start();
    let env = env_at(&idis.url("p01"), 8);
    let started = Instant::now();
    create(&env, "--concurrency 4").assert_ok().assert_stdout(&["created 8 jobs"]);
    assert!(started.elapsed() < 8 * delay, "one after the other: {:?}", started.elapsed());
    assert_eq!(batch(&env), (1001..=1008).collect::<Vec<_>>());
    let mut names = on_server(&idis);
    names.sort();
    assert_eq!(names, ["A", "B", "C", "D", "E", "F", "G", "H"]);
}

#[test]
fn several_at_a_time_stop_together_and_go_on_together() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(50)).start();
    let proxy = FaultyProxy::before(&idis);
    proxy.on(Calls::nth("create_job", 3), Fault::json(401, "{}"));
    let env = env_at(&proxy.url("p01"), 8);
    create(&env, "--concurrency 4").assert_status(1).assert_stderr(&["1 failed", "not tried"]);
    let ids = |env: &Env| idis.jobs("p01").iter().map(|job| job.id().0).collect::<Vec<_>>() == batch(env);
    assert!(ids(&env) && on_server(&idis).len() < 8);
    create(&env, "--concurrency 4").assert_ok();
    assert!(ids(&env) && on_server(&idis).len() == 8, "{:?}", on_server(&idis));
}

/// Starts creating, and waits until the server has heard of so many jobs.
fn start(env: &Env, idis: &FakeIdis, heard: usize) -> Child {
    spawn(env.anon(["create", "from-mapping", "-y"]).command(), idis, heard)
}

fn spawn(mut command: Command, idis: &FakeIdis, heard: usize) -> Child {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while idis.calls("create_job") < heard {
        assert!(Instant::now() < patience, "the server heard of no job");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[cfg(unix)]
fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_the_job_that_was_asked_for() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(700)).start();
    let env = env_at(&idis.url("p01"), 3);
    let child = start(&env, &idis, 2);
    send(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{stdout}{stderr}");
    assert!(stdout.contains("Created job with id 1002") && !stdout.contains("Done"), "{stdout}");
    let told = "error: interrupted: 2 jobs created, 1 not tried (from line 11 on); run it again to create the rest";
    assert_eq!(stderr.lines().last(), Some(told), "{stderr}");
    assert_eq!((on_server(&idis).len(), batch(&env)), (2, vec![1001, 1002]));
    create(&env, "").assert_ok().assert_stdout(&["created 1 job: 1003"]);
}

#[test]
fn a_killed_program_leaves_what_was_asked_for_as_perhaps_created() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(700)).start();
    let env = env_at(&idis.url("p01"), 3);
    let mut child = start(&env, &idis, 2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(batch(&env), [1001]);
    assert_eq!(journal(&env), ["0 asked", "0 created 1001", "1 asked"]);
    let outcome = create(&env, "").assert_status(1).assert_stdout(&["created 1 job: 1003"]);
    let _ = outcome.assert_stderr(&["line 10: its job was perhaps created", "anon create from-mapping --perhaps"]);
    assert_eq!(on_server(&idis), ["A", "B", "C"]);
}

#[test]
fn two_programs_at_once_create_each_job_once() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(20)).start();
    let env = env_at(&idis.url("p01"), 6);
    let children: Vec<Child> = (0..3).map(|_| start(&env, &idis, 0)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(on_server(&idis), ["A", "B", "C", "D", "E", "F"]);
    assert_eq!(batch(&env), (1001..=1006).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let idis = FakeIdis::builder().delay(Duration::from_millis(100)).start();
    let env = env_at(&idis.url("p01"), 4);
    let anon = env.anon(["create", "from-mapping", "-y"]).command();
    // As nohup and a shell's background job have it.
    let mut command = Command::new("sh");
    command.arg("-c").arg("trap '' HUP INT; exec \"$0\" \"$@\"").arg(anon.get_program()).args(anon.get_args());
    command.current_dir(anon.get_current_dir().unwrap()).env_clear();
    command.envs(anon.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = spawn(command, &idis, 2);
    send(&child, "-HUP");
    send(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(on_server(&idis).len(), 4);
}

#[cfg(unix)]
#[test]
fn being_told_to_end_is_as_ctrl_c() {
    for signal in ["-TERM", "-HUP"] {
        let idis = FakeIdis::builder().delay(Duration::from_millis(300)).start();
        let env = env_at(&idis.url("p01"), 3);
        let child = spawn(env.anon(["create", "from-mapping", "-y"]).command(), &idis, 2);
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal}: {output:?}");
        assert_eq!((on_server(&idis).len(), batch(&env)), (2, vec![1001, 1002]), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn two_signals_end_it_at_once() {
    let idis = FakeIdis::builder().delay(Duration::from_secs(20)).start();
    let env = env_at(&idis.url("p01"), 2);
    let child = start(&env, &idis, 1);
    let started = Instant::now();
    send(&child, "-INT");
    std::thread::sleep(Duration::from_millis(200));
    send(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(journal(&env), ["0 asked"]);
}
