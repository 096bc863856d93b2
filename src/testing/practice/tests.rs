use std::collections::BTreeMap;
use std::time::Duration;

use dicom_dictionary_std::tags;

use super::*;
use crate::api::JobId;
use crate::lists::{Choice, InputList, Listed};
use crate::testing::received::Received;
use crate::testing::{FakeJob, Life};
use crate::values::{AccessionNumber, DataPath};

const STEP: Duration = Duration::from_secs(3600);

fn practice() -> (tempfile::TempDir, Practice) {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::make(&folder.path().join("anon-sandbox")).unwrap();
    (folder, practice)
}

fn serve(practice: &Practice) -> FakeIdis {
    practice.serve(FakeIdis::builder().life(Life::passing(STEP)), |_| {}).unwrap()
}

fn create(idis: &FakeIdis, accession_number: &str) {
    let params = [
        ("source_type", "WADO"),
        ("source_instance_id", accession_number),
        ("project_name", "project"),
        ("destination_path", r"\\server\share\out"),
        ("anonymizedpatientname", "anonA"),
    ];
    idis.hear(Received {
        method: "POST".to_owned(),
        server: SERVER.to_owned(),
        function: "create_job".to_owned(),
        params: params.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        authorization: None,
    });
}

fn status(idis: &FakeIdis, id: i64) -> String {
    let job = idis.jobs(SERVER).into_iter().find(|job| job.id() == JobId(id)).unwrap();
    job.text("status").to_owned()
}

#[test]
fn what_is_there_stays_and_what_is_missing_comes_back() {
    let (_root, practice) = practice();
    let list = practice.folder().join("share_project/folders.csv");
    let image = practice.share().join("mydata/patient1/raw/raw1.dcm");
    let before = fs::read(&image).unwrap();
    fs::write(&list, "folder\npatient2\n").unwrap();
    fs::remove_file(&image).unwrap();
    fs::write(practice.folder().join("mine.txt"), "mine").unwrap();

    Practice::make(practice.folder()).unwrap();
    assert_eq!(fs::read_to_string(&list).unwrap(), "folder\npatient2\n");
    assert_eq!(fs::read(&image).unwrap(), before);
    assert_eq!(fs::read_to_string(practice.folder().join("mine.txt")).unwrap(), "mine");
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("thesis.txt"), "chapter 1").unwrap();
    let error = Practice::make(root.path()).unwrap_err();
    assert!(error.to_string().ends_with("has something in it that is not the sandbox's"), "{error}");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);

    let empty = tempfile::tempdir().unwrap();
    Practice::make(empty.path()).unwrap();
}

/// The workbook is what one opens, the CSV what one looks at here: they must say the same.
#[test]
fn lists_in_excel_and_csv_say_the_same() {
    let (_root, practice) = practice();
    let folder = practice.folder();
    let folders = listed::<DataPath>(folder, "share_project/folders.xlsx");
    assert_eq!(folders, listed::<DataPath>(folder, "share_project/folders.csv"));
    assert_eq!(folders[1], ("patient3".to_owned(), "anon_patientB".to_owned()));
    assert!(folders.iter().all(|(folder, _)| practice.share().join("mydata").join(folder).is_dir()));
    let hard = listed::<DataPath>(folder, "exercises/folders.csv");
    assert!(hard.iter().all(|(folder, _)| practice.share().join("exercises").join(folder).is_dir()));

    let numbers = listed::<AccessionNumber>(folder, "pacs_project/accession_numbers.xlsx");
    assert_eq!(numbers, listed::<AccessionNumber>(folder, "pacs_project/accession_numbers.csv"));
    assert_eq!(numbers[2], ("3234567.12345678".to_owned(), "studyC".to_owned()));
}

fn listed<T: Listed>(folder: &Path, list: &str) -> Vec<(String, String)> {
    let list = InputList::<T>::read(&folder.join(list), &Choice::default()).unwrap();
    let row =
        |row: &crate::lists::InputRow<T>| (row.value.text().to_owned(), row.pseudonym.as_ref().unwrap().to_string());
    list.rows.iter().map(row).collect()
}

