//! `anon map check --files`: what is in the files, and what is likely to be held back.

use std::sync::atomic::{AtomicUsize, Ordering};

use anonapi::testing::DicomFile;
use serde_json::{Value, json};

use super::check::{OPTIONS, env_with};
use crate::support::Env;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const ULTRASOUND: &str = "1.2.840.10008.5.1.4.1.1.6.1";
const PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";

fn file(patient: &str, class: &str, modality: &str) -> DicomFile {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let instance = format!("1.2.3.{}", 10 + COUNT.fetch_add(1, Ordering::Relaxed) % 90);
    DicomFile::new(patient, &format!("1.2.{patient}"), &instance)
        .with("SOPClassUID", class)
        .with("Modality", modality)
        .with("SeriesInstanceUID", &format!("1.2.{patient}.{class}"))
}

/// Three rows: CT, ultrasound with a PDF, and files that are missing, twice, of another patient or no DICOM.
fn env() -> Env {
    let rows = "folder:ct,,A\nfolder:echo,,B\nfileselection:mixed/fileselection.txt,,C\nfolder:..\\elsewhere,,D\n";
    let env = env_with(OPTIONS, rows);
    env.write("ct/1.dcm", file("1", CT, "CT").with_pixels().bytes());
    env.write("ct/2.dcm", file("1", CT, "CT").with_pixels().bytes());
    env.write("echo/1.dcm", file("2", ULTRASOUND, "US").with("BurnedInAnnotation", "YES").with_pixels().bytes());
    env.write("echo/2.dcm", file("2", ULTRASOUND, "US").with_pixels().bytes());
    env.write("echo/report.dcm", file("2", PDF, "DOC").bytes());
    env.write("mixed/1.dcm", file("3", CT, "CT").with_pixels().bytes());
    env.write("mixed/2.dcm", file("4", CT, "CT").with_pixels().bytes());
    env.write("mixed/notes.txt", "no image");
    let selection = "description: d\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths:\n- 1.dcm\n- 2.dcm\n- gone.dcm\n- notes.txt\n";
    env.write("mixed/fileselection.txt", selection);
    env
}

#[test]
fn a_line_a_row_and_each_risk_once() {
    env().run("map check --files").assert(
        r"
        exit 0
        stdout:
            line  source      files    patients    studies    series  modalities    size       risk
          ------  --------  -------  ----------  ---------  --------  ------------  ---------  ------------------------------------------------
               8  ct              2           1          1         1  CT            992 bytes
               9  echo            3           1          1         2  DOC, US       1.5 kB     burned-in text (1), ultrasound (2), document (1)
              10  mixed/…         4           2          2         2  CT            1.0 kB     not there (1), not DICOM (1), 2 patients

          May be held back: the job then stays at UPLOADED
            burned-in text: 1 file in line 9
              BurnedInAnnotation (0028,0301) is YES: [..]
              what to do: if the job stays at UPLOADED, send its id to a server admin: [..]
            ultrasound: 2 files in line 9
              Ultrasound machines usually write the patient's name, id and date into the picture (PS3.15, E.3.1), whatever BurnedInAnnotation says.
              what to do: if the job stays at UPLOADED, send its id to a server admin: [..]
            document: 1 file in line 9
              A document, such as a PDF, is inside (PS3.3, A.45), [..]
              what to do: leave them out: [..]

          May fail, or be left out
            not there: 1 file in line 10
              They are listed, but do not exist. The job fails, or goes on without them.
              what to do: make the selection again with 'anon map add-study-folders' or 'anon select add'
            not DICOM: 1 file in line 10
              They lack the 132 bytes that every DICOM file begins with (PS3.10, 7.1). The server takes all files of a folder.
              what to do: 'anon map add-study-folders' and 'anon select add' select only DICOM files

          May be mixed up
            several patients: 2 files in line 10
              All files of a row get the same pseudonym. Patients are told apart by PatientID, then by name and birth date.
              what to do: give each patient a folder or a selection of its own

          ./anon_mapping.csv: 2 warnings in 4 rows (1 source cannot be looked at from here); 9 files, 3.5 kB; 2 rows with a risk
        stderr:
          warning: ./anon_mapping.csv, line 11: the path leads out of root_source_path; [..]
          warning: ./anon_mapping.csv, line 11: its data is not where the data of other rows is; check the name
        ",
    );
}

