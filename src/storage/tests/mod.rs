use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

use tempfile::{TempDir, tempdir};

use super::*;
use crate::error::Result;

mod locks;
#[cfg(unix)]
mod shared;

const CAP: Cap = Cap::new(1, "test");

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, Privacy::Shared, Durability::Full)
}

fn add(path: &Path, bytes: &[u8], durability: Durability) -> Result<()> {
    append(path, bytes, Privacy::Private, durability)
}

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
        put(&path, text.as_bytes()).unwrap();
        assert_eq!(read(&path, CAP).unwrap(), text.as_bytes());
        assert_eq!(names(&folder), ["a.csv"]);
    }
}

#[test]
fn a_file_that_cannot_be_replaced_stays() {
    let folder = tempdir().unwrap();
    let error = put(folder.path(), b"x").unwrap_err().to_string();
    assert!(error.contains("it is a folder"), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(put(&file.join("below"), b"x").is_err(), "a file has nothing below it");
    assert!(put(&folder.path().join("no").join("folder"), b"x").is_err());
    assert_eq!(names(&folder), ["file"]);
}

#[test]
fn appending_adds_a_line_and_makes_the_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("deep").join("journal");
    assert!(add(&path, b"1\n", Durability::Full).is_err());
    create_folder_of(&path).unwrap();
    add(&path, b"1\n", Durability::Full).unwrap();
    add(&path, b"2\n", Durability::Full).unwrap();
    assert_eq!(read(&path, CAP).unwrap(), b"1\n2\n");
}

#[test]
fn a_file_that_others_are_reading_is_replaced_when_they_close_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "old").unwrap();
    let reader = File::open(&path).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(200));
            drop(reader);
        });
        put(&path, b"new").unwrap();
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
    put(&path, b"one").unwrap();
    put(&path, b"two").unwrap();
    add(&path, b" three", Durability::Full).unwrap();
    assert_eq!(read(&path, CAP).unwrap(), b"two three");
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
        let error = put(&path, b"new").unwrap_err();
        assert!(
            matches!(&error, crate::Error::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        // Or the folder could not be deleted.
        fs::set_permissions(&path, writable).unwrap();
        assert_eq!(names(&folder), ["a.csv"]);
    }

    #[test]
    fn a_hidden_file_stays_hidden() {
        const HIDDEN: u32 = 2;
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.csv");
        put(&path, b"one").unwrap();
        assert_eq!(rights::attributes(&path), 0);
        rights::set_attributes(&path, HIDDEN);
        put(&path, b"two").unwrap();
        assert_eq!(rights::attributes(&path), HIDDEN);
        assert_eq!(read(&path, CAP).unwrap(), b"two");
    }

    #[test]
    fn a_file_that_a_spreadsheet_has_open_is_left_alone_and_reported() {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let spreadsheet =
            fs::OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_READ).open(&path).unwrap();
        let error = put(&path, b"new").unwrap_err();
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
    add(&path, b"one\n", Durability::Later).unwrap();
    add(&path, b"two\n", Durability::Full).unwrap();
    add(&path, b"three\n", Durability::Later).unwrap();
    sync(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\nthree\n");
    let error = sync(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: it is a folder", folder.path().display())), "{error}");
}

#[test]
fn a_file_that_is_too_large_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
    for error in [read(&path, CAP).unwrap_err(), read_if_present(&path, CAP).unwrap_err()] {
        let expected = format!("{}: it is larger than 1 MiB, too large for a test; ", path.display());
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
    fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
    assert_eq!(read(&path, CAP).unwrap().len(), 1 << 20);
}

#[test]
fn only_a_file_that_is_absent_from_a_folder_that_is_there_is_missing() {
    let folder = tempdir().unwrap();
    let (path, away) = (folder.path().join("a.csv"), folder.path().join("share").join("a.csv"));
    assert_eq!(read_if_present(&path, CAP).unwrap(), None);
    assert!(!exists(&path).unwrap());
    for error in [read_if_present(&away, CAP).unwrap_err(), exists(&away).unwrap_err()] {
        assert!(error.to_string().contains("share' is not there"), "{error}");
    }
    put(&path, b"x").unwrap();
    assert_eq!(read_if_present(&path, CAP).unwrap().as_deref(), Some(&b"x"[..]));
    assert!(exists(&path).unwrap());
}

#[test]
fn a_folder_is_made_only_in_one_that_is_there() {
    let folder = tempdir().unwrap();
    create_folder_of(&folder.path().join(".anonapi").join("journal")).unwrap();
    create_folder_of(&folder.path().join(".anonapi").join("journal")).unwrap();
    assert!(create_folder_of(&folder.path().join("share").join(".anonapi").join("journal")).is_err());
    assert_eq!(names(&folder), [".anonapi"]);
}

#[test]
fn a_file_that_an_editor_has_open_is_left_to_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    refuse_if_edited(&path).unwrap();
    put(&path, b"x").unwrap();
    refuse_if_edited(&path).unwrap();
    let mark = folder.path().join(".~lock.a.csv#");
    fs::write(&mark, "").unwrap();
    let error = refuse_if_edited(&path).unwrap_err();
    assert!(error.hint().unwrap().contains(&mark.display().to_string()), "{error}");
}
