//! What is fuzzed: each reader of bytes that others wrote, and what must hold of all that it accepts.
//!
//! The fuzz targets and the test `fuzz_smoke` share this file.

use std::hash::{BuildHasherDefault, DefaultHasher};
use std::path::Path;

use anonapi::api::{Created, Data, Job, JobId, NewJob};
use anonapi::batch::Batch;
use anonapi::creation::{Fingerprint, Journal};
use anonapi::internals as dicom;
use anonapi::internals::advice;
use anonapi::internals::reply;
use anonapi::internals::{Choice, InputList};
use anonapi::mapping::Document;
use anonapi::selection::Selection;
use anonapi::settings::Settings;
use anonapi::values::{AccessionNumber, DataPath, Kind, Parameters};
use serde_json::Value;

/// A reader's name, the reader, and the folders with what it is given first.
pub type Reader = (&'static str, fn(&[u8]), &'static [&'static str]);

/// Each reader.
pub const READERS: [Reader; 9] = [
    ("mapping", mapping, &["tests/fixtures/mappings"]),
    ("input_list", input_list, &["tests/fixtures/tables"]),
    ("excel", excel, &["tests/fixtures/tables"]),
    ("settings", settings, &["fuzz/seeds/settings"]),
    ("batch", batch, &["fuzz/seeds/batch"]),
    ("selection", selection, &["tests/fixtures/selection"]),
    ("api_reply", api_reply, &["fuzz/seeds/api_reply", "tests/fixtures/replies"]),
    ("journal", journal, &["fuzz/seeds/journal"]),
    ("dicom", dicom_header, &["fuzz/seeds/dicom"]),
];

fn path() -> &'static Path {
    Path::new("fuzzed")
}

/// A mapping that is read can have a row added and an option set, and is read again, with nothing else changed; or that is
/// refused.
pub fn mapping(bytes: &[u8]) {
    let Ok(mut document) = Document::from_bytes(path(), bytes.to_vec()) else { return };
    let before = document.clone();
    let mut other = document.clone();
    if other.set_option(Kind::Project, "P é, x").is_ok() {
        assert_eq!(other.mapping().options.get(Kind::Project), Some("P é, x"));
        let rows = other.mapping().rows.iter().zip(&before.mapping().rows);
        assert!(rows.into_iter().all(|(new, old)| new.parameters == old.parameters));
        assert_eq!(other.mapping().rows.len(), before.mapping().rows.len());
    }
    let row = Parameters::from_pairs([
        (Kind::Source, "folder:a, \"b\";c"),
        (Kind::PseudoName, "P é"),
        (Kind::Description, "generated"),
    ]);
    if document.add_rows(&[row]).is_err() {
        assert_eq!(document.bytes(), bytes, "what is refused changes nothing");
        return;
    }
    let again = Document::from_bytes(path(), document.bytes().to_vec()).expect("what was written is read");
    let (old, new) = (before.mapping(), again.mapping());
    let kept = old.rows.iter().filter(|row| !row.is_example());
    assert_eq!((&new.description, &new.options), (&old.description, &old.options));
    assert_eq!(new.rows.len(), kept.clone().count() + 1);
    assert!(kept.zip(&new.rows).all(|(old, new)| old.source() == new.source()));
    assert_eq!(new.rows.last().and_then(|row| Some(row.source()?.value())), Some("a, \"b\";c"));
}

/// A list in text.
pub fn input_list(bytes: &[u8]) {
    if !bytes.starts_with(b"PK") && !bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        lists(bytes);
    }
}

/// A workbook, or what says that it is one.
pub fn excel(bytes: &[u8]) {
    lists(bytes);
}

fn lists(bytes: &[u8]) {
    let choice = Choice::default();
    if let Ok(list) = InputList::<AccessionNumber>::from_bytes(path(), bytes.to_vec(), &choice) {
        assert!(!list.rows.is_empty(), "a list without rows is a problem");
        for row in list.rows {
            let again = AccessionNumber::parse_listed(row.value.as_str(), false).map(|parsed| parsed.value);
            assert_eq!(again, Ok(row.value), "what was read is right");
        }
    }
    if let Ok(list) = InputList::<DataPath>::from_bytes(path(), bytes.to_vec(), &choice) {
        assert!(!list.rows.is_empty(), "a list without rows is a problem");
    }
}

