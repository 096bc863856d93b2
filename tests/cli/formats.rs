//! `--format` and `--json`: results that scripts read, and errors as one object.

use anonapi::testing::{Calls, Fault, FaultyProxy};
use serde_json::{Value, json};
use snapbox::str;

use crate::support::Env;

#[test]
fn results_are_of_the_documented_shapes() {
    let env = Env::with_jobs();
    let jobs = env.run("job list 1 2 --json").assert_ok().json("jobs");
    assert_eq!(jobs["server"], "p01");
    assert_eq!(jobs["jobs"][1]["job_id"], 2);
    let servers = env.run("server list --format json").assert_ok().json("servers");
    assert_eq!(servers["servers"][0]["active"], true);
}

#[test]
fn what_has_no_result_of_its_own_tells_what_it_has_done() {
    let env = Env::with_jobs();
    env.patients();
    for (command, done) in [
        ("batch init", "Initialised batch for p01"),
        ("batch add 1-3", "Added 1-3 to batch"),
        ("batch remove 2", "Removed 2 from batch"),
        ("batch delete", "it held these jobs of p01"),
        ("server add extra http://localhost/extra", "added extra"),
        ("server activate extra", "Set active server to extra"),
        ("server remove extra", "removed extra"),
        ("server activate p01", "Set active server to p01"),
        ("settings user set-username jane", "username is now 'jane'"),
        ("map init", "Initialised example mapping"),
        ("map set project P", "Set project to 'P'"),
        ("map add-accession-numbers 1.2", "Added 1 accession number"),
        ("map add-study-folders patient1", "Done. Added ['patient1'] to mapping"),
        ("select add *", "selection now contains"),
        ("map delete --yes", "Removed mapping"),
        ("man pages", "pages to 'pages'"),
    ] {
        let view = env.run(&format!("{command} --json")).assert_ok().json("done");
        let lines = view["done"].as_array().unwrap();
        assert!(lines.iter().any(|line| line.as_str().unwrap().contains(done)), "{command}: {view}");
    }
    let csv = env.run("batch init --format csv").assert_ok().stdout;
    assert!(csv.starts_with("\u{feff}done\r\n") && csv.contains("Initialised batch for"), "{csv}");
    assert_eq!(env.run("batch add 1 --json --quiet").assert_ok().json("done"), json!({"done": []}));
    // What failed has no result, unless it has done something before.
    assert_eq!(env.run("batch init --json").assert_status(1).stdout, "");
    // What is a document already stays as it is.
    assert!(!env.run("completions bash --json").assert_ok().stdout.contains("\"done\""));
    assert!(env.run("settings show --help --json").assert_ok().stdout.contains("Usage: "));
}

#[test]
fn a_tip_is_for_people() {
    let env = env_with_mapping();
    for (options, is_told) in
        [("--dry-run", false), ("--quiet", false), ("--format csv", false), ("--json", false), ("", true)]
    {
        let outcome = env.run(&format!("create from-mapping --yes --again {options}")).assert_ok();
        assert_eq!(outcome.story().contains("Follow them with 'anon batch watch'"), is_told, "{}", outcome.story());
    }
}

#[test]
fn what_was_done_and_what_failed_is_told() {
    let env = Env::with_jobs();
    let outcome = env.run("job reset 1 99999 -y --json").assert_status(1);
    let acted = outcome.json("acted");
    assert_eq!((&acted["done"], &acted["failed"][0]["job_id"]), (&json!([1]), &json!(99999)));
    let complaints = outcome.complaints();
    assert_eq!(complaints["exit_status"], 1);
    assert!(complaints["error"].as_str().is_some_and(|text| text.contains("1 done, 1 failed")), "{complaints}");
}

#[test]
fn csv_is_all_that_is_on_stdout() {
    let env = Env::with_jobs();
    let outcome = env.run("job list 1 --format csv").assert_ok();
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "\u{feff}job_id,date,status,files_downloaded,files_processed,user_name,error");
    assert!(lines.len() == 2 && lines[1].starts_with("1,"), "{lines:?}");
}

#[test]
fn wrong_usage_is_an_object_too() {
    let complaints = Env::new().run("job reset --json").assert_status(2).complaints();
    assert_eq!(complaints["exit_status"], 2);
}

