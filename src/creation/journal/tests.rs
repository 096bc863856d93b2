use proptest::prelude::*;

use super::*;
use crate::api::{Data, NewJob};
use crate::plan::Planned;
use crate::values::Source;

const URL: &str = "https://a/p01";

fn row(source: &str) -> Row {
    let job = NewJob {
        data: Data::Pacs(source.to_owned()),
        project: "p".to_owned(),
        destination_path: r"\\server\share".to_owned(),
        pseudo_name: Some("A".to_owned()),
        pseudo_id: None,
        description: None,
        pims_key: None,
        sop_classes: vec![],
    };
    let source = Source::parse("accession_number:1").unwrap().value;
    Row::new(URL, Planned { line: 9, source, job })
}

fn job(source: &str) -> Fingerprint {
    row(source).job
}

fn journal(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("deep").join("journal.jsonl")
}

fn text_of(write: impl FnOnce(&mut Journal)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    write(&mut Journal::open(&path, URL).unwrap());
    std::fs::read(&path).unwrap()
}

fn read(bytes: &[u8]) -> Result<Journal> {
    Journal::parse(Path::new("journal.jsonl"), URL, bytes)
}

#[test]
fn what_was_written_is_known_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    let jobs = ["1", "2", "3", "4"].map(job);
    let mut journal = Journal::open(&path, URL).unwrap();
    for job in &jobs[..3] {
        journal.asked(job).unwrap();
    }
    journal.created(&jobs[0], JobId(7), None).unwrap();
    journal.refused(&jobs[1]).unwrap();
    drop(journal);
    let journal = Journal::read(&path, URL).unwrap();
    let asked = journal.asked_at(&jobs[2]).unwrap();
    let known = jobs.map(|job| journal.known(&job));
    assert_eq!(known, [Known::Created(JobId(7)), Known::Nothing, Known::Perhaps(asked), Known::Nothing]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("share"), "{text}");
}

#[test]
fn a_job_is_still_there_after_a_second_request_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    let one = job("1");
    let mut journal = Journal::open(&path, URL).unwrap();
    journal.asked(&one).unwrap();
    journal.created(&one, JobId(7), None).unwrap();
    journal.asked(&one).unwrap();
    assert!(matches!(journal.known(&one), Known::Perhaps(_)));
    assert_eq!(journal.owner(JobId(7)), Some(one));
    journal.refused(&one).unwrap();
    let later = Journal::read(&path, URL).unwrap();
    assert_eq!((later.known(&one), later.has_failed(&one)), (Known::Created(JobId(7)), true));
    journal.asked(&one).unwrap();
    journal.failed(&one).unwrap();
    let later = Journal::read(&path, URL).unwrap();
    assert!(later.has_failed(&one) && later.asked_at(&one).is_some());
    journal.asked(&one).unwrap();
    assert!(!journal.has_failed(&one));
    journal.created(&one, JobId(8), None).unwrap();
    let later = Journal::read(&path, URL).unwrap();
    assert_eq!((later.known(&one), later.has_failed(&one)), (Known::Created(JobId(8)), false));
    assert_eq!((later.owner(JobId(7)), later.owner(JobId(8))), (Some(one), Some(one)));
}

#[test]
fn a_server_that_failed_has_probably_made_nothing() {
    let bytes = text_of(|journal| {
        journal.asked(&job("1")).unwrap();
        journal.failed(&job("1")).unwrap();
    });
    let journal = read(&bytes).unwrap();
    assert_eq!(journal.known(&job("1")), Known::Failed(journal.asked_at(&job("1")).unwrap()));
}

#[test]
fn ids_belong_to_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    let mut here = Journal::open(&path, URL).unwrap();
    here.created(&job("1"), JobId(7), None).unwrap();
    drop(here);
    let mut elsewhere = Journal::open(&path, "https://a/p02").unwrap();
    assert_eq!(elsewhere.owner(JobId(7)), None);
    elsewhere.created(&job("2"), JobId(8), None).unwrap();
    drop(elsewhere);
    let here = Journal::read(&path, URL).unwrap();
    assert_eq!((here.owner(JobId(7)), here.owner(JobId(8))), (Some(job("1")), None));
}