/// Settings that are read are written so that they are read again, and never show the token.
pub fn settings(bytes: &[u8]) {
    let Ok(settings) = Settings::parse(bytes, path()) else { return };
    let shown = settings.shown();
    let again = Settings::parse(shown.as_bytes(), path()).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    assert_eq!(again.servers, settings.servers);
    assert_eq!(again.user_name, settings.user_name);
    assert_eq!(again.validate_ssl, settings.validate_ssl);
    assert_eq!(again.active_server_name, settings.active_server_name);
    assert_eq!(again.shown(), shown);
}

/// A batch goes round.
pub fn batch(bytes: &[u8]) {
    if let Ok(batch) = Batch::parse(bytes, path()) {
        assert_eq!(Batch::parse(batch.to_yaml().as_bytes(), path()).expect("what was written is read"), batch);
    }
}

/// A selection goes round, and stays in its folder.
pub fn selection(bytes: &[u8]) {
    let Ok(selection) = Selection::parse(path(), bytes) else { return };
    for file in &selection.selected_paths {
        assert!(!file.starts_with('/') && !file.split('/').any(|part| matches!(part, "" | "." | "..")), "{file:?}");
    }
    let text = selection.to_yaml();
    let again = Selection::parse(path(), text.as_bytes()).expect("what was written is read");
    assert_eq!((&again.id, &again.description), (&selection.id, &selection.description));
    assert_eq!(again.selected_paths, selection.selected_paths);
    // Unknown keys lose nothing but YAML tags.
    assert_eq!(again.to_yaml(), text);
}

/// The first byte chooses the status of the reply, unless the whole is JSON.
pub fn api_reply(bytes: &[u8]) {
    const STATUSES: [u16; 12] = [200, 201, 204, 302, 400, 401, 404, 405, 500, 502, 599, 999];
    let (status, body) = match bytes {
        [b'{' | b'[', ..] | [] => (200, bytes),
        [first, body @ ..] => (STATUSES[usize::from(*first) % STATUSES.len()], body),
    };
    let _ = reply::documentation(status, body);
    let created = reply::read::<Value>("create_job", status, body).map(|answer| Created::read(&answer, &new_job()));
    let _ = created.map(|created| created.map_err(|failure| failure.to_string()));
    let one = reply::read::<Job>("get_job", status, body).map_err(|failure| failure.to_string()).ok();
    let listed = reply::read::<reply::Jobs>("get_jobs", status, body).map(|reply::Jobs(jobs)| jobs).unwrap_or_default();
    for job in one.iter().chain(&listed) {
        let _: Option<&Value> = job.more.get("source_path");
        let _ = (job.pseudo_id(), job.error_text(), job.status.to_string());
        let _ = advice(job, chrono::NaiveDateTime::default());
    }
}

fn new_job() -> NewJob {
    NewJob {
        data: Data::Pacs("1.1".to_owned()),
        project: "P".to_owned(),
        destination_path: r"\\server\share".to_owned(),
        pseudo_name: Some("A".to_owned()),
        pseudo_id: None,
        description: None,
        pims_key: None,
        sop_classes: vec![],
    }
}

/// A journal is read or refused, and what is cut off at its end changes nothing of what comes before.
pub fn journal(bytes: &[u8]) {
    let one = Fingerprint::of("https://a/p", &new_job());
    let known = |bytes: &[u8]| {
        let journal = Journal::parse(path(), "https://a/p", bytes).ok()?;
        Some((journal.known(&one), journal.asked_at(&one), journal.owner(JobId(7))))
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    assert_eq!(known(&bytes[..whole]), known(&[&bytes[..whole], b"{\"job\":\"0f\",\"event\":{\"crea"].concat()));
    known(bytes);
}

/// The header of a DICOM file: the same however much of it is at hand at first.
pub fn dicom_header(bytes: &[u8]) {
    let key = BuildHasherDefault::<DefaultHasher>::default();
    let whole = dicom::identity(bytes, std::io::empty(), &key).expect("nothing can fail to be read");
    let half = bytes.len() / 2;
    if half >= dicom::PREFIX {
        assert_eq!(dicom::identity(&bytes[..half], &bytes[half..], &key).expect("nor can this"), whole);
    }
}
