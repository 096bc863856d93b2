use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use dicom_object::open_file;
use tempfile::TempDir;

use super::*;
use crate::api::JobId;
use crate::testing::received::Received;
use crate::testing::{FakeIdis, Life, dicom_file};

const STEP: Duration = Duration::from_secs(3600);

/// A server, and a folder that is its share.
struct World {
    share: TempDir,
    idis: FakeIdis,
}

impl World {
    fn new(more: impl FnOnce(Delivery) -> Delivery) -> World {
        let share = tempfile::tempdir().unwrap();
        let delivery = more(Delivery::new(r"\\server\share", share.path()).unwrap());
        let idis = FakeIdis::builder().life(Life::passing(STEP)).delivery(delivery).start();
        World { share, idis }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.share.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn call(&self, function: &str, params: &[(&str, &str)]) {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (method, server) = ("POST".to_owned(), "p01".to_owned());
        self.idis.hear(Received { method, server, function: function.to_owned(), params, authorization: None });
    }

    /// What becomes of a job that is requested with these arguments, and those that every job has.
    fn job(&self, params: &[(&str, &str)]) -> FakeJob {
        let usual = [
            ("source_type", "PATH"),
            ("project_name", "project"),
            ("destination_path", r"\\server\share\out"),
            ("anonymizedpatientname", "anonA"),
        ];
        let usual = usual.iter().filter(|(name, _)| params.iter().all(|(given, _)| given != name));
        self.call("create_job", &usual.chain(params).copied().collect::<Vec<_>>());
        self.later()
    }

    fn path_job(&self, path: &str) -> FakeJob {
        self.job(&[("source_path", path)])
    }

    fn pacs_job(&self, instance: &str) -> FakeJob {
        self.job(&[("source_type", "WADO"), ("source_instance_id", instance)])
    }

    /// The newest job, when it has come to its end.
    fn later(&self) -> FakeJob {
        self.idis.pass(STEP * 6);
        self.idis.jobs("p01").pop().unwrap()
    }

    fn reset(&self, job: &FakeJob) -> FakeJob {
        self.call("modify_job", &[("job_id", &job.id().to_string()), ("status", "ACTIVE"), ("error", " ")]);
        self.later()
    }

    /// The files below a folder of the share.
    fn files(&self, folder: &str) -> Vec<String> {
        let root = self.share.path().join(folder);
        let walked = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
        let files = walked.filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/")).collect()
    }

    fn attribute(&self, path: &str, name: &str) -> String {
        let image = open_file(self.share.path().join(path)).unwrap();
        image.element_by_name(name).unwrap().to_str().unwrap().into_owned()
    }
}

fn image(patient: &str, number: u32) -> Vec<u8> {
    edited(dicom_file(patient, "1.2.3", &format!("1.2.3.{number}")), |image| {
        image.put(dicom_core::DataElement::new(
            tags::ROWS,
            dicom_core::VR::US,
            dicom_core::PrimitiveValue::from(1_u16),
        ));
    })
}

fn burned_in(patient: &str, number: u32) -> Vec<u8> {
    edited(image(patient, number), |image| {
        image.put_str(tags::BURNED_IN_ANNOTATION, dicom_core::VR::CS, "YES");
    })
}

fn edited(bytes: Vec<u8>, edit: impl FnOnce(&mut deidentify::Image)) -> Vec<u8> {
    let mut image = dicom_object::from_reader(&bytes[..]).unwrap();
    edit(&mut image);
    let mut bytes = Vec::new();
    image.write_all(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn assert_ends(job: &FakeJob, status: &str, words: &str) {
    assert_eq!(job.text("status"), status, "{}", job.text("error"));
    assert!(job.text("error").contains(words), "{}", job.text("error"));
}

#[track_caller]
fn assert_files(job: &FakeJob, downloaded: i64, processed: i64) {
    let count = |name| job.get(name).unwrap().as_i64().unwrap();
    assert_eq!((count("files_downloaded"), count("files_processed")), (downloaded, processed));
}

#[test]
fn a_folder_is_delivered_under_its_pseudonym() {
    let world = World::new(|delivery| delivery);
    world.write("in/b/2.dcm", &image("12345", 2));
    world.write("in/a/1.dcm", &image("12345", 1));
    let job = world.job(&[("source_path", r"\\SERVER\share\in"), ("anonymizedpatientid", "anon1")]);
    assert_ends(&job, "DONE", "");
    assert_files(&job, 2, 2);
    assert_eq!(world.files("out"), ["1001/FOR PRACTICE ONLY.txt", "1001/anonA/0001.dcm", "1001/anonA/0002.dcm"]);
    let first = "out/1001/anonA/0001.dcm";
    assert_eq!(world.attribute(first, "PatientName"), "anonA");
    assert_eq!(world.attribute(first, "PatientID"), "anon1");
    let study = |path| world.attribute(path, "StudyInstanceUID");
    assert_eq!(study(first), study("out/1001/anonA/0002.dcm"), "what belonged together still does");
    assert_ne!(study(first), "1.2.3");
    assert_eq!(fs::read(world.share.path().join("in/a/1.dcm")).unwrap(), image("12345", 1), "the source is as it was");

    let again = world.path_job(r"\\server\share\in");
    assert_ends(&again, "DONE", "");
    assert_eq!(world.attribute("out/1002/anonA/0001.dcm", "PatientID"), "anonA", "the one pseudonym serves as both");
    assert_ne!(study(first), study("out/1002/anonA/0001.dcm"), "jobs cannot be told to be of one patient");
}

#[test]
fn nothing_is_delivered_before_the_job_is_done() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.call(
        "create_job",
        &[
            ("source_type", "PATH"),
            ("source_path", r"\\server\share\in"),
            ("project_name", "project"),
            ("destination_path", r"\\server\share\out"),
        ],
    );
    world.idis.pass(STEP * 3);
    assert_eq!(world.idis.jobs("p01")[0].text("status"), "UPLOADED");
    assert_eq!(world.files("out"), Vec::<String>::new());
    world.call("cancel_job", &[("job_id", "1001")]);
    assert_eq!(world.later().text("status"), "INACTIVE");
    assert_eq!(world.files("out"), Vec::<String>::new());
}

#[test]
fn a_selection_brings_its_files_and_no_others() {
    let world = World::new(|delivery| delivery);
    for number in 1..=3 {
        world.write(&format!("in/study/{number}"), &image("12345", number));
    }
    world.write("in/notes.txt", b"no image");
    world.write("in/fileselection.txt", b"description: x\nid: y\nselected_paths:\n- study/3\n- study/1\n");
    let job = world.path_job(r"fileselection:\\server\share\in\fileselection.txt");
    assert_ends(&job, "DONE", "");
    assert_eq!(world.files("out/1001/anonA"), ["0001.dcm", "0002.dcm"]);

    world.write("in/fileselection.txt", b"description: x\nid: y\nselected_paths:\n- study/4\n");
    assert_ends(&world.path_job(r"fileselection:\\server\share\in\fileselection.txt"), "ERROR", "'study/4'");
}

/// As in the manual: a folder must hold nothing but DICOM.
#[test]
fn a_folder_with_another_file_fails() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.write("in/notes.txt", b"no image");
    assert_ends(&world.path_job(r"\\server\share\in"), "ERROR", "'notes.txt' is not a DICOM file");
    assert_ends(&world.path_job(r"\\server\share\elsewhere"), "ERROR", r"'\\server\share\elsewhere' does not exist");
    assert_ends(
        &world.path_job(r"\\other\share\in"),
        "ERROR",
        r"'\\other\share\in' is not on the share \\server\share",
    );
    assert_ends(&world.path_job(r"\\server\share\..\in"), "ERROR", "is not on the share");
    assert_eq!(world.files("out"), Vec::<String>::new());
}

#[test]
fn burned_in_annotation_is_held_back() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.write("in/2.dcm", &burned_in("12345", 2));
    let job = world.path_job(r"\\server\share\in");
    assert_ends(&job, "UPLOADED", "");
    assert_files(&job, 2, 1);
    assert_ends(&world.reset(&job), "UPLOADED", "");
    assert_eq!(world.files("out"), Vec::<String>::new());
}

