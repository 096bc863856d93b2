//! What `map check` finds, and what it exits with.

use anonapi::testing::dicom_file;
use snapbox::str;

use super::env_with_mapping;
use crate::support::Env;

pub const OPTIONS: &str =
    "root_source_path,\\\\server\\share\\data\nproject,P\ndestination_path,\\\\server\\share\\out\n";

/// A mapping whose rows begin on line 8, active.
pub fn env_with(options: &str, rows: &str) -> Env {
    let env = Env::with_jobs();
    let header = "source,pseudo_id,pseudo_name";
    env.write(
        "anon_mapping.csv",
        format!("## Description ##\n## Options ##\n{options}## Mapping ##\n{header}\n{rows}"),
    );
    env.run("map activate").assert_ok();
    env
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let env = env_with_mapping();
    env.run("map check").assert(str![[r#"
exit 1
stdout:
  ./anon_mapping.csv: 2 errors in 2 rows
stderr:
  error: ./anon_mapping.csv, line 11: this is still an example row of 'anon map init' (also line 12); [..]
"#]]);
    env.run("map add-accession-numbers 1.1").assert_ok();
    env.run("map check").assert(str![[r#"
exit 0
stdout:
  ./anon_mapping.csv: 1 row, nothing wrong
"#]]);
    env.set_option("project", "NOT_SET");
    env.set_option("destination_path", "H:\\out");
    env.run("map check").assert(str![[r#"
exit 1
stdout:
  ./anon_mapping.csv: 2 errors in 1 row
stderr:
  error: ./anon_mapping.csv: no project is set; set it with 'anon map set project NAME', with the name of your anonymization project
  ./anon_mapping.csv: destination_path 'H:\out' is not a UNC path; it should look like '\\server\share\folder', so that the server can find it; see 'anon help concepts UNC path'
"#]]);
}

#[test]
fn the_file_and_its_jobs_are_checked_in_one_go_and_so_does_create() {
    let env = env_with(
        "root_source_path,H:\\data\nproject,P\ndestination_path,\\\\server\\share\\out\n",
        "acession_number:1,,A\nfolder:b,,B\nfolder:b,,C\n",
    );
    let stderr = r"
          warning: ./anon_mapping.csv, line 10: lines 9 and 10 have the same source; [..]
          error: ./anon_mapping.csv: root_source_path 'H:\data' is not a UNC path; [..]
          ./anon_mapping.csv, line 8: 'acession_number' is not a type of source; did you mean 'accession_number:'?";
    let summary = "./anon_mapping.csv: 2 errors, 1 warning in 3 rows (2 sources cannot be looked at from here)";
    env.run("map check")
        .assert(&format!("exit 1\nstdout:\n          {summary}\nstderr:{stderr}").replace("\n          ", "\n  "));
    env.answer("create from-mapping", "y\n")
        .assert(&format!("exit 1\nstderr:{stderr}").replace("\n          ", "\n  "));
}

#[test]
fn spoilt_values_are_errors_and_doubtful_ones_warnings() {
    let rows = "accession_number:1.23457E+15,1,A\naccession_number:#N/A,2,B\naccession_number:4,\"1,23457E+15\",D\n\
                accession_number:12-11-2026,5,E\naccession_number:13-11-2026,6,F\n#accession_number:7,7,G\naccession_number:8,8,H\u{200b}\n";
    let env = env_with(OPTIONS, rows);
    env.run("map check").assert(str![[r#"
exit 1
stdout:
  ./anon_mapping.csv: 3 errors, 4 warnings in 6 rows
stderr:
  warning: ./anon_mapping.csv, line 11: accession number: it looks like a date (also line 12)
  warning: ./anon_mapping.csv, line 13: this row begins with '#', so it is left out
  warning: ./anon_mapping.csv, line 14: pseudonym: invisible characters were removed: U+200B
  error: ./anon_mapping.csv, line 8: accession_number: '1.23457E+15' is a number that a spreadsheet has shortened; [..]
  ./anon_mapping.csv, line 9: accession_number: '#N/A' is an error that a spreadsheet shows, not a value; [..]
  ./anon_mapping.csv, line 10: pseudo_id: '1,23457E+15' is a number that a spreadsheet has shortened; [..]
"#]]);
    // Nothing of it is sent.
    let outcome = env.answer("create from-mapping", "y\n").assert_status(1);
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
}

#[test]
fn warnings_alone_exit_with_0_unless_strict() {
    let env = env_with(OPTIONS, "accession_number:1,1,A\naccession_number:2,1,B\n");
    let told = r"
        stdout:
          ./anon_mapping.csv: 1 warning in 2 rows
        stderr:
          warning: ./anon_mapping.csv, line 9: lines 8 and 9 have the same pseudonym; two patients under one pseudonym cannot be told apart afterwards
        ";
    env.run("map check").assert(&format!("        exit 0{told}"));
    env.run("map check --strict").assert(&format!("        exit 1{told}"));
}

#[test]
fn rows_that_are_doubtful_beside_each_other() {
    let rows = "folder:a,,Anon1\nfolder:a/B,,anon1\nfileselection:A\\b\\c\\fileselection.txt,,Jos\u{e9}\nfolder:x,,Jose\u{301}\n\
                folder:..\\..\\other,,Q\nfolder:\\\\SERVER\\share\\data\\x\\,,R\naccession_number:1,,S\naccession_number:1,,T\n";
    let env = env_with(OPTIONS, rows);
    env.run("map check").assert(str![[r#"
exit 0
stdout:
  ./anon_mapping.csv: 7 warnings in 8 rows (6 sources cannot be looked at from here)
stderr:
  warning: ./anon_mapping.csv, line 9: lines 8 and 9 have pseudonyms that Windows considers the same name; [..]
  warning: ./anon_mapping.csv, line 9: line 9 is in the folder of line 8; [..]
  warning: ./anon_mapping.csv, line 10: line 10 is in the folder of line 9; [..]
  warning: ./anon_mapping.csv, line 11: lines 10 and 11 have pseudonyms that Windows considers the same name; [..]
  warning: ./anon_mapping.csv, line 12: the path leads out of root_source_path; [..]
  warning: ./anon_mapping.csv, line 13: lines 11 and 13 have the same source; [..]
  warning: ./anon_mapping.csv, line 15: lines 14 and 15 have the same source; [..]
"#]]);
}

#[test]
fn names_that_only_this_computer_knows_are_errors() {
    let local = [
        r"\\tsclient\C\x",
        r"\\Client\C$\x",
        r"\\localhost\x\y",
        r"\\127.0.0.1\x\y",
        r"\\wsl$\Debian\x",
        r"\\wsl.localhost\Debian\x",
    ];
    for path in local {
        let options = format!("root_source_path,{path}\nproject,P\ndestination_path,{path}\n");
        let env = env_with(&options, &format!("folder:a,,A\nfolder:{path}\\b,,B\n"));
        env.run("map check").assert(&format!(
            r"
            exit 1
            stdout:
              ./anon_mapping.csv: 3 errors in 2 rows (2 sources cannot be looked at from here)
            stderr:
              error: ./anon_mapping.csv: root_source_path: '{path}' exists only on this computer; [..]
              ./anon_mapping.csv: destination_path: '{path}' exists only on this computer; [..]
              ./anon_mapping.csv, line 9: folder: '{path}\b' exists only on this computer; [..]
            "
        ));
    }
}

#[test]
fn data_beside_the_mapping_is_looked_into() {
    let env = env_with(
        OPTIONS,
        "fileselection:empty/fileselection.txt,,A\nfileselection:some/fileselection.txt,,B\nfolder:two,,C\nfolder:gone,,D\nfolder:none,,E\nfileselection:broken/fileselection.txt,,F\n",
    );
    let selection =
        |paths: &str| format!("description: d\nid: bfc33f5e-d1cc-472e-aa05-31a5979d52be\nselected_paths:{paths}\n");
    env.write("empty/fileselection.txt", selection(" []"));
    env.write("some/fileselection.txt", selection("\n- 1.dcm\n- 2.dcm\n- notes.txt"));
    env.write("some/notes.txt", "no image");
    env.write("some/1.dcm", dicom_file("p1", "1.2", "1.2.3"));
    env.write("two/1.dcm", dicom_file("p1", "1.2", "1.2.3"));
    env.write("two/deep/2.dcm", dicom_file("p2", "1.2", "1.2.4"));
    env.write("two/notes.txt", "no image");
    std::fs::create_dir(env.path("none")).unwrap();
    env.write("broken/fileselection.txt", "selected_paths: 5\n");
    env.run("map check").assert(str![[r#"
exit 1
stdout:
  ./anon_mapping.csv: 3 errors, 5 warnings in 6 rows (1 source cannot be looked at from here)
stderr:
  warning: ./anon_mapping.csv, line 9: 1 of the 3 files that the fileselection lists do not exist: '2.dcm'…; make the selection again with 'anon map add-study-folders' or 'anon select add'
  warning: ./anon_mapping.csv, line 9: 1 of the 3 files of the fileselection are not DICOM; [..]
  warning: ./anon_mapping.csv, line 10: 1 of the 3 files of the folder are not DICOM; [..]
  warning: ./anon_mapping.csv, line 10: the folder contains files of 2 patients, who would all get the pseudonym of this row; [..]
  warning: ./anon_mapping.csv, line 11: its data is not where the data of other rows is; check the name
  error: ./anon_mapping.csv, line 8: the fileselection has no files: './empty/fileselection.txt'; [..]
  ./anon_mapping.csv, line 12: the folder has no files: './none'; [..]
  ./anon_mapping.csv, line 13: [..]broken/fileselection.txt[..]
"#]]);
    // Two of them are seen without a look into the files, and nothing is asked before they are mended.
    let outcome = env.answer("create from-mapping", "y\n").assert_status(1);
    assert_eq!(
        outcome.stderr.lines().filter(|line| line.contains("fileselection.txt")).count(),
        2,
        "{}",
        outcome.story()
    );
    assert!(outcome.requests.is_empty(), "{}", outcome.story());
}

#[test]
fn a_name_that_begins_with_a_space_is_sent_with_it_and_told() {
    let env = env_with(OPTIONS, "folder: a,,A\n");
    env.run("map check").assert(str![[r#"
exit 0
stdout:
  ./anon_mapping.csv: 1 warning in 1 row (1 source cannot be looked at from here)
stderr:
  warning: ./anon_mapping.csv, line 8: folder: it begins with a space, which is taken as part of the name
"#]]);
    let outcome = env.answer("create from-mapping", "y\n").assert_ok();
    let sent: Vec<_> = outcome.requests.iter().map(ToString::to_string).collect();
    assert!(sent.iter().any(|request| request.contains(r"folder:\\server\share\data\ a")), "{sent:?}");
}

#[test]
fn a_broken_mapping_of_many_rows_prints_as_much_as_one_of_few() {
    let rows = |count: usize| "folder:,,A\n".repeat(count);
    let lines = |count: usize| env_with(OPTIONS, &rows(count)).run("map check").assert_status(1).stderr.lines().count();
    assert_eq!(lines(20), lines(20_000));
    let different: String = (0..20_000).map(|row| format!("nonsense{row},,A{row}\n")).collect();
    let outcome = env_with(OPTIONS, &different).run("map check").assert_status(1);
    assert_eq!(outcome.stderr.lines().count(), 21, "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "./anon_mapping.csv: 20000 errors in 20000 rows\n");
}

#[test]
fn scripts_get_what_is_found() {
    let env = env_with(OPTIONS, "folder:,,A\naccession_number:1,,B\naccession_number:2,,B\n");
    let outcome = env.run("map check --json").assert_status(1);
    let found = outcome.json("map-check");
    assert_eq!((&found["mapping"], &found["rows"]), (&"./anon_mapping.csv".into(), &3.into()));
    let (error, warning) = (&found["errors"][0], &found["warnings"][0]);
    assert_eq!((&error["line"], &error["message"]), (&8.into(), &"nothing follows 'folder:'".into()));
    assert_eq!(error["hint"], "write 'folder:' and a path");
    assert_eq!((&warning["line"], &warning["file"]), (&10.into(), &"./anon_mapping.csv".into()));
    assert_eq!(outcome.complaints()["exit_status"], 1);
    let outcome = env.run("map check --format csv").assert_status(1);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "\u{feff}kind,file,line,message,hint");
    assert!(lines[1].starts_with("error,./anon_mapping.csv,8,") && lines[2].starts_with("warning,"), "{lines:?}");
    assert_eq!((lines.len(), outcome.stderr.as_str()), (3, ""));
}
