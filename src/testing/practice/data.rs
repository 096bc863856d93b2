//! What is in the practice folder and in the practice PACS.

use super::dicomdir::dicomdir;
use super::image::{Modality, Patient, Study};
use crate::error::Result;
use crate::testing::Delivery;

/// The UNC path that the folder `share` stands for, as in the manual.
pub(super) const SHARE: &str = r"\\server\share";

/// Is full.
pub(super) const FULL: &str = r"\\server\share\full";

const ACCESSION_NUMBERS_XLSX: &[u8] = include_bytes!("../../../examples/data/accession_numbers.xlsx");
const FOLDERS_XLSX: &[u8] = include_bytes!("../../../examples/data/folders.xlsx");

/// The list of the manual's tutorial 'Anonymize from PACS'.
const ACCESSION_NUMBERS: &str = "Some text here does not matter,,\n\
    The column 'project' below will also just be ignored,,\n\
    accession_number,pseudonym,project\n\
    1234567.12345678,studyA,some_projectA\n\
    2234567.12345678,studyB,some_projectB\n\
    3234567.12345678,studyC,some_projectB\n";

/// The list of the manual's tutorial 'Anonymize from a share'.
const FOLDERS: &str = "folder,pseudonym\npatient1,anon_patientA\npatient3,anon_patientB\npatient5,anon_patientC\n";

const HARD_ACCESSION_NUMBERS: &str = "accession_number,pseudonym,what the image server does\n\
    4234567.12345678,studyD,answers 404 at first\n\
    5234567.12345678,studyE,answers 400\n\
    6234567.12345678,studyF,has the study of a patient who has opted out\n\
    7234567.12345678,studyG,has ultrasound with the name in the picture\n";

const HARD_FOLDERS: &str = "folder,pseudonym\n\
    ultrasound,anon_ultrasound\ntwo_patients,anon_two\nopted_out,anon_opted_out\ncd,anon_cd\n";

const NOTES: &str = "Seen at the outpatient clinic. A file that is not an image.\r\n";

const fn patient(name: &'static str, id: &'static str, born: &'static str, sex: &'static str) -> Patient {
    Patient { name, id, born, sex }
}

const ANNA: Patient = patient("Practice^Anna", "1000001", "19610312", "F");
const BERT: Patient = patient("Practice^Bert", "1000002", "19480930", "M");
const CLARA: Patient = patient("Practice^Clara", "1000003", "19750704", "F");
const DIRK: Patient = patient("Practice^Dirk", "1000004", "19820115", "M");
const EVA: Patient = patient("Practice^Eva", "1000005", "19551224", "F");
const FLEUR: Patient = patient("Practice^Fleur", "1000006", "19900501", "F");
const GIJS: Patient = patient("Practice^Gijs", "1000007", "19680820", "M");
const HANNA: Patient = patient("Practice^Hanna", "1000008", "19710209", "F");
const JAN: Patient = patient("Practice^Jan", "1000010", "19400606", "M");
/// The id that the manual's message names.
const OPTED_OUT: Patient = patient("Practice^Ilse", "123456", "19660918", "F");

const fn study(patient: Patient, modality: Modality, accession_number: &'static str) -> Study {
    Study { patient, modality, accession_number, uid: None }
}

/// The patients of the folder `mydata`.
const PATIENTS: [(&str, Study); 5] = [
    ("patient1", study(ANNA, Modality::Ct, "9100001.10000001")),
    ("patient2", study(BERT, Modality::Ct, "9100002.10000001")),
    ("patient3", study(CLARA, Modality::Mr, "9100003.10000001")),
    ("patient4", study(DIRK, Modality::Mr, "9100004.10000001")),
    ("patient5", study(EVA, Modality::Ct, "9100005.10000001")),
];

/// The studies in PACS that a job gets: those of the tutorial, and those of the manual's usage page.
const IN_PACS: [Study; 7] = [
    study(ANNA, Modality::Ct, "1234567.12345678"),
    study(BERT, Modality::Mr, "2234567.12345678"),
    study(CLARA, Modality::Ct, "3234567.12345678"),
    study(FLEUR, Modality::Ultrasound, "7234567.12345678"),
    study(DIRK, Modality::Mr, "123456.1234567"),
    study(EVA, Modality::Ct, "123456.2234568"),
    Study { uid: Some("123.1232.23.24"), ..study(EVA, Modality::Mr, "123456.3234569") },
];