#[test]
fn scripts_get_all_of_it() {
    let env = env();
    let found = env.run("map check --files --json").assert_ok().json("map-check-files");
    let rows = found["inspected"].as_array().unwrap();
    let of = |row: &Value, names: &[&str]| names.iter().map(|name| row[*name].clone()).collect::<Vec<_>>();
    let counts = ["line", "files", "dicom", "patients", "studies", "series"];
    assert_eq!(of(&rows[0], &counts), [8, 2, 2, 1, 1, 1]);
    assert_eq!(of(&rows[1], &counts), [9, 3, 3, 1, 1, 2]);
    assert_eq!(of(&rows[2], &counts), [10, 4, 2, 2, 2, 2]);
    let bytes = ["ct/1.dcm", "ct/2.dcm"].map(|path| std::fs::metadata(env.path(path)).unwrap().len());
    assert_eq!(rows[0]["bytes"], json!(bytes.iter().sum::<u64>()));
    assert_eq!(rows[1]["modalities"], json!(["DOC", "US"]));
    let causes: Vec<_> = found["risks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|risk| of(risk, &["cause", "effect", "files", "lines"]))
        .collect();
    assert_eq!(
        json!(causes),
        json!([
            ["missing", "failure", 1, [10]],
            ["not_dicom", "failure", 1, [10]],
            ["several_patients", "mixture", 2, [10]],
            ["burned_in_annotation", "held_back", 1, [9]],
            ["ultrasound", "held_back", 2, [9]],
            ["document", "held_back", 1, [9]],
        ])
    );
    assert_eq!(found["not_looked_at"], json!([11]));
    let csv = env.run("map check --files --format csv").assert_ok().stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "\u{feff}line,source,files,dicom,bytes,patients,studies,series,modalities,risks");
    assert!(lines[2].starts_with("9,folder:echo,3,3,"), "{}", lines[2]);
    assert!(lines[2].ends_with(",DOC US,\"burned_in_annotation: 1, ultrasound: 2, document: 1\""), "{}", lines[2]);
    assert_eq!(lines.len(), 4);
}