/// 'Some quarantined files such as embedded pdfs might still be held back.'
#[test]
fn files_that_are_not_images_are_left_out() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.write("in/report.dcm", &dicom_file("12345", "1.2.3", "1.2.3.9"));
    let job = world.path_job(r"\\server\share\in");
    assert_ends(&job, "DONE", "");
    assert_files(&job, 2, 1);
    assert_eq!(world.files("out/1001/anonA"), ["0001.dcm"]);
}

#[test]
fn an_opt_out_counts_until_it_is_overruled() {
    let world = World::new(|delivery| delivery.opted_out("12345"));
    world.write("in/1.dcm", &image("12345", 1));
    let job = world.path_job(r"\\server\share\in");
    assert_ends(&job, "ERROR", "Patient \"12345\" does not want his or her data to be used for research");
    assert_ends(&world.reset(&job), "ERROR", "does not want");
    world.call("modify_job", &[("job_id", "1001"), ("source_ignore_opt_out", "True")]);
    assert_ends(&world.reset(&job), "DONE", " ");
    assert_eq!(world.files("out/1001/anonA"), ["0001.dcm"]);
}

#[test]
fn a_destination_has_to_be_on_the_share_and_to_have_room() {
    let world = World::new(|delivery| delivery.full(r"\\server\share\full"));
    world.write("in/1.dcm", &image("12345", 1));
    let source = ("source_path", r"\\server\share\in");
    let job = world.job(&[source, ("destination_path", r"\\elsewhere\share\out")]);
    assert_ends(&job, "ERROR", r"to \\elsewhere\share\out\1001\test\, original error:it is not on the share");
    let job = world.job(&[source, ("destination_path", r"\\server\share\full\a")]);
    assert_ends(&job, "ERROR", "[Errno 28] No space left on device");
    assert_eq!(world.files("full"), Vec::<String>::new());
    assert_ends(&world.reset(&job), "DONE", "");
    assert_eq!(world.files("full/a/1002/anonA"), ["0001.dcm"]);
}