const LATE: Study = study(DIRK, Modality::Ct, "4234567.12345678");
const BROKEN: &str = "5234567.12345678";
const OPTED_OUT_IN_PACS: Study = study(OPTED_OUT, Modality::Ct, "6234567.12345678");

/// The files of the practice folder, with their paths in it.
pub(super) fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = lists();
    files.extend(mydata());
    files.extend(exercises());
    files
}

fn lists() -> Vec<(String, Vec<u8>)> {
    let list = |path: &str, bytes: &[u8]| (path.to_owned(), bytes.to_vec());
    vec![
        list("share_project/folders.xlsx", FOLDERS_XLSX),
        list("share_project/folders.csv", FOLDERS.as_bytes()),
        list("pacs_project/accession_numbers.xlsx", ACCESSION_NUMBERS_XLSX),
        list("pacs_project/accession_numbers.csv", ACCESSION_NUMBERS.as_bytes()),
        list("exercises/folders.csv", HARD_FOLDERS.as_bytes()),
        list("exercises/accession_numbers.csv", HARD_ACCESSION_NUMBERS.as_bytes()),
    ]
}

/// As in the manual: each patient has two folders of images, the third also one that was mended, and a file that is no image.
fn mydata() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (folder, study) in PATIENTS {
        let mut put = |name: &str, bytes| files.push((format!("share/mydata/{folder}/{name}"), bytes));
        for number in 1..=2 {
            put(&format!("raw/raw{number}.dcm"), study.image(1, number));
        }
        for number in 1..=3 {
            put(&format!("study1/file{number}"), study.image(2, number));
        }
        if folder == "patient3" {
            put("study1_fixed/file1", study.image(3, 1));
            put("study1_fixed/file2", study.image(3, 2));
        }
        put("notes.txt", NOTES.as_bytes().to_vec());
    }
    files
}

/// Folders that a server has trouble with, or the user should have.
fn exercises() -> Vec<(String, Vec<u8>)> {
    let image = |path: &str, study: Study, number| (format!("share/exercises/{path}"), study.image(1, number));
    let ultrasound = study(FLEUR, Modality::Ultrasound, "9100006.10000001");
    let plain = study(FLEUR, Modality::Ct, "9100006.10000002");
    let opted_out = study(OPTED_OUT, Modality::Mr, "9100009.10000001");
    let cd = study(JAN, Modality::Ct, "9100010.10000001");
    let directory = dicomdir(&cd, &[["IMAGES", "IM000001"], ["IMAGES", "IM000002"]]);
    vec![
        // The data of the sample jobs, one of which says that its patient has opted out.
        ("share/in/image1.dcm".to_owned(), opted_out.image(2, 1)),
        image("ultrasound/echo1.dcm", ultrasound, 1),
        image("ultrasound/echo2.dcm", ultrasound, 2),
        image("ultrasound/ct1.dcm", plain, 1),
        image("two_patients/image1.dcm", study(GIJS, Modality::Ct, "9100007.10000001"), 1),
        image("two_patients/image2.dcm", study(HANNA, Modality::Ct, "9100008.10000001"), 1),
        image("opted_out/image1.dcm", opted_out, 1),
        image("opted_out/image2.dcm", opted_out, 2),
        ("share/exercises/cd/DICOMDIR".to_owned(), directory),
        image("cd/IMAGES/IM000001", cd, 1),
        image("cd/IMAGES/IM000002", cd, 2),
        ("share/exercises/cd/AUTORUN.INF".to_owned(), b"[autorun]\r\nopen=viewer.exe\r\n".to_vec()),
    ]
}

/// A delivery whose share is this folder, and whose PACS has the practice studies.
pub(super) fn delivery(share: &std::path::Path) -> Result<Delivery> {
    let images = |study: &Study| (1..=3).map(|number| study.image(1, number)).collect();
    let delivery = Delivery::new(SHARE, share)?.opted_out(OPTED_OUT.id).full(FULL);
    let delivery = IN_PACS.iter().fold(delivery, |all, study| all.study(study.accession_number, images(study)));
    Ok(delivery
        .late_study(LATE.accession_number, images(&LATE))
        .study(OPTED_OUT_IN_PACS.accession_number, images(&OPTED_OUT_IN_PACS))
        .broken_study(BROKEN))
}
