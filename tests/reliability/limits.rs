//! A system that has no threads or descriptors left: the work takes longer, and is done.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anonapi::testing::FakeIdis;
use walkdir::WalkDir;

use super::creation::{World, server};
use super::run::{End, finish};
use super::support::Env;

/// Runs a command with at most so many of a resource.
fn limited(mut command: Command, resource: i32, most: u64) -> End {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: setrlimit only reads the structure, and can be called between fork and exec.
    unsafe {
        command.pre_exec(move || match libc::setrlimit(resource as _, &raw const limit) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
    }
    finish(command)
}

/// Jobs 1 to 20 in a batch.
fn with_batch(idis: &FakeIdis, name: &str) -> Env {
    let env = Env::new();
    env.settings_for(&[(name, &idis.url(name))]);
    env.write(
        ".anonbatch",
        format!("job_ids: ['1', '2', '3', '4']\nserver: {{name: {name}, url: '{}'}}\n", idis.url(name)),
    );
    env
}

const LOOKING_AND_CHANGING: [&str; 3] = ["job info 1-20", "job reset 1-20 --yes", "batch status"];

#[test]
fn few_descriptors_are_enough() {
    let idis = FakeIdis::builder().jobs(20).clock_ahead(0).start();
    for most in [16, 20, 28] {
        let name = format!("n{most}");
        let world = World::new(&idis, &name, &idis.url(&name), 6);
        limited(world.create(&["--concurrency", "8"]), libc::RLIMIT_NOFILE as i32, most).assert_status(&[0]);
        assert_eq!(world.jobs().len(), 26);
        let env = with_batch(&idis, &name);
        for line in LOOKING_AND_CHANGING {
            limited(env.anon(line.split(' ')).command(), libc::RLIMIT_NOFILE as i32, most).assert_status(&[0]);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn few_addresses_are_enough() {
    let idis = FakeIdis::builder().jobs(20).clock_ahead(0).start();
    for most in [180, 240, 320] {
        let name = format!("a{most}");
        let world = World::new(&idis, &name, &idis.url(&name), 6);
        limited(world.create(&["--concurrency", "8"]), libc::RLIMIT_AS as i32, most << 20).assert_status(&[0]);
        let env = with_batch(&idis, &name);
        for line in LOOKING_AND_CHANGING {
            limited(env.anon(line.split(' ')).command(), libc::RLIMIT_AS as i32, most << 20).assert_status(&[0]);
        }
    }
}

/// A user of its own, so that nobody else's processes count.
const USER: u32 = 61_000;

/// The program as a user of its own, to whom all files are given.
fn as_user(env: &Env, command: &Command, user: u32) -> Command {
    let root = env.home().parent().unwrap().to_owned();
    let program = root.join("anon");
    // By another process: a file that this one has open for writing could be inherited by a child of another test, and then
    // cannot be run ("text file busy").
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_anon")).arg(&program).status().unwrap().success());
    for entry in WalkDir::new(&root).into_iter().filter_map(Result::ok) {
        std::os::unix::fs::lchown(entry.path(), Some(user), Some(user)).unwrap();
    }
    let mut other = Command::new(&program);
    other.args(command.get_args()).current_dir(command.get_current_dir().unwrap()).env_clear().uid(user).gid(user);
    other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other
}

#[test]
fn few_threads_are_enough() {
    // SAFETY: geteuid cannot fail and touches no memory.
    if unsafe { libc::geteuid() } != 0 {
        println!("only root can be another user, whose threads can be counted");
        return;
    }
    let (idis, with_jobs) = (server(), FakeIdis::builder().jobs(20).start());
    for most in [3, 5, 8, 12] {
        let name = format!("t{most}");
        let user = USER + most as u32;
        let world = World::new(&idis, &name, &idis.url(&name), 6);
        let create = as_user(&world.env, &world.create(&["--concurrency", "8"]), user);
        limited(create, libc::RLIMIT_NPROC as i32, most).assert_status(&[0]);
        world.check();
        assert_eq!(world.jobs().len(), 6);
        let env = with_batch(&with_jobs, &name);
        for line in LOOKING_AND_CHANGING {
            let command = as_user(&env, &env.anon(line.split(' ')).command(), user);
            limited(command, libc::RLIMIT_NPROC as i32, most).assert_status(&[0]);
        }
    }
}
