use std::fs;
use std::path::Path;

use super::*;
use crate::dicom::tests::{dicom_of, dicomdir};

fn looking(stop: &AtomicBool) -> Looking<'_> {
    Looking { stop, progress: &|_| (), concurrency: NonZeroUsize::new(4).unwrap() }
}

fn found(rows: &[Files]) -> Vec<Result<Findings>> {
    inspect(rows, looking(&AtomicBool::new(false)), &|_, _| ())
}

fn counts(findings: &Result<Findings>) -> Vec<(Risk, u64)> {
    let findings = findings.as_ref().unwrap();
    findings.risks.iter().map(|(risk, named)| (*risk, named.count)).collect()
}

fn selection(folder: &Path, names: &[&str]) -> Files {
    let path = folder.join("fileselection.txt");
    let list: String = names.iter().map(|name| format!("- {name}\n")).collect();
    fs::write(&path, format!("description: d\nid: '1'\nselected_paths:\n{list}")).unwrap();
    Files::Selection(path)
}

#[test]
fn folders_and_selections_are_added_up() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("a/deep")).unwrap();
    fs::write(at.join("a/1.dcm"), dicom_of("1", "1.2")).unwrap();
    fs::write(at.join("a/deep/2.dcm"), dicom_of("2", "1.3")).unwrap();
    fs::write(at.join("a/DICOMDIR"), dicomdir()).unwrap();
    fs::write(at.join("a/notes.txt"), "no image").unwrap();
    fs::create_dir(at.join("b")).unwrap();
    fs::write(at.join("b/1.dcm"), dicom_of("1", "1.2")).unwrap();
    let rows = [Files::Folder(at.join("a")), selection(&at.join("b"), &["1.dcm", "gone.dcm", "'./1.dcm'"])];
    let found = found(&rows);
    let whole = found[0].as_ref().unwrap();
    assert_eq!((whole.files, whole.dicom, whole.patients(), whole.patients.studies), (4, 3, 2, 2));
    let expected = [(Risk::NotDicom, 1), (Risk::SeveralPatients, 3), (Risk::Directory, 1), (Risk::NoPixels, 2)];
    assert_eq!(counts(&found[0]), expected);
    assert_eq!(whole.risks[&Risk::NoPixels].first(), ["1.dcm", "deep/2.dcm"]);
    assert_eq!(counts(&found[1]), [(Risk::Missing, 1), (Risk::NamedTwice, 1), (Risk::NoPixels, 1)]);
    assert_eq!(found[1].as_ref().unwrap().files, 2);
}

#[test]
fn files_in_two_rows_are_reported_for_both() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("a/b")).unwrap();
    fs::write(at.join("a/1.dcm"), dicom_of("1", "1.2")).unwrap();
    fs::write(at.join("a/b/2.dcm"), dicom_of("1", "1.2")).unwrap();
    let rows = [at.join("a"), at.join("a/../a/b"), at.join("a/b")].map(Files::Folder);
    let found = found(&rows);
    let shared: Vec<_> = found.iter().map(|row| &row.as_ref().unwrap().risks[&Risk::InTwoRows]).collect();
    assert_eq!(shared.iter().map(|named| named.first()).collect::<Vec<_>>(), [["b/2.dcm"], ["2.dcm"], ["2.dcm"]]);
    assert!(shared.iter().all(|named| named.count == 1), "in three rows, it is one file: {shared:?}");
}

#[test]
fn each_finished_row_is_reported_and_a_stop_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1.dcm"), dicom_of("1", "1.2")).unwrap();
    let rows = vec![Files::Folder(folder.path().to_owned()); 3];
    let (stop, done) = (AtomicBool::new(false), std::sync::Mutex::new(vec![]));
    inspect(&rows, looking(&stop), &|row, findings| done.lock().unwrap().push((row, findings.files)));
    let mut done = done.into_inner().unwrap();
    done.sort_unstable();
    assert_eq!(done, [(0, 1), (1, 1), (2, 1)]);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let ended = inspect(&rows, looking(&stop), &|_, _| ());
    assert!(ended.iter().all(|row| matches!(row, Err(crate::Error::Interrupted(_)))), "{ended:?}");
}

#[test]
fn what_cannot_be_listed_is_an_error_of_its_row() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1.dcm"), dicom_of("1", "1.2")).unwrap();
    let found = found(&[Files::Folder(folder.path().join("gone")), Files::Folder(folder.path().to_owned())]);
    assert!(found[0].is_err() && found[1].is_ok());
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_selection_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = std::ffi::CString::new(folder.path().join("pipe").to_str().unwrap()).unwrap();
    // SAFETY: the path is a C string that lives as long as the call.
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    let found = found(&[selection(folder.path(), &["pipe"])]);
    assert_eq!(counts(&found[0]), [(Risk::NotDicom, 1)]);
}
