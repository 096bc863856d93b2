//! Disks that are full, folders and files that may not be written, files that come and go, links and permissions.

use std::fs;
use std::thread;
use std::time::Duration;

use anonapi::internals::Lock;
use anonapi::selection::Selection;

use super::creation::leftovers;
use super::run::finish;
use super::support::Env;

const BATCH: &str = "job_ids:\n- '1'\nserver:\n  name: p\n  url: https://a/p\n";

#[test]
fn files_that_vanish_while_they_are_looked_at_spoil_nothing() {
    let env = Env::new();
    let names: Vec<String> = (0..400).map(|number| format!("data/{number:03}.dcm")).collect();
    for round in 0..4 {
        env.dicom("patient", "1.2.3", &names.iter().map(String::as_str).collect::<Vec<_>>());
        let end = thread::scope(|scope| {
            let command = env.anon(["select", "add", "*"]).command();
            let select = scope.spawn(|| finish(command));
            thread::sleep(Duration::from_millis(2 + round * 3));
            for name in names.iter().skip(1).step_by(2) {
                fs::remove_file(env.path(name)).unwrap();
            }
            select.join().unwrap().assert_status(&[0])
        });
        let selection = Selection::read(&env.path("fileselection.txt")).unwrap();
        let kept = names.iter().step_by(2).filter(|name| selection.selected_paths.contains(name)).count();
        assert_eq!(kept, 200, "what stayed is selected: {end:#?}");
        assert!(selection.selected_paths.iter().all(|path| names.contains(path)));
        fs::remove_file(env.path("fileselection.txt")).unwrap();
    }
}

#[test]
fn a_folder_that_is_none_is_named() {
    let env = Env::new();
    let file = env.write("file", "x");
    let settings = file.join("settings.yml");
    let end =
        finish(env.anon(["server", "list", "--settings", settings.to_str().unwrap()]).command()).assert_status(&[1]);
    assert!(end.stderr.contains("settings.yml"), "{end:#?}");
    fs::create_dir(env.path(".anonbatch")).unwrap();
    let end = finish(env.anon(["batch", "add", "1"]).command()).assert_status(&[1]);
    assert!(end.stderr.contains(".anonbatch"), "{end:#?}");
    assert_eq!(leftovers(&env), [""; 0]);
}