/// What a folder holds: names and contents.
type Folder = Vec<(&'static str, Vec<u8>)>;

/// A row for each kind of trouble: what its folder holds, and the one cause that is told of it.
fn of_each_kind() -> Vec<(Folder, &'static str)> {
    let ct = || file("1", CT, "CT");
    let class = |class: &str, modality: &str| file("1", class, modality).with_pixels().bytes();
    let image_type = |image_type: &str| ct().with("ImageType", image_type).with_pixels().bytes();
    let whole = ct().with_pixels().bytes();
    let one = |bytes: Vec<u8>| vec![("1.dcm", bytes)];
    vec![
        (one(ct().with("BurnedInAnnotation", "YES").with_pixels().bytes()), "burned_in_annotation"),
        (one(class("1.2.840.10008.5.1.4.1.1.6.1", "US")), "ultrasound"),
        (one(class("1.2.840.10008.5.1.4.1.1.3.1", "US")), "ultrasound"),
        (one(class("1.2.840.10008.5.1.4.1.1.7.4", "OT")), "secondary_capture"),
        (one(ct().with("ConversionType", "DF").with_pixels().bytes()), "secondary_capture"),
        (one(image_type("DERIVED\\SECONDARY\\SCREEN SAVE")), "screen"),
        (one(image_type("DERIVED\\SECONDARY\\OTHER\\CT_SOM5 PROT")), "screen"),
        (
            one(file("1", PDF, "DOC").with("BurnedInAnnotation", "YES").with("ConversionType", "WSD").bytes()),
            "document",
        ),
        (one(file("1", "1.2.840.10008.5.1.4.1.1.88.33", "SR").bytes()), "structured_report"),
        (one(file("1", "1.2.840.10008.5.1.4.1.1.88.67", "SR").bytes()), "structured_report"),
        (one(file("1", "1.2.840.10008.1.3.10", "CT").bytes()), "dicomdir"),
        (one(class("1.3.12.2.1107.5.9.1", "MR")), "private_class"),
        (one(file("1", "1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT").bytes()), "no_pixel_data"),
        (one(whole[..250].to_vec()), "damaged"),
        (one(whole[..whole.len() - 1].to_vec()), "cut_off"),
        (one(b"no image".to_vec()), "not_dicom"),
        (vec![("1.dcm", whole.clone()), ("deep/copy.dcm", whole.clone())], "copies"),
        (vec![("1.dcm", whole), ("2.dcm", file("2", CT, "CT").with_pixels().bytes())], "several_patients"),
    ]
}

#[test]
fn each_kind_of_trouble_is_told_by_one_cause() {
    let kinds = of_each_kind();
    let rows: String = (0..kinds.len()).map(|row| format!("folder:row{row},,P{row}\n")).collect();
    let env = env_with(OPTIONS, &rows);
    for (row, (files, _)) in kinds.iter().enumerate() {
        for (name, bytes) in files {
            env.write(format!("row{row}/{name}"), bytes);
        }
    }
    let found = env.run("map check --files --json").assert_ok().json("map-check-files");
    let csv = env.run("map check --files --format csv").assert_ok().stdout;
    let table = env.run("map check --files").assert_ok().stdout;
    let mut told = std::collections::BTreeSet::new();
    for (row, (_, cause)) in kinds.iter().enumerate() {
        let risks = found["inspected"][row]["risks"].as_array().unwrap();
        let causes: Vec<_> = risks.iter().map(|risk| &risk["cause"]).collect();
        assert_eq!(causes, [*cause], "row {row}");
        let line = csv.lines().find(|line| line.contains(&format!(",folder:row{row},"))).unwrap();
        assert!(line.contains(&format!(",{cause}: ")), "{line}");
        told.insert(*cause);
    }
    let risks = found["risks"].as_array().unwrap();
    assert_eq!(
        risks.iter().map(|risk| risk["cause"].as_str().unwrap()).collect::<std::collections::BTreeSet<_>>(),
        told
    );
    assert_eq!(risks.len(), told.len(), "each once");
    for risk in risks {
        let told = format!("\n  {}: ", risk["title"].as_str().unwrap());
        assert_eq!(table.matches(&told).count(), 1, "{told}{table}");
    }
}

/// Files that are odd in their own ways, and what pydicom finds in them: patients, studies, modality, whether there is a picture.
#[test]
fn the_files_of_pydicom_s_tests_are_read_as_pydicom_reads_them() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pydicom");
    let expected = [
        ("DICOMDIR-empty", json!([0, 0, [], ["dicomdir"]])),
        ("UN_sequence", json!([1, 0, [], ["no_pixel_data"]])),
        ("empty_charset_LEI", json!([1, 0, [], ["no_pixel_data"]])),
        ("meta_missing_tsyntax", json!([1, 0, [], []])),
        ("nested_priv_SQ", json!([1, 0, [], []])),
        ("no_meta_group_length", json!([1, 0, [], ["no_pixel_data"]])),
        ("priv_SQ", json!([1, 0, [], ["no_pixel_data"]])),
        ("rtplan", json!([1, 1, ["RTPLAN"], ["no_pixel_data"]])),
        // pydicom reads what there is of it.
        ("rtplan_truncated", json!([0, 0, [], ["damaged"]])),
        // Without the 132 bytes, it is read only by who is told to.
        ("rtstruct", json!([0, 0, [], ["not_dicom"]])),
    ];
    let rows: String = expected.iter().map(|(name, _)| format!("folder:{name},,{name}\n")).collect();
    let env = env_with(OPTIONS, &rows);
    for (name, _) in &expected {
        env.write(format!("{name}/1.dcm"), std::fs::read(folder.join(format!("{name}.dcm"))).unwrap());
    }
    let found = env.run("map check --files --json").assert_ok().json("map-check-files");
    for ((name, expected), row) in expected.iter().zip(found["inspected"].as_array().unwrap()) {
        let causes: Vec<_> = row["risks"].as_array().unwrap().iter().map(|risk| &risk["cause"]).collect();
        let told = json!([row["patients"], row["studies"], row["modalities"], causes]);
        assert_eq!(&told, expected, "{name}");
    }
}

