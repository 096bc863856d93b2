//! What only Unix has: modes, links, pipes, lists of rights.

use std::ffi::CString;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::os::unix::net::UnixListener;

use super::*;

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    // SAFETY: the call cannot fail and touches no memory.
    unsafe { libc::geteuid() == 0 }
}

fn pipe(path: &Path) {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path ends in a NUL.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o666) }, 0);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn permissions_are_kept_and_private_files_are_private() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("settings.yml");
    write(&path, b"x", Privacy::Private, Durability::Full).unwrap();
    assert_eq!(mode(&path), 0o600);
    for kept in [0o640, 0o666, 0o604] {
        fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
        write(&path, b"y", Privacy::Private, Durability::Full).unwrap();
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
        put(&chain, text.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), text);
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("real"));
        assert_eq!(fs::read_link(&chain).unwrap(), link);
    }
    symlink("round", folder.path().join("round")).unwrap();
    assert!(put(&folder.path().join("round"), b"x").is_err());
}

#[test]
fn only_plain_files_are_read_written_locked_and_deleted() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    pipe(&at("pipe"));
    fs::create_dir(at("folder")).unwrap();
    let _listener = UnixListener::bind(at("socket")).unwrap();
    symlink("/dev/zero", at("zero")).unwrap();
    for (name, is) in [("pipe", "a named pipe"), ("folder", "a folder"), ("socket", "a socket"), ("zero", "a device")] {
        let path = at(name);
        let errors = [
            read(&path, CAP).unwrap_err(),
            read_if_present(&path, CAP).unwrap_err(),
            put(&path, b"x").unwrap_err(),
            add(&path, b"x", Durability::Full).unwrap_err(),
            sync(&path).unwrap_err(),
            refuse_if_edited(&path).unwrap_err(),
        ];
        for error in errors {
            let expected = format!("{}: it is {is}, not a file; ", path.display());
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        assert!(name == "zero" || delete(&path).is_err());
    }
    for name in ["pipe", "folder", "socket"] {
        fs::rename(at(name), at(".x.lock")).unwrap();
        let error = Lock::of(&at("x")).unwrap_err().to_string();
        assert!(error.contains(", not a file"), "{error}");
        fs::rename(at(".x.lock"), at(name)).unwrap();
    }
    symlink("planted", at(".x.lock")).unwrap();
    assert!(Lock::of(&at("x")).unwrap_err().to_string().contains("it is a link"));
    assert_eq!(names(&folder), [".x.lock", "folder", "pipe", "socket", "zero"]);
}

#[test]
fn a_link_of_another_user_in_a_shared_folder_is_not_written_through() {
    let folder = tempdir().unwrap();
    let (link, target) = (folder.path().join("fileselection.txt"), folder.path().join(".bashrc"));
    for exists in [true, false] {
        if exists {
            fs::write(&target, "mine").unwrap();
        } else {
            fs::remove_file(&target).unwrap();
        }
        for (owner, mode, is_followed) in [(0, 0o777, true), (NOBODY, 0o755, true), (NOBODY, 0o1777, false)] {
            let _ = fs::remove_file(&link);
            symlink(".bashrc", &link).unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            if !is_root() || lchown(&link, Some(owner), None).is_err() {
                return;
            }
            let outcomes =
                [Lock::of(&link).map(drop), put(&link, b"x"), add(&link, b"y", Durability::Full), sync(&link)];
            for outcome in outcomes {
                assert_eq!(outcome.is_ok(), is_followed, "{owner} {mode:o} {outcome:?}");
            }
            if !is_followed {
                assert_eq!(exists, target.exists());
                assert!(put(&link, b"x").unwrap_err().to_string().contains("a link of another user"));
            }
            let _ = fs::write(&target, "mine").and_then(|()| if exists { Ok(()) } else { fs::remove_file(&target) });
        }
    }
}

#[test]
fn attributes_and_lists_of_rights_are_kept_and_never_widened() {
    let entry =
        |tag: u16, rights: u16, id: u32| [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat();
    // The owner and user 1 may read and write, the group and others nothing; the mask allows both to those who are named.
    let none = u32::MAX;
    let list = [
        2u32.to_le_bytes().to_vec(),
        entry(1, 6, none),
        entry(2, 6, 1),
        entry(4, 0, none),
        entry(16, 6, none),
        entry(32, 0, none),
    ]
    .concat();
    let folder = tempdir().unwrap();
    let path = folder.path().join("settings.yml");
    put(&path, b"x").unwrap();
    // Not every file system has them.
    if xattr::set(&path, "user.note", b"kept").is_err()
        || xattr::set(&path, "system.posix_acl_access", &list).is_err()
        || xattr::set(folder.path(), "system.posix_acl_default", &list).is_err()
    {
        return;
    }
    put(&path, b"y").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"y");
    assert_eq!(xattr::get(&path, "system.posix_acl_access").unwrap(), Some(list.clone()));
    assert_eq!(xattr::get(&path, "user.note").unwrap(), Some(b"kept".to_vec()));
    // A file without a list gets none from its folder.
    xattr::remove(&path, "system.posix_acl_access").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    put(&path, b"z").unwrap();
    assert_eq!(xattr::get(&path, "system.posix_acl_access").unwrap(), None);
    assert_eq!(mode(&path), 0o640);
    let made = folder.path().join("private");
    write(&made, b"z", Privacy::Private, Durability::Full).unwrap();
    assert_eq!(mode(&made), 0o600, "what the list of the folder gives to others is masked");
}

