use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tempfile::{TempDir, tempdir};

use super::*;

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_made_and_replaced_and_nothing_else_is_left() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    for text in ["one", "a longer two", ""] {
        replace(&path, text.as_bytes(), Privacy::Shared).unwrap();
        assert_eq!(read(&path).unwrap(), text.as_bytes());
        assert_eq!(names(&folder), ["a.csv"]);
    }
}

#[test]
fn what_cannot_be_replaced_stays() {
    let folder = tempdir().unwrap();
    let error = replace(folder.path(), b"x", Privacy::Shared).unwrap_err().to_string();
    assert!(error.contains("it is a folder"), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(replace(&file.join("below"), b"x", Privacy::Shared).is_err(), "a file has nothing below it");
    assert!(replace(&folder.path().join("no").join("folder"), b"x", Privacy::Shared).is_err());
    assert_eq!(names(&folder), ["file"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn permissions_are_kept_and_private_files_are_private() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("settings.yml");
        replace(&path, b"x", Privacy::Private).unwrap();
        assert_eq!(mode(&path), 0o600);
        for kept in [0o640, 0o666, 0o604] {
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            replace(&path, b"y", Privacy::Private).unwrap();
            assert_eq!(mode(&path), kept, "{kept:o}");
        }
    }

    #[test]
    fn a_link_stays_a_link_even_when_it_leads_to_nothing_yet() {
        let folder = tempdir().unwrap();
        let (real, link, chain) = (folder.path().join("real"), folder.path().join("link"), folder.path().join("chain"));
        symlink("real", &link).unwrap();
        symlink(&link, &chain).unwrap();
        for text in ["made", "replaced"] {
            let _lock = Lock::of(&chain).unwrap();
            replace(&chain, text.as_bytes(), Privacy::Shared).unwrap();
            assert_eq!(fs::read_to_string(&real).unwrap(), text);
            assert_eq!(fs::read_link(&link).unwrap(), Path::new("real"));
            assert_eq!(fs::read_link(&chain).unwrap(), link);
        }
        symlink("round", folder.path().join("round")).unwrap();
        assert!(replace(&folder.path().join("round"), b"x", Privacy::Shared).is_err());
    }

    #[test]
    fn a_device_is_not_replaced() {
        let error = replace(Path::new("/dev/null"), b"x", Privacy::Shared).unwrap_err().to_string();
        assert!(error.contains("it is a device"), "{error}");
    }

    #[test]
    fn a_file_that_may_not_be_written_is_not_replaced() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        // For root there is no such file.
        let expected = if OpenOptions::new().append(true).open(&path).is_ok() { "new" } else { "old" };
        let _ = replace(&path, b"new", Privacy::Shared);
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(mode(&path), 0o444);
    }
}

#[test]
fn a_lock_keeps_others_out_and_leaves_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let lock = Lock::of(&path).unwrap();
    assert_eq!(names(&folder), [".a.csv.lock"]);
    let refused = Lock::within(&path, Duration::from_millis(30)).unwrap_err();
    assert!(refused.to_string().contains("another anon is busy with"), "{refused}");
    assert_eq!(refused.hint().as_deref(), Some("wait until it is done and try again"));
    drop(lock);
    assert_eq!(names(&folder), [""; 0]);
    drop(Lock::within(&path, Duration::ZERO).unwrap());
}

#[test]
fn one_at_a_time_has_a_lock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("count");
    fs::write(&path, "0").unwrap();
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _lock = Lock::of(&path).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    let count: usize = fs::read_to_string(&path).unwrap().parse().unwrap();
                    fs::write(&path, (count + 1).to_string()).unwrap();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "400");
    assert_eq!(names(&folder), ["count"]);
}

#[test]
fn what_a_killed_process_left_is_removed_by_the_next() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    for left in [".a.csv.lock", ".anon-a.csv-x1y2z3.tmp", ".anon-b.csv-x1y2z3.tmp", "a.csv.tmp"] {
        fs::write(folder.path().join(left), "half").unwrap();
    }
    drop(Lock::of(&path).unwrap());
    assert_eq!(names(&folder), [".anon-b.csv-x1y2z3.tmp", "a.csv.tmp"], "b.csv has a lock of its own");
}

#[test]
fn appending_adds_a_line_and_makes_the_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("deep").join("journal");
    assert!(append(&path, b"1\n").is_err());
    create_folder_of(&path).unwrap();
    append(&path, b"1\n").unwrap();
    append(&path, b"2\n").unwrap();
    assert_eq!(read(&path).unwrap(), b"1\n2\n");
}

#[test]
fn a_file_that_others_are_reading_is_replaced_when_they_close_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "old").unwrap();
    let reader = File::open(&path).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            sleep(Duration::from_millis(200));
            drop(reader);
        });
        replace(&path, b"new", Privacy::Shared).unwrap();
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(&folder), ["a.csv"]);
}

#[test]
fn deep_in_folders_with_long_names_everything_works_too() {
    let folder = tempdir().unwrap();
    let deep = folder.path().join(["n".repeat(100).as_str(); 4].join(std::path::MAIN_SEPARATOR_STR));
    fs::create_dir_all(&deep).unwrap();
    let path = deep.join("fileselection.txt");
    let lock = Lock::of(&path).unwrap();
    replace(&path, b"one", Privacy::Shared).unwrap();
    replace(&path, b"two", Privacy::Shared).unwrap();
    append(&path, b" three").unwrap();
    assert_eq!(read(&path).unwrap(), b"two three");
    delete(&path).unwrap();
    drop(lock);
    assert_eq!(fs::read_dir(&deep).unwrap().count(), 0);
}

#[cfg(windows)]
mod windows {
    use super::*;

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let writable = fs::metadata(&path).unwrap().permissions();
        let mut permissions = writable.clone();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = replace(&path, b"new", Privacy::Shared).unwrap_err();
        assert!(
            matches!(&error, Error::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        // Or the folder could not be deleted.
        fs::set_permissions(&path, writable).unwrap();
        assert_eq!(names(&folder), ["a.csv"]);
    }

    #[test]
    fn a_file_that_a_spreadsheet_keeps_is_left_to_it_and_the_user_told() {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let spreadsheet = OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_READ).open(&path).unwrap();
        let error = replace(&path, b"new", Privacy::Shared).unwrap_err();
        assert!(error.hint().unwrap().contains("close the editor or spreadsheet that has it open"), "{error}");
        assert_eq!(names(&folder), ["a.csv"]);
        drop(spreadsheet);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}

#[test]
fn what_was_appended_at_leisure_is_there_before_what_follows() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log");
    sync(&path).unwrap();
    assert!(!path.exists());
    append_soon(&path, b"one\n").unwrap();
    append(&path, b"two\n").unwrap();
    append_soon(&path, b"three\n").unwrap();
    sync(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\nthree\n");
    let error = sync(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write '{}'", folder.path().display())), "{error}");
}
