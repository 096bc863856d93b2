#[cfg(target_os = "linux")]
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::*;

#[test]
fn links_to_files_are_files_and_linked_folders_are_not_entered() {
    let folder = make(&["a/1", "b/2"]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("a/1"), at("link")).unwrap();
    symlink(at("a"), at("linked")).unwrap();
    symlink("..", at("a/loop")).unwrap();
    symlink("self", at("self")).unwrap();
    symlink("/nothing/here", at("dangling")).unwrap();
    let found = Scan::default().run(folder.path(), &|_| {}).unwrap();
    assert_eq!(found.paths, ["a/1", "b/2", "link"]);
    assert_eq!(found.dead_links.to_string(), "dangling, self");
    assert_eq!(found.linked_folders.to_string(), "a/loop, linked");
    assert_eq!(paths(&Scan::default(), &at("linked")), ["1"]);
    let images = Scan { include: vec![Pattern::new("*.dcm", true).unwrap()], ..Scan::default() };
    let found = images.run(folder.path(), &|_| {}).unwrap();
    assert_eq!((found.linked_folders.count, found.dead_links.count), (2, 0), "there may be images in linked folders");
}

#[test]
fn linked_folders_are_followed_when_asked_and_circles_end() {
    let folder = make(&["in/a/1", "out/2"]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("out"), at("in/more")).unwrap();
    symlink("..", at("in/a/up")).unwrap();
    symlink("gone", at("in/nothing")).unwrap();
    symlink("a/1", at("in/file")).unwrap();
    let scan = Scan { follow_links: true, ..Scan::default() };
    let found = scan.run(&at("in"), &|_| {}).unwrap();
    assert_eq!(found.paths, ["a/1", "file", "more/2"]);
    assert_eq!((found.linked_folders.count, found.dead_links.to_string()), (0, "nothing".to_owned()));
}

#[test]
fn what_cannot_be_read_is_skipped_by_name_when_asked() {
    let folder = make(&["a/1", "a/2"]);
    // Nothing is closed to the superuser, but a name that is no text cannot be selected by anybody.
    if cfg!(target_os = "linux") {
        fs::write(folder.path().join(OsStr::from_bytes(b"\xe9.dcm")), dicom_bytes(7)).unwrap();
        let scan = Scan { skip_unreadable: true, ..Scan::default() };
        let found = scan.run(folder.path(), &|_| {}).unwrap();
        assert_eq!((found.paths.len(), found.skipped.to_string()), (2, r"\xe9.dcm".to_owned()));
        assert!(Scan::default().run(folder.path(), &|_| {}).is_err());
    }
}

/// A share that is away for a moment, in the middle of a scan.
#[test]
fn a_folder_that_is_away_for_a_moment_fails() {
    let names: Vec<String> = (0..500).map(|n| format!("share/p/{n}")).collect();
    let folder = make(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let (share, away) = (folder.path().join("share"), folder.path().join("away"));
    let leave = |progress: Scanned| {
        if progress.checked == 1 {
            fs::rename(&share, &away).unwrap();
        }
    };
    let one = Scan { concurrency: NonZeroUsize::new(1), ..Scan::default() };
    let error = one.run(&share, &leave).unwrap_err().to_string();
    assert!(error.contains("cannot read 'p/") && error.contains("--skip-unreadable"), "{error}");
    fs::rename(&away, &share).unwrap();
    // And where only the empty folder is left that the share was mounted on.
    let empty = |progress: Scanned| {
        if progress.checked == 1 {
            fs::rename(&share, &away).unwrap();
            fs::create_dir_all(share.join("p")).unwrap();
        }
    };
    assert!(one.run(&share, &empty).is_err());
    fs::remove_dir_all(&share).unwrap();
    fs::rename(&away, &share).unwrap();
    let skip = Scan { skip_unreadable: true, ..one };
    let found = skip.run(&share, &leave).unwrap();
    assert_eq!(found.paths.len() as u64 + found.skipped.count, 500);
    assert!(found.skipped.count > 0 && found.vanished.count == 0);
}

#[test]
fn a_file_that_is_gone_from_its_folder_is_reported() {
    let names: Vec<String> = (0..500).map(|n| format!("{n:04}")).collect();
    let folder = make(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let remove = |progress: Scanned| {
        if progress.checked == 1 {
            names[10..].iter().for_each(|name| fs::remove_file(folder.path().join(name)).unwrap());
        }
    };
    let scan = Scan { concurrency: NonZeroUsize::new(1), ..Scan::default() };
    let found = scan.run(folder.path(), &remove).unwrap();
    assert!(found.vanished.count > 0);
    assert_eq!(found.paths.len() as u64 + found.vanished.count, found.seen);
}

/// Other systems do not even allow such names.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_text_are_refused() {
    let folder = make(&["a/1"]);
    fs::write(folder.path().join(OsStr::from_bytes(b"caf\xe9\x1b.dcm")), dicom_bytes(1)).unwrap();
    fs::write(folder.path().join(OsStr::from_bytes(b"n\xe9.txt")), "no dicom").unwrap();
    let error = Scan::default().run(folder.path(), &|_| {}).unwrap_err().to_string();
    assert!(error.contains(r"caf\xe9\x1b.dcm"), "{error}");
    assert!(!error.contains(r"n\xe9"), "{error}");
}

#[test]
fn odd_names_that_are_text_are_found() {
    let folder = make(&["new\nline.dcm", "quo\"te", "back\\slash", "- x: #", "é", " "]);
    assert_eq!(paths(&Scan::default(), folder.path()).len(), 6);
}

#[test]
fn what_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = make(&["a/1", "a/2", "b/1"]);
    let close = |name: &str| fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o0)).unwrap();
    close("a/2");
    close("b");
    if fs::File::open(folder.path().join("a/2")).is_ok() {
        return; // Nothing is closed to the superuser.
    }
    let error = Scan::default().run(folder.path(), &|_| {}).unwrap_err().to_string();
    assert!(error.contains("cannot read 'a/2'") && error.contains("cannot list 'b'"), "{error}");
}

#[test]
fn only_regular_files_are_opened() {
    let folder = make(&["a"]);
    let pipe = std::ffi::CString::new(folder.path().join("pipe").as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a C string.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    assert_eq!(paths(&Scan::default(), folder.path()), ["a"]);
}