#[test]
fn a_question_that_nobody_answers_is_part_of_the_object() {
    let env = Env::with_jobs();
    for answer in ["", "perhaps\n"] {
        let complaints = env.answer("job reset 1 --json", answer).assert_status(1).complaints();
        assert!(complaints["error"].as_str().unwrap().starts_with("no answer: nothing was done"), "{complaints}");
        assert_eq!(complaints["warnings"], json!(["This will reset job 1 on p01. Are you sure? [y/N]:"]));
    }
    let outcome = env.answer("job reset - --json", "1\n").assert_status(1);
    assert!(outcome.complaints()["hint"].as_str().unwrap().contains("--yes"));
    for (answer, done) in [("n\n", json!([])), ("y\n", json!([1]))] {
        let outcome = env.answer("job reset 1 --json", answer).assert_ok();
        assert_eq!((&outcome.json("acted")["done"], outcome.stderr.as_str()), (&done, ""));
    }
}

#[test]
fn quiet_leaves_out_what_was_done() {
    Env::with_jobs().run("job reset 1 -y -q").assert(str![[r#"
exit 0
requests:
  GET p01/get_jobs_list job_ids=1 user_name=z123456
  POST p01/modify_job job_id=1 status=ACTIVE[..]
"#]]);
}

/// Two rows that become jobs, and a third that asks for the same as the second.
fn env_with_mapping() -> Env {
    let env = Env::with_jobs();
    env.write(
        "anon_mapping.csv",
        "## Description ##\nA test\n## Options ##\nproject,P\ndestination_path,\\\\server\\share\\out\n## Mapping ##\n\
         source,pseudo_name\naccession_number:1.1,A\naccession_number:2.2,B\naccession_number:2.2,B\n",
    );
    env.run("map activate").assert_ok();
    env
}

fn numbers(list: &Value, field: &str) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|item| item[field].as_i64().unwrap()).collect()
}

#[test]
fn every_command_that_reads_has_a_shape() {
    let env = env_with_mapping();
    env.run("batch init").assert_ok();
    env.run("batch add 1-3").assert_ok();
    env.write("fileselection.txt", "id: x\ndescription: two\nselected_paths:\n- a/b\n- c\n");

    let status = env.run("status --json").assert_ok().json("status");
    assert_eq!((&status["user_name"], &status["servers"][0]["name"]), (&json!("z123456"), &json!("p01")));
    assert!(status["active_mapping"].as_str().unwrap().ends_with("anon_mapping.csv"), "{status}");
    assert_eq!(env.run("server status --json").assert_ok().json("server-status")["online"], true);
    assert_eq!(env.run("server jobs --json").assert_ok().json("jobs")["jobs"].as_array().unwrap().len(), 7);
    let batch = env.run("batch info --json").assert_ok().json("batch");
    assert_eq!((&batch["server"], &batch["job_ids"]), (&json!("p01"), &json!([1, 2, 3])));
    let mapping = env.run("map status --json").json("mapping");
    assert_eq!(numbers(&mapping["rows"], "line"), [8, 9, 10]);
    assert_eq!(mapping["rows"][0]["pseudonym"], "A");
    assert_eq!(mapping["options"][1]["value"], r"\\server\share\out");
    assert_eq!(env.run("select status --json").assert_ok().json("selection")["files"], json!(["a/b", "c"]));
    let defaults = env.run("create show-defaults --json").assert_ok().json("defaults");
    assert_eq!(defaults["parameters"][0]["value"], "Wetenschap-Algemeen");
    let journal = env.run("create journal --json").json("journal");
    assert_eq!((&journal["rows"][0]["state"], &journal["rows"][0]["job_id"]), (&json!("not asked for"), &Value::Null));
}

#[test]
fn a_job_is_told_with_what_to_do() {
    let env = Env::with_jobs();
    let outcome = env.run("job info 2 99 --json").assert_status(1);
    let details = outcome.json("job-details");
    let job = &details["jobs"][0];
    assert_eq!(
        (&job["job_id"], &job["pseudonym"], &job["project"]),
        (&json!(2), &json!("name2"), &json!("Wetenschap-Algemeen"))
    );
    assert_eq!((&job["source"], &job["pims_key"]), (&json!(r"\\server\share\in"), &Value::Null));
    assert!(job["what_to_do"].as_str().unwrap().contains("Do not use this data"), "{job}");
    assert!(outcome.complaints()["error"].as_str().unwrap().contains("99"), "{}", outcome.story());
}

#[test]
fn the_token_is_in_no_view() {
    let env = Env::with_jobs();
    let text = env.read_settings().replace("user_token: token", "user_token: s3cr3t");
    env.write_settings(&text);
    let settings = env.run("settings show --json").assert_ok().json("settings");
    assert_eq!((&settings["has_token"], &settings["validate_ssl"]), (&json!(true), &json!(true)));
    for command in ["settings show", "status", "server list", "create show-defaults"] {
        for format in ["table", "csv", "json"] {
            let outcome = env.run(&format!("{command} --format {format} -vv")).assert_ok();
            assert!(!outcome.stdout.contains("s3cr3t") && !outcome.stderr.contains("s3cr3t"), "{}", outcome.story());
        }
    }
}

#[test]
fn what_was_created_is_told_row_by_row() {
    let env = env_with_mapping();
    let rehearsed = env.run("create from-mapping --dry-run --json").assert_ok();
    let view = rehearsed.json("created");
    assert!(rehearsed.requests.is_empty() && rehearsed.files.is_empty(), "{}", rehearsed.story());
    assert_eq!((&view["dry_run"], numbers(&view["not_tried"], "line")), (&json!(true), vec![8, 9]));
    assert_eq!(numbers(&view["left_out"], "line"), [10]);

    let refused = env.answer("create from-mapping --json", "n\n").assert_ok().json("created");
    assert_eq!((numbers(&refused["not_tried"], "line"), &refused["created"]), (vec![8, 9], &json!([])));

    let proxy = FaultyProxy::before(env.idis());
    env.settings_for(&[("p01", &proxy.url("p01"))]);
    env.run("map activate").assert_ok();
    proxy.on(Calls::nth("create_job", 2), Fault::json(400, r#"{"errors": {"project_name": "is not known"}}"#));
    let outcome = env.run("create from-mapping --json --yes").assert_status(1);
    let view = outcome.json("created");
    assert_eq!((numbers(&view["created"], "line"), numbers(&view["created"], "job_id")), (vec![8], vec![1001]));
    assert_eq!(view["created"][0]["pseudonym"], "A");
    assert_eq!(numbers(&view["failed"], "line"), [9]);
    assert!(view["failed"][0]["error"].as_str().unwrap().contains("is not known"), "{view}");
    assert_eq!(outcome.complaints()["exit_status"], 1);

    env.run("create from-mapping --json --yes").assert_ok();
    let again = env.run("create from-mapping --json --yes").assert_ok().json("created");
    assert_eq!((&again["created"], numbers(&again["left_out"], "line")), (&json!([]), vec![8, 9, 10]));
    let csv = env.run("create from-mapping --format csv --yes").assert_ok().stdout;
    assert_eq!(csv.lines().nth(1), Some("8,accession_number:1.1,A,left out,1001,"), "{csv}");
}

#[test]
fn an_end_without_anything_to_do_has_its_shape_too() {
    let env = Env::with_jobs();
    env.run("batch init").assert_ok();
    env.run("batch add 3").assert_ok();
    for command in ["batch reset-error", "batch cancel-active"] {
        let outcome = env.run(&format!("{command} -y --json")).assert_status(1);
        let acted = outcome.json("acted");
        assert_eq!((&acted["done"], &acted["not_tried"]), (&json!([]), &json!([])), "{command}");
        assert!(
            outcome.complaints()["error"].as_str().unwrap().contains("there are no jobs to"),
            "{}",
            outcome.story()
        );
    }
    assert_eq!(env.run("job list --json").assert_ok().json("jobs")["jobs"], json!([]));
}

#[test]
fn every_csv_has_as_many_cells_as_columns() {
    let env = env_with_mapping();
    env.run("batch init").assert_ok();
    env.run("batch add 1-3").assert_ok();
    env.write("fileselection.txt", "id: x\ndescription: two\nselected_paths:\n- a/b\n");
    for command in [
        "status",
        "server list",
        "server status",
        "server jobs",
        "job list 1",
        "job info 2",
        "batch info",
        "map status",
        "select status",
        "settings show",
        "create show-defaults",
        "create journal",
        "create from-mapping --dry-run",
        "job reset 1 --dry-run",
    ] {
        let outcome = env.run(&format!("{command} --format csv")).assert_status(0);
        let text = outcome.stdout.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{}", outcome.story()));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        // The reader refuses rows of different lengths.
        let rows: Vec<_> =
            reader.records().collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{command}: {error}"));
        assert!(rows.len() > 1, "{}", outcome.story());
    }
}