#[test]
fn a_file_keeps_its_owner_and_its_group() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    put(&path, b"x").unwrap();
    if !is_root() || lchown(&path, Some(NOBODY), Some(NOBODY)).is_err() {
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
    put(&path, b"y").unwrap();
    let found = fs::metadata(&path).unwrap();
    assert_eq!((found.uid(), found.gid(), mode(&path)), (NOBODY, NOBODY, 0o660));
}

#[test]
fn a_change_in_place_is_finished_by_the_next_lock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    put(&path, b"the old content").unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    let mut content = temporary::beside(&path, Privacy::Private).unwrap();
    std::io::Write::write_all(&mut content, b"new").unwrap();
    in_place::overwrite(&path, content, b"new").unwrap();
    assert_eq!((fs::read(&path).unwrap(), fs::metadata(&path).unwrap().ino()), (b"new".to_vec(), inode));
    assert_eq!(names(&folder), ["a.csv"]);
    // Killed in the middle: what it was to become is beside it, and nobody reads the half of it.
    fs::write(folder.path().join(".a.csv.pending"), "the newest").unwrap();
    fs::write(&path, "the ne").unwrap();
    // That it is waited for is tested by `patience`.
    let error = in_place::refuse_unfinished(&path).unwrap_err();
    assert!(patience::is_momentary(&error), "{error:?}");
    let error = plain::at("read", &path)(error).to_string();
    assert!(error.contains("a.csv: a change to it was not finished") && error.contains("whoever owns"), "{error}");
    drop(Lock::of(&path).unwrap());
    assert_eq!(read(&path, CAP).unwrap(), b"the newest");
    assert_eq!(names(&folder), ["a.csv"]);
    // What another user left is not believed.
    let pending = folder.path().join(".a.csv.pending");
    fs::write(&pending, "planted").unwrap();
    if is_root() && lchown(&pending, Some(NOBODY), None).is_ok() {
        assert!(in_place::finish(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"the newest");
    }
}

#[test]
fn a_lock_in_a_shared_folder_can_be_taken_by_everybody() {
    let folder = tempdir().unwrap();
    for (folder_mode, expected) in [(0o777, 0o666), (0o770, 0o666), (0o700, mode_of_new_files())] {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(folder_mode)).unwrap();
        let _lock = Lock::of(&folder.path().join("a.csv")).unwrap();
        assert_eq!(mode(&folder.path().join(".a.csv.lock")), expected, "{folder_mode:o}");
    }
}

fn mode_of_new_files() -> u32 {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("new"), "").unwrap();
    mode(&folder.path().join("new"))
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    // For root there is no such file.
    let expected = if OpenOptions::new().append(true).open(&path).is_ok() { "new" } else { "old" };
    let _ = put(&path, b"new");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(mode(&path), 0o444);
}

/// As Samba does with a file that a Windows program has open.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_another_program_holds_for_a_moment_is_waited_for() {
    use std::os::fd::AsRawFd;
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let attempts: [fn(&Path) -> Result<()>; 4] = [
        |path| read(path, CAP).map(drop),
        |path| put(path, b"x"),
        |path| add(path, b"x", Durability::Full),
        refuse_if_edited,
    ];
    for attempt in attempts {
        fs::write(&path, "x").unwrap();
        let holder = OpenOptions::new().write(true).open(&path).unwrap();
        // SAFETY: ignoring a signal runs no code, and the descriptor is that of an open file.
        let is_held = unsafe {
            libc::signal(libc::SIGIO, libc::SIG_IGN);
            libc::fcntl(holder.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) == 0
        };
        // Not every file system has leases.
        if !is_held {
            return;
        }
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(100));
                drop(holder);
            });
            let start = std::time::Instant::now();
            attempt(&path).unwrap();
            assert!(start.elapsed() >= Duration::from_millis(100), "{:?}", start.elapsed());
        });
    }
}
