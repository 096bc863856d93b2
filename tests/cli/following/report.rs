use std::path::Path;

use anonapi::api::JobId;
use anonapi::testing::{FakeIdis, FakeJob};
use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::json;
use snapbox::str;

use super::{created, created_elsewhere, failed, with_jobs};
use crate::support::Env;

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range("jobs").unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// A failed, a finished and a lost job.
fn three() -> Env {
    let opted_out = "Patient \"123456\" does not want his or her data to be used for research";
    let env = with_jobs([failed(1, opted_out).field("files_processed", 0), FakeJob::new(JobId(2))]);
    env.run("batch add 99").assert_ok();
    env
}

#[test]
fn a_workbook_has_a_row_a_job() {
    let env = created(FakeIdis::builder());
    env.run("batch report jobs.xlsx").assert(str![[r#"
exit 0
stdout:
  Wrote 3 jobs to 'jobs.xlsx': it lists sources next to pseudonyms, so keep it as safe as the mapping
requests:
  GET p01/get_jobs_list_extended [..]
files:
  + ./jobs.xlsx
"#]]);
    let rows = rows(&env.work().join("jobs.xlsx"));
    assert_eq!(rows[2][..5], ["11", "accession_number:12.2", "B", "1002", "ACTIVE"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = env.work().join("jobs.xlsx");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        // Also when it replaces one that a spreadsheet has saved for everybody.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        env.run("batch report jobs.xlsx").assert_ok();
        assert_eq!(mode(), 0o600);
    }
}

#[test]
fn what_failed_and_what_is_lost_has_a_cause_and_a_remedy() {
    let env = three();
    env.run("batch report jobs.xlsx").assert_ok();
    let rows = rows(&env.work().join("jobs.xlsx"));
    assert_eq!(rows[1][8], "The patient has opted out");
    assert!(rows[1][9].starts_with("Do not use this data."), "{rows:?}");
    assert_eq!(rows[2][8..], ["", ""]);
    assert_eq!(rows[3][3..5], ["99", "NOT_FOUND"]);
    assert!(!rows.iter().flatten().any(|cell| cell.contains("123456")), "an identifier of the server's text: {rows:?}");
}

#[test]
fn it_works_without_the_mapping_and_for_jobs_of_another_program() {
    let env = created_elsewhere();
    env.run("batch report a.json").assert_ok();
    let report: serde_json::Value = serde_json::from_str(&env.read("a.json")).unwrap();
    assert_eq!(
        (&report["jobs"][2]["line"], &report["jobs"][2]["source"]),
        (&json!(12), &json!("study_instance_uid:1.2.3"))
    );
    std::fs::remove_file(env.work().join("anon_mapping.csv")).unwrap();
    env.run("batch report a.json").assert_ok();
    let report: serde_json::Value = serde_json::from_str(&env.read("a.json")).unwrap();
    assert_eq!(report["jobs"][1]["line"], json!(null));
    assert_eq!(
        (&report["jobs"][1]["source"], &report["jobs"][1]["pseudonym"]),
        (&json!("accession_number:12.2"), &json!("B"))
    );
}

#[test]
fn only_a_report_is_replaced() {
    let env = three();
    for file in ["a.xlsx", "a.csv", "a.json"] {
        env.run(&format!("batch report {file}")).assert_ok();
        let outcome = env.run(&format!("batch report {file} --no-source")).assert_ok();
        assert!(outcome.stdout.ends_with("pseudonyms, without sources\n"), "{}", outcome.stdout);
        env.write(file, "somebody's work");
        let outcome = env.run(&format!("batch report {file}")).assert_status(1);
        let told = format!(
            "error: '{file}' already exists and is not a batch report: it was left alone; choose another name\n"
        );
        assert_eq!((outcome.stderr, outcome.requests.len()), (told, 0));
        assert_eq!(env.read(file), "somebody's work");
    }
    let outcome = env.run("batch report a.pdf").assert_status(2);
    assert!(outcome.stderr.contains("'a.pdf' does not end in .xlsx, .csv or .json"), "{}", outcome.stderr);
}

#[test]
fn sources_are_left_out_for_a_colleague() {
    let env = created(FakeIdis::builder());
    env.run("batch report a.csv --no-source").assert_ok();
    let text = env.read("a.csv");
    assert!(text.starts_with("\u{feff}pseudonym,job_id,status,"), "{text}");
    assert!(text.contains("A,1001,ACTIVE") && !text.contains("accession"), "{text}");
    let view = env.run("batch report - --json --no-source").assert_ok().json("batch-report");
    assert_eq!((&view["jobs"][0]["pseudonym"], &view["jobs"][0]["source"]), (&json!("A"), &json!(null)));
}

#[test]
fn it_can_go_to_standard_output() {
    let env = three();
    for line in ["batch report -", "batch report - --format csv"] {
        let outcome = env.run(line).assert_ok();
        assert!(outcome.stdout.starts_with("\u{feff}line,source,pseudonym,job_id,"), "{}", outcome.stdout);
        assert!(outcome.files.is_empty(), "{}", outcome.story());
    }
    let view = env.run("batch report - --json").assert_ok().json("batch-report");
    assert_eq!((&view["report"], &view["jobs"][2]["status"]), (&json!("anon batch report"), &json!("NOT_FOUND")));
}

#[test]
fn nothing_in_it_is_a_formula() {
    let named = |id: i64, pseudonym: &str| {
        FakeJob::new(JobId(id))
            .field("source_anonymizedpatientname", pseudonym)
            .field("source_path", "@SUM(A1)")
            .field("source_instance_id", serde_json::Value::Null)
    };
    let env = with_jobs([named(1, "=1+1"), named(2, "-007"), named(3, "+cmd|' /C calc'!A0"), named(4, "007")]);
    let csv = env.run("batch report -").assert_ok().stdout;
    for (line, start) in csv.lines().skip(1).zip([
        ",'@SUM(A1),'=1+1,1,",
        ",'@SUM(A1),-007,2,",
        ",'@SUM(A1),'+cmd|' /C calc'!A0,3,",
        ",'@SUM(A1),007,4,",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    let view = env.run("batch report - --json").assert_ok().json("batch-report");
    assert_eq!(view["jobs"][0]["pseudonym"], "=1+1");
    env.run("batch report jobs.xlsx").assert_ok();
    let mut workbook: Xlsx<_> = open_workbook(env.work().join("jobs.xlsx")).unwrap();
    assert!(workbook.worksheet_formula("jobs").unwrap().is_empty());
    let names: Vec<_> = rows(&env.work().join("jobs.xlsx")).into_iter().skip(1).map(|row| row[2].clone()).collect();
    assert_eq!(names, ["=1+1", "-007", "+cmd|' /C calc'!A0", "007"]);
}

#[test]
fn where_it_cannot_be_written_is_told_before_the_server_is_asked() {
    let env = three();
    for (file, told) in [
        ("nowhere/a.xlsx", "nowhere' is not there; check the name, and whether the share is connected"),
        ("a", "'a' does not end in .xlsx, .csv or .json"),
    ] {
        let outcome = env.run(&format!("batch report {file}"));
        assert!(outcome.status != 0 && outcome.stderr.contains(told), "{}", outcome.story());
        assert!(outcome.requests.is_empty(), "{}", outcome.story());
    }
    env.run("batch report a.xlsx").assert_ok();
    env.write(".~lock.a.xlsx#", "LibreOffice");
    let outcome = env.run("batch report a.xlsx").assert_status(1);
    assert!(
        outcome.stderr.contains("a.xlsx' is open in an editor") && outcome.requests.is_empty(),
        "{}",
        outcome.story()
    );
}
