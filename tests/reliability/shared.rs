//! Folders that several users share. Only root can be several users, so that these tests do nothing for others.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::creation::leftovers;
use super::run::{End, finish};
use super::support::Env;
use super::users::{NOBODY, as_nobody, is_root};

const BATCH: &str = "job_ids:\n- '1'\nserver:\n  name: p\n  url: https://a/p\n";

/// A working folder in which everybody may make files, and a batch that belongs to root.
fn shared(mode: u32) -> Option<Env> {
    if !is_root() {
        return None;
    }
    let env = Env::new();
    set_mode(&env.work(), mode);
    set_mode(&env.write(".anonbatch", BATCH), 0o666);
    chown(env.home(), Some(NOBODY), Some(NOBODY)).unwrap();
    Some(env)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn rights(path: &Path) -> (u32, u32, u32) {
    let found = fs::metadata(path).unwrap();
    (found.uid(), found.gid(), found.mode() & 0o7777)
}

fn nobody(env: &Env, line: &str) -> Command {
    as_nobody(env, &env.anon(line.split(' ')).command())
}

fn finish_nobody(env: &Env, line: &str) -> End {
    finish(nobody(env, line))
}

#[test]
fn a_file_that_a_colleague_changes_stays_with_its_owner() {
    for mode in [0o777, 0o1777] {
        let Some(env) = shared(mode) else { return };
        let path = env.path(".anonbatch");
        // Group 1 can read it, and nobody is no member of that.
        chown(&path, None, Some(1)).unwrap();
        let before = rights(&path);
        finish_nobody(&env, "batch add 2").assert_status(&[0]);
        assert_eq!(rights(&path), before);
        assert!(env.read(".anonbatch").contains("- '2'"));
        assert_eq!(leftovers(&env), [""; 0]);
        // What the colleague may not write is left alone.
        set_mode(&path, 0o644);
        let end = finish_nobody(&env, "batch add 3").assert_status(&[1]);
        assert!(end.stderr.contains("Permission denied"), "{end:#?}");
        assert!(!env.read(".anonbatch").contains("- '3'"));
        assert_eq!(leftovers(&env), [""; 0]);
    }
}

#[test]
fn a_change_in_place_that_is_killed_loses_nothing() {
    let Some(env) = shared(0o777) else { return };
    let mut finished = 0;
    for round in 0..60 {
        let mut child = nobody(&env, &format!("batch add {}", 100 + round)).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(1500 + 150 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        finished += usize::from(env.path(".anonbatch.pending").exists());
        finish_nobody(&env, &format!("batch add {}", 1000 + round)).assert_status(&[0]);
        let text = env.read(".anonbatch");
        assert!(text.starts_with("job_ids:\n- '1'\n") && text.ends_with("  url: https://a/p\n"), "{text}");
        assert!((0..=round).all(|round| text.contains(&format!("- '{}'\n", 1000 + round))), "{text}");
        assert_eq!(leftovers(&env), [""; 0]);
    }
    println!("finished {finished} changes that were killed");
}

#[test]
fn nothing_is_written_through_a_link_that_a_colleague_planted() {
    for exists in [true, false] {
        let Some(env) = shared(0o1777) else { return };
        let victim = env.home().join(".bashrc");
        if exists {
            fs::write(&victim, "selected_paths: []\n").unwrap();
        }
        env.patients();
        set_mode(&env.path("patient1"), 0o777);
        env.write_settings("servers:\n  p: https://a/p\nactive_server_name: p\n");
        finish(env.anon(["map", "init"]).command()).assert_status(&[0]);
        fs::remove_file(env.path(".anonbatch")).unwrap();
        for name in ["fileselection.txt", "patient1/fileselection.txt", ".anonbatch", ".x.lock"] {
            symlink(&victim, env.path(name)).unwrap();
            lchown(env.path(name), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        for line in
            ["select add *", "map add-study-folders patient1", "batch init", "batch add 1", "--settings x status"]
        {
            let end = finish(env.anon(line.split(' ')).command()).assert_status(&[1]);
            assert!(end.stderr.contains("a link"), "{line}: {end:#?}");
            let content = exists.then(|| "selected_paths: []\n".to_owned());
            assert_eq!(fs::read_to_string(&victim).ok(), content, "{line}: {end:#?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_the_program_is_nobody_elses() {
    let Some(env) = shared(0o777) else { return };
    env.write_settings("servers:\n  p: https://a/p\n");
    let seen = env.path("seen");
    // What is not to be dumped belongs to root, so that the user's other programs cannot look into it.
    let editor = env.write("editor", format!("#!/bin/sh\nstat -c %u /proc/$PPID/environ > {}\n", seen.display()));
    set_mode(&editor, 0o755);
    let mut command = nobody(&env, "settings edit");
    finish({
        command.env("EDITOR", &editor);
        command
    })
    .assert_status(&[0]);
    assert_eq!(fs::read_to_string(&seen).unwrap(), "0\n");
}