/// Nothing that is there already is written over by a job that is new.
#[test]
fn what_is_at_the_destination_stays() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.write("out/1001/anonA/0001.dcm", b"somebody's");
    assert_ends(&world.path_job(r"\\server\share\in"), "ERROR", "is there already");
    assert_eq!(fs::read(world.share.path().join("out/1001/anonA/0001.dcm")).unwrap(), b"somebody's");
}

#[test]
fn pacs_has_what_it_was_given() {
    let world = World::new(|delivery| {
        delivery
            .study("1.1", vec![image("12345", 1), image("12345", 2)])
            .late_study("1.2", vec![image("12345", 1)])
            .broken_study("1.3")
    });
    assert_ends(&world.pacs_job("accession_number:1.1"), "DONE", "");
    assert_eq!(world.files("out/1001/anonA"), ["0001.dcm", "0002.dcm"]);
    assert_ends(&world.pacs_job("1.2.3"), "DONE", "");
    let class = ("source_sop_class_filter_list", "1.2.840.10008.5.1.4.1.1.7, 1.2.840.10008.5.1.4.1.1.4");
    let wado = [("source_type", "WADO"), ("source_instance_id", "accession_number:1.1")];
    assert_files(&world.job(&[wado[0], wado[1], class]), 2, 2);

    let late = world.pacs_job("accession_number:1.2");
    assert_ends(&late, "ERROR", "HTTP Error 404: Not Found");
    assert_ends(&world.reset(&late), "DONE", "");
    let broken = world.pacs_job("accession_number:1.3");
    assert_ends(&broken, "ERROR", "HTTP Error 400: Bad Request");
    assert_ends(&world.reset(&broken), "ERROR", "HTTP Error 400: Bad Request");
    let unknown = world.pacs_job("accession_number:9.9");
    assert_ends(&world.reset(&unknown), "ERROR", "HTTP Error 404: Not Found");
}

#[test]
fn without_pseudonyms_each_patient_gets_one() {
    let world = World::new(|delivery| delivery);
    world.write("in/1.dcm", &image("12345", 1));
    world.write("in/2.dcm", &image("67890", 2));
    world.write("in/3.dcm", &image("12345", 3));
    world.call(
        "create_job",
        &[
            ("source_type", "PATH"),
            ("source_path", r"\\server\share\in"),
            ("project_name", "project"),
            ("destination_path", r"\\server\share\out"),
            ("pims_keyfile_id", "123"),
        ],
    );
    assert_ends(&world.later(), "DONE", "");
    let files = world.files("out/1001");
    let folder = |number: &str| files.iter().find(|path| path.ends_with(number)).unwrap().split_once('/').unwrap().0;
    assert_eq!(folder("0001.dcm"), folder("0003.dcm"));
    assert_ne!(folder("0001.dcm"), folder("0002.dcm"));
    assert_eq!(world.attribute(&format!("out/1001/{}/0001.dcm", folder("0001.dcm")), "PatientID"), folder("0001.dcm"));
}

#[test]
fn each_delivery_says_that_it_is_for_practice() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = Arc::clone(&told);
    let world = World::new(|delivery| delivery.observer(move |text| hear.lock().unwrap().push(text.to_owned())));
    world.write("in/1.dcm", &image("12345", 1));
    let job = world.path_job(r"\\server\share\in");
    assert_eq!(job.id(), JobId(1001));
    world.later();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1, "once only: {told:?}");
    assert!(told[0].starts_with("job 1001: 1 images are in '"), "{told:?}");
    assert!(told[0].ends_with("'Test^12345' is now 'anonA'. For practice only, never for patients' data"), "{told:?}");
    assert!(
        fs::read_to_string(world.share.path().join("out/1001/FOR PRACTICE ONLY.txt")).unwrap().contains("Never use it")
    );
}
