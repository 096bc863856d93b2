use std::fs;
use std::sync::Mutex;

use super::*;
use crate::dicom::tests::{dicom_bytes, dicom_of, dicomdir};
use crate::error::Error;

/// Makes files below a folder: DICOM, each of a study of its own, unless the name ends in `.txt`.
fn make(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (index, file) in files.iter().enumerate() {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = if file.ends_with(".txt") { b"text".to_vec() } else { dicom_bytes(index) };
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn paths(scan: &Scan<'_>, folder: &Path) -> Vec<String> {
    scan.run(folder, &|_| {}).unwrap().paths
}

fn matching(folder: &Path, pattern: &str, recurse: bool) -> Vec<String> {
    let scan = Scan { include: vec![Pattern::new(pattern, recurse).unwrap()], ..Scan::default() };
    paths(&scan, folder)
}

#[test]
fn finds_dicom_files_by_their_first_bytes() {
    let folder =
        make(&["b/2", "b/1.dcm", "a.dcm", "notes.txt", "b/c/d.raw", ".hidden", ".hid/x", "b/fileselection.txt"]);
    fs::write(folder.path().join("fake.dcm"), "no").unwrap();
    let found = Scan::default().run(folder.path(), &|_| {}).unwrap();
    assert_eq!(found.paths, [".hid/x", "a.dcm", "b/1.dcm", "b/2", "b/c/d.raw"]);
    assert_eq!((found.seen, found.patients.ids, found.patients.studies), (7, 5, 5));
    assert_eq!((found.unreadable_headers.count, found.without_preamble.to_string()), (0, "fake.dcm".to_owned()));
}

#[test]
fn finds_dicom_files_by_name() {
    // On Windows no name ends in a dot.
    let trail = if cfg!(windows) { "trail" } else { "trail." };
    let folder = make(&["1.2.840.5", "a.DCM", "noext", "x.12a", "y.dicom", "z.txt", trail, "gz.dcm.gz", "sub/q.Dcm"]);
    let scan = Scan { check: Check::ByName, ..Scan::default() };
    let found = scan.run(folder.path(), &|_| {}).unwrap();
    assert_eq!(found.paths, ["1.2.840.5", "a.DCM", "noext", "sub/q.Dcm", trail, "y.dicom"]);
    assert_eq!((found.seen, found.patients.ids), (9, 0));
    let all = Scan { check: Check::Nothing, ..Scan::default() };
    assert_eq!(paths(&all, folder.path()).len(), 9);
}

/// What AnonAPI selected in the same folders.
#[test]
fn patterns_match_as_in_anonapi() {
    let folder = make(&[
        "study1/file1.dcm",
        "study1/UP.DCM",
        "study2/1.2.3",
        "study2/x.123",
        ".hid/x.dcm",
        "study2/deep/d.dcm",
        "study2/deep/study1/z",
        "file1.dcm",
        "top",
    ]);
    let folder = folder.path();
    assert_eq!(matching(folder, "*", true).len(), 9);
    assert_eq!(matching(folder, "*", false), ["file1.dcm", "top"]);
    assert_eq!(matching(folder, "study1/*", true), ["study1/UP.DCM", "study1/file1.dcm", "study2/deep/study1/z"]);
    assert_eq!(matching(folder, "study1/*", false), ["study1/UP.DCM", "study1/file1.dcm"]);
    assert_eq!(matching(folder, "./study1/*", false), ["study1/UP.DCM", "study1/file1.dcm"]);
    assert_eq!(matching(folder, "deep/*", true), ["study2/deep/d.dcm"]);
    assert!(matching(folder, "deep/*", false).is_empty());
    assert_eq!(matching(folder, "**/z", false), ["study2/deep/study1/z"]);
    assert_eq!(matching(folder, "study2/**/*", false).len(), 4);
    assert_eq!(matching(folder, "study2/**", false).len(), 4);
    assert_eq!(matching(folder, "[!s]*/*", true), [".hid/x.dcm", "study2/deep/d.dcm"]);
    assert_eq!(matching(folder, "[!s]*/*", false), [".hid/x.dcm"]);
    assert_eq!(matching(folder, "?op", true), ["top"]);
    assert_eq!(matching(folder, "x.*", true), [".hid/x.dcm", "study2/x.123"]);
    assert!(matching(folder, "study1", true).is_empty());
    assert_eq!(matching(folder, "file1.dcm", true), ["file1.dcm", "study1/file1.dcm"]);
    #[cfg(target_os = "linux")]
    assert!(matching(folder, "*.Dcm", true).is_empty());
}

#[test]
fn patterns_cannot_leave_the_folder() {
    for pattern in ["", "/", "/data/*", "../*", "a/../../b", "./"] {
        for recurse in [true, false] {
            assert!(matches!(Pattern::new(pattern, recurse), Err(Error::Usage { .. })), "{pattern}");
        }
    }
    for odd in ["[", "a[", "[]", "[!]", "[]]", "a**b", "***", "[a-", "é[ü]*"] {
        Pattern::new(odd, true).unwrap();
        Exclusion::new(odd).unwrap();
    }
}

/// What AnonAPI left out in the same folders.
#[test]
fn exclusions_match_the_whole_path() {
    let folder =
        make(&["study1/file1.dcm", "study1/UP.DAT", "study2/1.2.3", "study2/deep/d.dcm", ".hid/x.dcm", "file1.dcm"]);
    let all = paths(&Scan::default(), folder.path());
    let excluded = |pattern: &str| {
        let scan = Scan { exclude: vec![Exclusion::new(pattern).unwrap()], ..Scan::default() };
        let left = paths(&scan, folder.path());
        all.iter().filter(|path| !left.contains(path)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(excluded("*.dcm"), [".hid/x.dcm", "file1.dcm", "study1/file1.dcm", "study2/deep/d.dcm"]);
    assert_eq!(excluded("file1.dcm"), ["file1.dcm"]);
    assert_eq!(excluded("study2/*"), ["study2/1.2.3", "study2/deep/d.dcm"]);
    assert_eq!(excluded("*/deep/*"), ["study2/deep/d.dcm"]);
    assert_eq!(excluded("**/*.dcm"), [".hid/x.dcm", "study1/file1.dcm", "study2/deep/d.dcm"]);
    assert_eq!(excluded("study1"), [""; 0]);
    // In the names of Windows upper and lower case are the same.
    assert_eq!(excluded("*/up.dat").len(), usize::from(cfg!(windows)));
    assert_eq!(excluded("**"), all);
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let names: Vec<String> =
        (0..700).map(|n| format!("d{}/e{}/{}{n}", n % 7, n % 3, if n % 5 == 0 { "n.txt" } else { "f" })).collect();
    let folder = make(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let with = |threads| {
        let scan = Scan { concurrency: NonZeroUsize::new(threads), ..Scan::default() };
        scan.run(folder.path(), &|_| {}).unwrap()
    };
    let sequential = with(1);
    assert_eq!(sequential.seen, 700);
    assert!(sequential.paths.is_sorted());
    for threads in [2, 7, 64] {
        assert_eq!(with(threads), sequential);
    }
}

#[test]
fn several_folders_are_scanned_side_by_side() {
    let folder = make(&["a/1", "a/2", "b/x.txt", "c/d/1"]);
    let folders: Vec<PathBuf> = ["a", "missing", "b", "c"].iter().map(|name| folder.path().join(name)).collect();
    let results = Scan::default().run_each(&folders, &|_| {}, &|index, found| Ok((index, found.paths)));
    assert_eq!(*results[0].as_ref().unwrap(), (0, vec!["1".to_owned(), "2".to_owned()]));
    assert!(matches!(&results[1], Err(Error::Io { action: "list", .. })), "{:?}", results[1]);
    assert_eq!(*results[2].as_ref().unwrap(), (2, vec![]));
    assert_eq!(*results[3].as_ref().unwrap(), (3, vec!["d/1".to_owned()]));
}

#[test]
fn progress_grows_to_the_whole() {
    let folder = make(&["a/1", "a/2.txt", "b/3"]);
    let reports = Mutex::new(Vec::new());
    Scan::default().run(folder.path(), &|progress| reports.lock().unwrap().push(progress)).unwrap();
    let last =
        reports.into_inner().unwrap().into_iter().max_by_key(|progress| (progress.seen, progress.checked)).unwrap();
    assert_eq!((last.seen, last.checked, last.selected), (3, 3, 2));
}

#[test]
fn a_stopped_scan_says_so() {
    let folder = make(&["a/1", "b/2"]);
    let stop = AtomicBool::new(true);
    let scan = Scan { stop: Some(&stop), ..Scan::default() };
    assert!(matches!(scan.run(folder.path(), &|_| {}), Err(Error::Interrupted(_))));
}

/// However the threads meet, every folder ends in a result or is said to be interrupted.
#[test]
fn a_scan_that_is_stopped_anywhere_ends() {
    let names: Vec<String> = (0..400).map(|n| format!("d{}/{}/f{n}", n % 20, n % 2)).collect();
    let folder = make(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let folders: Vec<PathBuf> = (0..20).map(|n| folder.path().join(format!("d{n}"))).collect();
    for stop_at in 0..100 {
        let stop = AtomicBool::new(false);
        let scan = Scan { stop: Some(&stop), concurrency: NonZeroUsize::new(1 + stop_at % 9), ..Scan::default() };
        let report = |progress: Scanned| {
            let _ = stop.fetch_or(progress.checked >= 4 * stop_at as u64, Ordering::Relaxed);
        };
        let results = scan.run_each(&folders, &report, &|_, found| Ok(found.paths.len()));
        assert_eq!(results.len(), 20);
        for result in results {
            assert!(matches!(result, Ok(20) | Err(Error::Interrupted(_))), "{result:?}");
        }
    }
}

#[test]
fn patients_are_counted_and_odd_headers_selected() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("1", &dicom_of("p1 ", "1.2.3"));
    write("2", &dicom_of(" p1", "1.2.4\0"));
    write("3", &dicom_of("p2", "1.2.4"));
    write("only132", &dicom_bytes(0)[..132]);
    write("DICOMDIR", &dicomdir());
    let found = Scan::default().run(folder.path(), &|_| {}).unwrap();
    assert_eq!((found.patients.ids, found.patients.studies, found.patients.files_without_id), (2, 2, 0));
    assert_eq!(found.paths, ["1", "2", "3", "DICOMDIR", "only132"]);
    assert_eq!(
        (found.unreadable_headers.to_string(), found.directories.to_string()),
        ("only132".into(), "DICOMDIR".into())
    );
}

#[test]
fn names_are_found_however_their_accents_are_written() {
    let folder = make(&["Andre\u{301}/e\u{301}t\u{e9}.dcm"]);
    for pattern in ["Andr\u{e9}/\u{e9}*", "Andre\u{301}/*e\u{301}.dcm", "Andr\u{e9}/*"] {
        assert_eq!(matching(folder.path(), pattern, false).len(), 1, "{pattern}");
        assert_eq!(matching(folder.path(), pattern, true).len(), 1, "{pattern}");
    }
    let scan = Scan { exclude: vec![Exclusion::new("*/\u{e9}t\u{e9}.dcm").unwrap()], ..Scan::default() };
    assert!(paths(&scan, folder.path()).is_empty());
}

#[test]
fn brackets_can_stand_for_themselves() {
    let folder = make(&["s/im[1].dcm", "s/im1.dcm"]);
    let scan = Scan { include: vec![Pattern::new("s/im[[]1[]].dcm", true).unwrap()], ..Scan::default() };
    assert_eq!(paths(&scan, folder.path()), ["s/im[1].dcm"]);
    assert_eq!(matching(folder.path(), "s/im[1].dcm", true), ["s/im1.dcm"]);
}

#[test]
fn what_was_selected_before_counts_for_the_patients_only() {
    let folder = make(&["a/1", "b/2"]);
    let before = ["b/2".to_owned(), "b/gone".to_owned()];
    let mut scan =
        Scan { include: vec![Pattern::new("a/*", true).unwrap()], selected_before: &before, ..Scan::default() };
    let found = scan.run(folder.path(), &|_| {}).unwrap();
    assert_eq!((found.paths.len(), found.seen, found.patients.ids), (1, 1, 2));
    scan.include = vec![];
    assert_eq!(scan.run(folder.path(), &|_| {}).unwrap().patients.ids, 2);
}

#[test]
fn several_patterns_select_each_file_once() {
    let folder = make(&["a/1", "b/2", "c/3"]);
    let include = ["a/*", "*1", "b/*"].map(|pattern| Pattern::new(pattern, true).unwrap());
    assert_eq!(paths(&Scan { include: include.to_vec(), ..Scan::default() }, folder.path()), ["a/1", "b/2"]);
}

#[cfg(not(windows))]
#[test]
fn names_that_windows_changes_are_reported() {
    let folder = make(&["a./1", "b /2", "c", "d.", "e "]);
    let found = Scan::default().run(folder.path(), &|_| {}).unwrap();
    assert_eq!((found.paths.len(), found.odd_names.to_string()), (5, "a./1, b /2, d., e ".to_owned()));
}

#[test]
fn the_first_five_names_are_shown_and_the_others_counted() {
    let names: Vec<String> = (10..40).rev().map(|n| format!("{n}.dcm")).collect();
    let folder = tempfile::tempdir().unwrap();
    names.iter().for_each(|name| fs::write(folder.path().join(name), "no").unwrap());
    let found = Scan::default().run(folder.path(), &|_| {}).unwrap();
    assert_eq!(found.without_preamble.to_string(), "10.dcm, 11.dcm, 12.dcm, 13.dcm, 14.dcm and 25 more");
}

#[cfg(unix)]
mod unix;
