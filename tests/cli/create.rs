//! `anon create`: the normal life. What can go wrong is in `creation.rs`.

use anonapi::testing::{Calls, Lie};
use snapbox::str;

use crate::support::Env;

/// A mapping of the manual's three accession numbers, ready to be created.
fn env_with_three_rows() -> Env {
    let env = Env::with_jobs();
    env.xlsx("accession_numbers.xlsx");
    env.run("map init").assert_ok();
    env.run("map add-accession-numbers --input-file accession_numbers.xlsx").assert_ok();
    env
}

#[test]
fn jobs_are_created_in_order_and_go_into_the_batch() {
    let env = env_with_three_rows();
    env.answer("create from-mapping", "y\n").assert(str![[r#"
exit 0
stdout:
  Created job with id 1001 (1 of 3, line 11)
  Created job with id 1002 (2 of 3, line 12)
  Created job with id 1003 (3 of 3, line 13)
  created 3 jobs: 1001-1003
  Saving job ids in batch in current folder
  Done
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  Follow them with 'anon batch watch'
requests:
  POST p01/create_job source_type=WADO source_name=IDC_WADO source_instance_id=accession_number:1234567.12345678 destination_type=PATH project_name=Wetenschap-Algemeen destination_path=\\server\share\out anonymizedpatientname=studyA anonymizedpatientid=studyA description=generated_[..] user_name=z123456
  POST p01/create_job source_type=WADO source_name=IDC_WADO source_instance_id=accession_number:2234567.12345678 destination_type=PATH project_name=Wetenschap-Algemeen destination_path=\\server\share\out anonymizedpatientname=studyB anonymizedpatientid=studyB description=generated_[..] user_name=z123456
  POST p01/create_job source_type=WADO source_name=IDC_WADO source_instance_id=accession_number:3234567.12345678 destination_type=PATH project_name=Wetenschap-Algemeen destination_path=\\server\share\out anonymizedpatientname=studyC anonymizedpatientid=studyC description=generated_[..] user_name=z123456
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
    env.run("batch info").assert(str![[r#"
exit 0
stdout:
  job_ids:
  - '1001'
  - '1002'
  - '1003'
  server:
    name: p01
    url: {url}/p01
"#]]);
    env.run("batch status --patient-name").assert_ok().assert_stdout(&["1001", "studyA", "studyC"]);
}

#[test]
fn a_refusal_or_the_end_of_the_input_creates_nothing() {
    let env = env_with_three_rows();
    env.answer("create from-mapping", "n\n").assert(str![[r#"
exit 0
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: n
  Cancelled: no job was created
"#]]);
    env.run("create from-mapping").assert(str![[r#"
exit 1
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]:
  error: no answer: nothing was done; run it in a terminal, pipe the answer in, or use '--yes'
"#]]);
}

#[test]
fn a_dry_run_sends_nothing_and_shows_what_it_would_send() {
    let env = env_with_three_rows();
    env.run("create from-mapping --dry-run").assert(str![[r#"
exit 0
stdout:
  ** Dry run, nothing will be sent to server **
  This would create 3 jobs on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out'
  line 11: create_job would be called with
    source_type: WADO
    source_name: IDC_WADO
    source_instance_id: accession_number:1234567.12345678
    destination_type: PATH
    project_name: Wetenschap-Algemeen
    destination_path: \\server\share\out
    anonymizedpatientname: studyA
    anonymizedpatientid: studyA
    description: generated_[..]
  line 12: create_job would be called with
    source_type: WADO
    source_name: IDC_WADO
    source_instance_id: accession_number:2234567.12345678
    destination_type: PATH
    project_name: Wetenschap-Algemeen
    destination_path: \\server\share\out
    anonymizedpatientname: studyB
    anonymizedpatientid: studyB
    description: generated_[..]
  line 13: create_job would be called with
    source_type: WADO
    source_name: IDC_WADO
    source_instance_id: accession_number:3234567.12345678
    destination_type: PATH
    project_name: Wetenschap-Algemeen
    destination_path: \\server\share\out
    anonymizedpatientname: studyC
    anonymizedpatientid: studyC
    description: generated_[..]
  3 jobs would be created
"#]]);
    env.answer("create from-mapping --filter studyB", "y\n").assert_ok().assert_stdout(&["created 1 job: 1001"]);
    let outcome = env.run("create from-mapping --dry-run").assert_ok();
    assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
    let _ = outcome
        .assert_stdout(&["This would create 2 jobs on p01"])
        .assert_stderr(&["1 of 3 rows already has a job and is left out"]);
}

#[test]
fn a_filter_chooses_rows_by_pseudonym() {
    let env = env_with_three_rows();
    env.anon(["create", "from-mapping", "--filter", "nobody", "-y"]).run().assert(str![[r#"
exit 1
stderr:
  error: no row of the mapping has the pseudonym 'nobody'; 'anon map status' shows the rows
"#]]);
    let outcome = env.anon(["create", "from-mapping", "--filter", "studyC studyA", "-y"]).run().assert_ok();
    let names: Vec<_> = outcome.requests.iter().filter_map(|call| call.param("anonymizedpatientname")).collect();
    assert_eq!(names, ["studyA", "studyC"]);
    let outcome = env.run("create from-mapping -y").assert_ok().assert_stderr(&["2 of 3 rows already have a job"]);
    let names: Vec<_> = outcome.requests.iter().filter_map(|call| call.param("anonymizedpatientname")).collect();
    assert_eq!(names, ["studyB"]);
}

#[test]
fn files_on_a_share_are_named_by_their_unc_path() {
    let env = Env::with_jobs();
    env.patients();
    env.run("map init").assert_ok();
    env.run("map add-study-folders patient1 patient2/study1").assert_ok();
    env.run("create from-mapping -y").assert_status(1).assert_stderr(&["root_source_path", "UNC"]);
    env.set_option("root_source_path", "\\\\server\\share\\data");
    let outcome = env.run("create from-mapping -y").assert_ok();
    let sources: Vec<_> = outcome.requests.iter().filter_map(|call| call.param("source_path")).collect();
    assert_eq!(
        sources,
        [
            r"fileselection:\\server\share\data\patient1\fileselection.txt",
            r"fileselection:\\server\share\data\patient2\study1\fileselection.txt"
        ]
    );
    assert!(outcome.requests.iter().all(|call| call.param("source_type") == Some("PATH")), "{}", outcome.story());
}

#[test]
fn options_defaults_and_columns_make_a_job() {
    let env = Env::with_jobs();
    env.run("map init").assert_ok();
    let root =
        "## Description ##\r\n\r\n## Options ##\r\nroot_source_path,\\\\server\\share\\data\r\npims_key,50\r\n\r\n";
    let rows = "## Mapping ##\r\nsource,pseudo_id,description,project\r\nfolder:a\\b,,no pseudonym,\r\n\
                study_instance_uid:1.2.3,007,own project,Other\r\n";
    env.write("anon_mapping.csv", format!("{root}{rows}"));
    env.run("create from-mapping -y").assert(str![[r#"
exit 0
stdout:
  Created job with id 1001 (1 of 2, line 9)
  Created job with id 1002 (2 of 2, line 10)
  created 2 jobs: 1001-1002
  Saving job ids in batch in current folder
  Done
stderr:
  mapping  ./anon_mapping.csv
  batch    . (new)
  This will create 2 jobs on p01, for projects 'Other', 'Wetenschap-Algemeen', writing data to '\\server\share\out'. Are you sure? [y/N]: y
  Follow them with 'anon batch watch'
requests:
  POST p01/create_job source_type=PATH source_path=folder:\\server\share\data\a\b destination_type=PATH project_name=Wetenschap-Algemeen destination_path=\\server\share\out description=no pseudonym pims_keyfile_id=50 user_name=z123456
  POST p01/create_job source_type=WADO source_name=IDC_WADO source_instance_id=1.2.3 destination_type=PATH project_name=Other destination_path=\\server\share\out anonymizedpatientname=007 anonymizedpatientid=007 description=own project pims_keyfile_id=50 user_name=z123456
files:
  + ./.anonbatch
  + ~/.anonapi/journal.jsonl
"#]]);
}

#[test]
fn defaults_are_set_and_used_by_the_next_mapping() {
    let env = Env::with_jobs();
    env.run("create show-defaults").assert(str![[r#"
exit 0
stdout:
  Default parameters when creating jobs:
  project:Wetenschap-Algemeen (Anonymize according to this project)
  destination_path:\\server\share\out (Write data to this UNC path after anonymization)
"#]]);
    env.answer("create set-defaults", "MyProject\n\\\\server\\other\\out\n").assert(str![[r#"
exit 0
stdout:
  Default parameters when creating jobs:
  project:MyProject (Anonymize according to this project)
  destination_path:\\server\other\out (Write data to this UNC path after anonymization)
stderr:
  Enter keeps the value in [brackets]
  project [Wetenschap-Algemeen]: MyProject
  destination_path [\\server\share\out]: \\server\other\out
files:
  ~ ~/AnonWebAPIClientSettings.yml
"#]]);
    env.answer("create set-defaults", "\n\n").assert_ok().assert_stdout(&["project:MyProject"]);
    let outcome =
        env.answer("create set-defaults", "Half\n").assert_status(1).assert_stderr(&["no answer: nothing was done"]);
    assert!(outcome.files.is_empty(), "{}", outcome.story());
    env.run("map init").assert_ok();
    let text = env.read("anon_mapping.csv");
    assert!(text.contains("project,MyProject\r\ndestination_path,\\\\server\\other\\out\r\n"), "{text}");
}

#[test]
fn a_mapping_that_is_wrong_is_refused_before_the_question() {
    let env = Env::with_jobs();
    env.run("create from-mapping").assert_status(1).assert_stderr(&["no mapping is active", "anon map init"]);
    env.run("map init").assert_ok();
    env.answer("create from-mapping", "y\n").assert(str![[r#"
exit 1
stderr:
  error: ./anon_mapping.csv, line 11: this is still an example row of 'anon map init'; delete the line, or put your own source and pseudonym there
  ./anon_mapping.csv, line 12: this is still an example row of 'anon map init'; delete the line, or put your own source and pseudonym there
"#]]);
}

#[test]
fn a_pseudonym_with_a_space_is_one_and_not_two() {
    let env = Env::with_jobs();
    env.write("list.csv", "accession_number,pseudonym\n1.1,Jan\n1.2,Jan B\n");
    env.run("map init").assert_ok();
    env.run("map add-accession-numbers -f list.csv").assert_ok();
    let outcome = env.anon(["create", "from-mapping", "--filter", "Jan B", "-y"]).run().assert_ok();
    let names: Vec<_> = outcome.requests.iter().filter_map(|call| call.param("anonymizedpatientname")).collect();
    assert_eq!(names, ["Jan B"]);
}

#[test]
fn what_is_known_of_each_row_can_be_looked_at() {
    let env = env_with_three_rows();
    env.run("create journal").assert(str![[r#"
exit 0
stdout:
    line  source                             state          id    when
  ------  ---------------------------------  -------------  ----  ------
      11  accession_number:1234567.12345678  not asked for
      12  accession_number:2234567.12345678  not asked for
      13  accession_number:3234567.12345678  not asked for
stderr:
  journal  ~/.anonapi/journal.jsonl, for p01: {url}/p01
"#]]);
    env.anon(["create", "from-mapping", "--filter", "studyA", "-y"]).run().assert_ok();
    env.idis().lie(Calls::nth("create_job", 2), Lie::Id(0));
    env.anon(["create", "from-mapping", "--filter", "studyB", "-y"]).run().assert_status(1);
    env.run("create journal").assert(str![[r#"
exit 0
stdout:
    line  source                             state              id  when
  ------  ---------------------------------  ---------------  ----  -------------------
      11  accession_number:1234567.12345678  created          1001  [..]
      12  accession_number:2234567.12345678  perhaps created        [..]
      13  accession_number:3234567.12345678  not asked for
stderr:
  journal  ~/.anonapi/journal.jsonl, for p01: {url}/p01
"#]]);
}

#[test]
fn a_journal_that_cannot_be_read_stops_it_before_anything_is_sent() {
    let env = env_with_three_rows();
    env.anon(["create", "from-mapping", "--filter", "studyA", "-y"]).run().assert_ok();
    let path = env.home().join(".anonapi").join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    for (content, says) in [
        (text.replace("\"v\":1", "\"v\":9"), "line 1: was written by a later version of anon (journal version 9)"),
        (format!("{text}\0\0\0\0"), "line 3: holds NUL bytes"),
        (format!("{{\"v\":1,\n{text}"), "line 1: is not a line of the journal"),
    ] {
        std::fs::write(&path, &content).unwrap();
        for line in [
            "create from-mapping -y",
            "create from-mapping --dry-run",
            "create from-mapping --again -y",
            "create journal",
        ] {
            let outcome = env.run(line).assert_status(1).assert_stderr(&["~/.anonapi/journal.jsonl, ", says]);
            assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
        }
    }
    // A line that was cut off is passed over.
    std::fs::write(&path, format!("{text}{}", &text[..40])).unwrap();
    env.run("create from-mapping -y").assert_ok().assert_stdout(&["created 2 jobs: 1002-1003"]);
}

#[test]
fn an_answer_may_have_a_mark_before_it() {
    let env = env_with_three_rows();
    env.answer("create from-mapping", "\u{feff}y\r\n").assert_ok().assert_stdout(&["created 3 jobs"]);
}

#[test]
fn a_dry_run_of_everything_leaves_nothing_either() {
    let env = env_with_three_rows();
    for options in ["--again", "--perhaps", "--filter studyA"] {
        let outcome = env.run(&format!("create from-mapping --dry-run {options}")).assert_ok();
        assert!(outcome.requests.is_empty() && outcome.files.is_empty(), "{}", outcome.story());
    }
}

#[test]
fn only_files_of_some_kinds_are_asked_for() {
    let env = env_with_three_rows();
    let line = "create from-mapping --filter studyA --sop-class CTImageStorage --sop-class 1.2.840.10008.5.1.4.1.1.4 --sop-class CTImageStorage";
    env.answer(line, "y\n").assert(
        r"
        exit 0
        stdout:
          Created job with id 1001 (1 of 1, line 11)
          created 1 job: 1001
          Saving job ids in batch in current folder
          Done
        stderr:
          mapping  ./anon_mapping.csv
          batch    . (new)
          This will create 1 job on p01, for projects 'Wetenschap-Algemeen', writing data to '\\server\share\out', taking only files of CT Image Storage, MR Image Storage. Are you sure? [y/N]: y
          Follow them with 'anon batch watch'
        requests:
          POST p01/create_job [..] source_sop_class_filter_list=1.2.840.10008.5.1.4.1.1.2, 1.2.840.10008.5.1.4.1.1.4 user_name=z123456
        files:
          + ./.anonbatch
          + ~/.anonapi/journal.jsonl
        ",
    );
    // The kinds are part of what makes a job, whatever their order.
    let again = "create from-mapping --filter studyA --sop-class MRImageStorage --sop-class CTImageStorage";
    let outcome = env.run(again).assert_ok().assert_stdout(&["already has a job"]);
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
    env.answer("create from-mapping --filter studyA", "n\n").assert_ok().assert_stderr(&["This will create 1 job"]);
    let with = "--sop-class MRImageStorage --sop-class CTImageStorage";
    let known = |line: &str| env.run(line).assert_ok().stdout.contains("1001");
    assert!(known(&format!("create journal {with}")) && !known("create journal"));
    env.run("create from-mapping --dry-run --sop-class CTImageStorage").assert_ok().assert_stdout(&[
        "taking only files of CT Image Storage",
        "source_sop_class_filter_list: 1.2.840.10008.5.1.4.1.1.2",
    ]);
}

#[test]
fn kinds_of_files_on_a_share_may_not_be_heeded() {
    let env = Env::with_jobs();
    let options = "root_source_path,\\\\server\\share\\data\nproject,P\ndestination_path,\\\\server\\share\\out\n";
    let rows = "source,pseudo_name\nfolder:a,A\naccession_number:1,B\n";
    env.write("anon_mapping.csv", format!("## Description ##\n## Options ##\n{options}## Mapping ##\n{rows}"));
    env.run("map activate").assert_ok();
    let warns =
        |line: &str| env.answer(line, "n\n").assert_ok().stderr.contains("warning: line 8: servers are only known");
    assert!(warns("create from-mapping --sop-class CTImageStorage"));
    assert!(warns("create from-mapping --sop-class CTImageStorage --dry-run"));
    assert!(!warns("create from-mapping --sop-class CTImageStorage --filter B") && !warns("create from-mapping"));
}

#[test]
fn what_is_no_kind_of_files_is_refused_before_anything_is_sent() {
    let env = env_with_three_rows();
    for (typed, hint) in [
        ("CTImageStorag", "did you mean 'CTImageStorage'?"),
        ("Verification", "annex A"),
        ("1.2.840.10008.1.2", "annex A"),
    ] {
        let outcome = env.answer(&format!("create from-mapping --sop-class {typed}"), "y\n").assert_status(2);
        assert!(outcome.stderr.contains("is not a SOP class of DICOM files") && outcome.stderr.contains(hint));
        assert!(outcome.requests.is_empty(), "{}", outcome.story());
    }
}