#[test]
fn a_file_that_two_rows_have_or_one_names_twice_is_told() {
    let env = env_with(OPTIONS, "folder:a,,A\nfolder:a/b,,B\nfileselection:c/fileselection.txt,,C\n");
    env.write("a/b/1.dcm", file("1", CT, "CT").with_pixels().bytes());
    env.write("c/1.dcm", file("1", CT, "CT").with_pixels().bytes());
    let selection =
        "description: d\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths: [1.dcm, ./1.dcm, gone.dcm]\n";
    env.write("c/fileselection.txt", selection);
    let found = env.run("map check --files --json").assert_ok().json("map-check-files");
    let told: Vec<_> =
        found["risks"].as_array().unwrap().iter().map(|risk| json!([risk["cause"], risk["lines"]])).collect();
    assert_eq!(json!(told), json!([["missing", [10]], ["named_twice", [10]], ["in_two_rows", [8, 9]]]));
}

#[test]
fn values_of_patients_are_never_printed() {
    let env = env_with(OPTIONS, "folder:x,,A\n");
    let secret =
        |id: &str| file(id, CT, "CT").with("PatientName", "Hidden^Person").with("PatientBirthDate", "19500131");
    env.write("x/1.dcm", secret("7654321").with_pixels().bytes());
    env.write("x/2.dcm", secret("7654322").with_pixels().bytes());
    for line in ["map check --files -v", "map check --files --json", "map check --files --format csv"] {
        let outcome = env.run(line).assert_ok();
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        for value in ["7654321", "7654322", "Hidden", "Person", "19500131"] {
            assert!(!all.contains(value), "{value}\n{all}");
        }
    }
}

#[test]
fn strict_fails_for_a_risk() {
    let env = env_with(OPTIONS, "folder:x,,A\n");
    env.write("x/1.dcm", file("1", ULTRASOUND, "US").with_pixels().bytes());
    env.run("map check --strict").assert_ok();
    env.run("map check --files").assert_ok();
    env.run("map check --files --strict").assert_status(1);
}

#[test]
fn a_mapping_whose_data_cannot_be_seen_says_so() {
    let env = env_with(OPTIONS, "accession_number:1.2,,A\n");
    env.run("map check --files").assert(
        r"
        exit 0
        stdout:
          ./anon_mapping.csv: 1 row, nothing wrong; no row names files that this computer can see
        ",
    );
}

#[test]
fn what_is_about_to_be_sent_is_told_before_the_question() {
    let env = env_with(OPTIONS, "folder:ct,,A\nfolder:echo,,B\naccession_number:1.2,,C\n");
    env.write("ct/1.dcm", file("1", CT, "CT").with_pixels().bytes());
    env.write("echo/1.dcm", file("2", ULTRASOUND, "US").with_pixels().bytes());
    let told = |line: &str| env.answer(line, "n\n").assert_ok().stderr;
    let bytes: u64 =
        ["ct/1.dcm", "echo/1.dcm"].map(|path| std::fs::metadata(env.path(path)).unwrap().len()).iter().sum();
    let expected = format!(
        "mapping  ./anon_mapping.csv\n\
         batch    . (new)\n\
         data     2 files, {bytes} bytes in 2 of 3 rows; the others are not visible from here\n\
         risks    ultrasound in line 9; see 'anon map check --files'\n\
         This will create 3 jobs on p01"
    );
    let with = told("create from-mapping");
    assert!(with.starts_with(&expected), "{with}");
    let without = told("create from-mapping --no-look");
    assert!(!without.contains("data  ") && without.contains("This will create 3 jobs"), "{without}");
    let only = told("create from-mapping --filter C");
    assert!(!only.contains("data  "), "{only}");
    let a = told("create from-mapping --filter A");
    assert!(a.contains("\ndata     1 file, ") && !a.contains("risks"), "{a}");
}

#[test]
fn a_look_changes_neither_requests_nor_status() {
    let env = env_with(OPTIONS, "folder:gone,,A\nfolder:echo,,B\n");
    env.write("echo/broken.dcm", "no image");
    let requests = |line: &str| {
        let outcome = env.run(line).assert_ok();
        outcome.requests.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let with = requests("create from-mapping --yes");
    assert_eq!(with.len(), 2);
    assert_eq!(requests("create from-mapping --yes --again --no-look"), with);
}