#[test]
fn images_can_be_read_and_have_pixels() {
    let mut uids = BTreeMap::new();
    for (path, bytes) in data::files() {
        let is_image =
            path.starts_with("share/") && bytes.get(128..132) == Some(b"DICM") && !path.ends_with("DICOMDIR");
        if !is_image {
            continue;
        }
        let image = dicom_object::from_reader(&bytes[..]).unwrap();
        let number = |tag| image.element(tag).unwrap().to_int::<usize>().unwrap();
        let size = number(tags::ROWS) * number(tags::COLUMNS) * number(tags::BITS_ALLOCATED) / 8;
        assert_eq!(image.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().len(), size, "{path}");
        assert!(image.element(tags::PATIENT_NAME).unwrap().to_str().unwrap().starts_with("Practice^"), "{path}");
        let uid = image.element(tags::SOP_INSTANCE_UID).unwrap().to_str().unwrap().into_owned();
        assert_eq!(uids.insert(uid, path), None, "a UID was given twice");
    }
    assert_eq!(uids.len(), 37);
}

/// Each record of the DICOMDIR is where the others say that it is.
#[test]
fn the_dicomdir_can_be_followed() {
    let (_, bytes) = data::files().into_iter().find(|(path, _)| path.ends_with("DICOMDIR")).unwrap();
    let object = dicom_object::from_reader(&bytes[..]).unwrap();
    let records = object.element(tags::DIRECTORY_RECORD_SEQUENCE).unwrap().items().unwrap();
    let starts: Vec<usize> = (0..bytes.len() - 8).filter(|at| bytes[*at..*at + 4] == [0xFE, 0xFF, 0, 0xE0]).collect();
    let offset = |record: &dicom_object::InMemDicomObject, tag| record.element(tag).unwrap().to_int::<usize>().unwrap();
    let lower = |index: usize| offset(&records[index], tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY);
    let next = |index: usize| offset(&records[index], tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD);
    assert_eq!([lower(0), lower(1), lower(2)], [starts[1], starts[2], starts[3]]);
    assert_eq!([next(3), next(4)], [starts[4], 0]);
}

#[test]
fn the_settings_are_those_of_the_server() {
    let (_root, practice) = practice();
    let load = || SettingsFile::at(practice.settings()).load().unwrap().0;
    let idis = serve(&practice);
    assert_eq!(load().active_server().unwrap().url, idis.url("sandbox"));
    assert_eq!(load().servers.len(), 1);

    let file = SettingsFile::at(practice.settings());
    file.change(|settings| {
        settings.user_name = "z99".to_owned();
        Ok(())
    })
    .unwrap();
    drop(idis);
    let idis = serve(&practice);
    assert_eq!(load().active_server().unwrap().url, idis.url("sandbox"), "it has another port now");
    assert_eq!(load().user_name, "z99");
}

#[test]
fn jobs_outlive_the_server() {
    let (_root, practice) = practice();
    let idis = serve(&practice);
    assert_eq!(idis.jobs(SERVER).len(), 7, "samples, so that there is something to look at");
    create(&idis, "accession_number:1234567.12345678");
    idis.pass(STEP * 6);
    create(&idis, "accession_number:2234567.12345678");
    assert_eq!((status(&idis, 1001), status(&idis, 1002)), ("DONE".to_owned(), "ACTIVE".to_owned()));
    practice.remember(&idis.jobs(SERVER)).unwrap();
    let before: Vec<FakeJob> = idis.jobs(SERVER);
    drop(idis);

    let idis = serve(&Practice::make(practice.folder()).unwrap());
    let without_what_begins_anew = |jobs: Vec<FakeJob>| jobs.into_iter().take(8).collect::<Vec<_>>();
    assert_eq!(without_what_begins_anew(idis.jobs(SERVER)), without_what_begins_anew(before));
    create(&idis, "accession_number:3234567.12345678");
    idis.pass(STEP * 6);
    assert_eq!((status(&idis, 1002), status(&idis, 1003)), ("DONE".to_owned(), "DONE".to_owned()));
    assert!(practice.share().join("out/1003/anonA/0003.dcm").is_file());
}

#[test]
fn a_damaged_job_file_is_an_error() {
    let (_root, practice) = practice();
    fs::write(practice.folder().join("sandbox.json"), "{").unwrap();
    let error = practice.serve(FakeIdis::builder(), |_| {}).unwrap_err();
    assert!(error.to_string().contains("sandbox.json"), "{error}");
}

#[test]
fn the_readme_says_what_to_type() {
    let (_root, practice) = practice();
    let readme = fs::read_to_string(practice.folder().join("README.txt")).unwrap().replace('\r', "");
    assert!(readme.contains(&practice.guide()));
    assert!(readme.contains("Never use it for patients' data"));
    for step in TUTORIALS.iter().flat_map(|tutorial| tutorial.steps) {
        if let Step::Anon(arguments) = step {
            assert!(readme.contains(&format!("\n    anon {arguments}\n")), "{arguments}");
        }
    }
}