#[test]
fn a_file_that_another_anon_works_on_is_waited_for() {
    let env = Env::new();
    env.write(".anonbatch", BATCH);
    let lock = Lock::of(&env.path(".anonbatch")).unwrap();
    let end = thread::scope(|scope| {
        let add = scope.spawn(|| finish(env.anon(["batch", "add", "2"]).command()));
        thread::sleep(Duration::from_millis(700));
        assert_eq!(env.read(".anonbatch"), BATCH, "nobody writes beside the lock");
        drop(lock);
        add.join().unwrap().assert_status(&[0])
    });
    assert!(end.time >= Duration::from_millis(600), "{end:#?}");
    assert!(env.read(".anonbatch").contains("- '2'"));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsString;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use walkdir::WalkDir;

    use super::super::creation::{World, server};
    use super::super::run::End;
    use super::super::users::{NOBODY, as_nobody, is_root};
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Root may write everywhere, so as root the command is run by nobody, to whom all files of the user are given.
    fn finish_as_user(env: &Env, arguments: &[&str]) -> End {
        let command = env.anon(arguments).command();
        if !is_root() {
            return finish(command);
        }
        for entry in WalkDir::new(env.home().parent().unwrap()).into_iter().filter_map(Result::ok) {
            std::os::unix::fs::lchown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        finish(as_nobody(env, &command))
    }

    #[test]
    fn a_folder_that_may_not_be_written_stays_as_it_is() {
        let env = Env::new();
        env.write(".anonbatch", BATCH);
        env.patients();
        for arguments in [&["batch", "add", "2"][..], &["select", "add", "*"], &["map", "init"], &["batch", "delete"]] {
            let before = env.files();
            set_mode(&env.work(), 0o555);
            let end = finish_as_user(&env, arguments).assert_status(&[1]);
            set_mode(&env.work(), 0o755);
            assert!(end.stderr.contains("Permission denied"), "{arguments:?}: {end:#?}");
            let mut after = env.files();
            after.retain(|name| before.contains(name) || !name.starts_with('~'));
            assert_eq!(after, before, "{arguments:?}");
            assert_eq!(env.read(".anonbatch"), BATCH);
        }
    }

    #[test]
    fn no_job_is_asked_for_when_its_id_could_not_be_saved() {
        let idis = server();
        let world = World::new(&idis, "p01", &idis.url("p01"), 2);
        set_mode(&world.env.work(), 0o555);
        let end = finish_as_user(&world.env, &["create", "from-mapping", "--yes"]).assert_status(&[1]);
        set_mode(&world.env.work(), 0o755);
        assert!(end.stderr.contains(".anonbatch': Permission denied"), "{end:#?}");
        assert_eq!(idis.calls("create_job"), 0);
        // And when the journal cannot be.
        let journals = world.env.home().join(".anonapi");
        fs::create_dir_all(&journals).unwrap();
        set_mode(&journals, 0o555);
        let end = finish_as_user(&world.env, &["create", "from-mapping", "--yes"]).assert_status(&[1]);
        set_mode(&journals, 0o755);
        assert!(end.stderr.contains("journal.jsonl': Permission denied"), "{end:#?}");
        assert_eq!(idis.calls("create_job"), 0);
    }

    #[test]
    fn a_file_that_may_not_be_written_is_not_replaced() {
        let env = Env::new();
        let path = env.write(".anonbatch", BATCH);
        set_mode(&path, 0o444);
        let end = finish_as_user(&env, &["batch", "add", "2"]).assert_status(&[1]);
        assert!(end.stderr.contains("close the editor or spreadsheet"), "{end:#?}");
        assert_eq!((env.read(".anonbatch").as_str(), mode(&path)), (BATCH, 0o444));
        assert_eq!(leftovers(&env), [""; 0]);
    }

    /// `anon` on a disk that takes no more than `blocks` of 512 or 1024 bytes in one file.
    fn on_a_full_disk(command: &Command, blocks: usize) -> Command {
        let mut limited = Command::new("sh");
        // Without the trap the system would kill the process, where a disk that is full gives an error.
        limited.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""));
        limited.arg(command.get_program()).args(command.get_args()).current_dir(command.get_current_dir().unwrap());
        limited.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited
    }

    #[test]
    fn a_full_disk_leaves_the_old_files() {
        let env = Env::new();
        env.write(".anonbatch", BATCH);
        env.settings_for(&[("p", "https://a/p")]);
        let mapping = env.write(
            "anon_mapping.csv",
            "## Description ##\n## Options ##\nproject,P\n## Mapping ##\nsource,pseudo_name\nfolder:a,A\n",
        );
        let path = format!("active_mapping_file: '{}'\n", mapping.display());
        env.write_settings(&env.read_settings().replace("active_mapping_file: null\n", &path));
        env.patients();
        let all = |env: &Env| {
            let read = |name: &String| {
                fs::read(PathBuf::from(name.replacen('~', env.home().to_str().unwrap(), 1).replacen(
                    "./",
                    &format!("{}/", env.work().display()),
                    1,
                )))
                .unwrap()
            };
            env.files().into_iter().map(|name| (read(&name), name)).collect::<Vec<_>>()
        };
        let before = all(&env);
        for line in [
            "batch add 2",
            "server add two https://a/two",
            "select add *",
            "map add-accession-numbers 1.1",
            "map add-study-folders patient1 patient2",
            "settings set-username me",
        ] {
            let end = finish(on_a_full_disk(&env.anon(line.split(' ')).command(), 0)).assert_status(&[1]);
            assert!(end.stderr.contains("error: cannot write '"), "{line}: {end:#?}");
            assert_eq!(all(&env), before, "{line}");
        }
    }

    #[test]
    fn a_disk_that_fills_up_while_jobs_are_created_loses_none() {
        let idis = server();
        let mut failures = 0;
        for round in 0..24 {
            let name = format!("d{round}");
            let world = World::new(&idis, &name, &idis.url(&name), 3);
            // So full that the journal takes a few lines more, and perhaps half of one.
            let journal = world.env.home().join(".anonapi").join("journal.jsonl");
            fs::create_dir_all(journal.parent().unwrap()).unwrap();
            fs::write(&journal, "\n".repeat(1024 - 24 * round)).unwrap();
            let end = finish(on_a_full_disk(&world.create(&[]), 1)).assert_status(&[0, 1]);
            failures += usize::from(end.status == 1);
            world.check_after_full_disk();
            world.complete();
        }
        assert!(failures > 4, "{failures}");
        println!("create from-mapping: a disk that filled up {failures} times");
    }

    #[test]
    fn a_link_to_the_settings_stays_a_link_and_its_file_keeps_its_permissions() {
        let env = Env::new();
        let (link, real) = (env.home().join(anonapi::settings::FILE_NAME), env.home().join("dotfiles.yml"));
        symlink("dotfiles.yml", &link).unwrap();
        // At first the link leads to nothing.
        finish(env.anon(["server", "add", "a", "https://a/p"]).command()).assert_status(&[0]);
        assert_eq!(mode(&real), 0o600, "new settings are for the owner alone");
        set_mode(&real, 0o640);
        let end = finish(env.anon(["server", "add", "b", "https://b/p"]).command()).assert_status(&[0]);
        assert!(end.stderr.contains("warning: other users of this computer can read your token"), "{end:#?}");
        assert_eq!((mode(&real), fs::read_link(&link).unwrap()), (0o640, PathBuf::from("dotfiles.yml")));
        set_mode(&real, 0o600);
        let end = finish(env.anon(["server", "list"]).command()).assert_status(&[0]);
        assert!(!end.stderr.contains("warning"), "{end:#?}");
        assert!(end.stdout.contains("https://a/p") && end.stdout.contains("https://b/p"), "{end:#?}");
    }

    #[test]
    fn a_file_that_a_group_shares_stays_with_the_group() {
        let env = Env::new();
        let path = env.write(".anonbatch", BATCH);
        set_mode(&path, 0o660);
        // Only root can give a file away; for others the group is theirs before and after.
        let _ = chown(&path, Some(NOBODY), Some(NOBODY));
        let owner = |path: &Path| {
            use std::os::unix::fs::MetadataExt;
            let file = fs::metadata(path).unwrap();
            (file.uid(), file.gid(), file.mode() & 0o777)
        };
        let before = owner(&path);
        finish(env.anon(["batch", "add", "2"]).command()).assert_status(&[0]);
        assert_eq!(owner(&path), before);
    }

    #[test]
    fn settings_that_are_a_device_are_not_replaced() {
        let env = Env::new();
        let line: [OsString; 6] = ["server", "add", "a", "https://a/p", "--settings", "/dev/null"].map(OsString::from);
        let end = finish(env.anon(line).command()).assert_status(&[1]);
        assert!(end.stderr.contains("/dev/null"), "{end:#?}");
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