#[test]
fn an_id_of_an_older_line_belongs_to_the_server_of_its_row() {
    let line = format!(r#"{{"job":"{}","event":{{"created":7}},"time":"2026-11-23T12:00:00"}}"#, job("1"));
    let mut journal = read(line.as_bytes()).unwrap();
    assert_eq!((journal.known(&job("1")), journal.owner(JobId(7))), (Known::Created(JobId(7)), None));
    journal.claim(&row("1"));
    assert_eq!(journal.owner(JobId(7)), Some(job("1")));
}

#[test]
fn a_last_line_that_was_cut_off_is_passed_over_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    let whole = text_of(|journal| {
        journal.asked(&job("1")).unwrap();
        journal.created(&job("1"), JobId(7), None).unwrap();
    });
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for end in second..=whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        let known = Journal::read(&path, URL).unwrap().known(&job("1"));
        // Without its line break it is whole all the same.
        let is_whole = end + 1 >= whole.len();
        assert_eq!(known == Known::Created(JobId(7)), is_whole, "{end}");
        Journal::open(&path, URL).unwrap().asked(&job("2")).unwrap();
        let journal = Journal::read(&path, URL).unwrap();
        assert_eq!(journal.known(&job("1")), known, "{end}");
        assert!(matches!(journal.known(&job("2")), Known::Perhaps(_)), "{end}");
    }
}

#[test]
fn a_journal_that_cannot_be_read_is_not_trusted() {
    let good = text_of(|journal| {
        for source in ["1", "2", "3"] {
            journal.asked(&job(source)).unwrap();
            journal.created(&job(source), JobId(source.parse().unwrap()), None).unwrap();
        }
    });
    let text = String::from_utf8(good.clone()).unwrap();
    let in_the_middle = |what: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(2, what);
        lines.join("\n").into_bytes()
    };
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, line, says) in [
        (vec![0; good.len()], 1, "NUL"),
        (vec![0; 3], 1, "NUL"),
        ([&good[..], &[0; 20]].concat(), 7, "NUL"),
        (vec![0xff; good.len()], 1, "is not a line"),
        (utf_16, 1, "NUL"),
        ([b"\xef\xbb\xbf", &good[..]].concat(), 1, "is not a line"),
        (text.replace("\"v\":1", "\"v\":7").into_bytes(), 1, "a later version of anon"),
        (text.lines().map(|line| format!("{}\n", &line[3..])).collect::<String>().into_bytes(), 1, "is not a line"),
        (in_the_middle(r#"{"v":1,"serv"#), 3, "is not a line"),
        (in_the_middle("what is this"), 3, "is not a line"),
        ([&good[..], b"what is this"].concat(), 7, "is not a line"),
    ] {
        let error = read(&bytes).unwrap_err().to_string();
        assert!(error.starts_with(&format!("journal.jsonl, line {line}: ")) && error.contains(says), "{error}");
        assert!(error.contains("; "), "there is a remedy: {error}");
    }
}

#[test]
fn blank_lines_and_windows_line_breaks_say_nothing() {
    let good = text_of(|journal| journal.created(&job("1"), JobId(7), None).unwrap());
    let text = format!("\n\r\n{}\n\n", String::from_utf8(good).unwrap().replace('\n', "\r\n"));
    assert_eq!(read(text.as_bytes()).unwrap().known(&job("1")), Known::Created(JobId(7)));
}

#[test]
fn a_job_that_was_just_created_sets_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(&folder);
    let mut journal = Journal::open(&path, URL).unwrap();
    journal.asked(&job("1")).unwrap();
    journal.created(&job("1"), JobId(7), Some(now() + chrono::TimeDelta::hours(2))).unwrap();
    assert!(journal.clock().is_some());
    drop(journal);
    assert!(Journal::read(&path, URL).unwrap().clock().is_some());
    assert!(Journal::read(&path, "https://another").unwrap().clock().is_none());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
