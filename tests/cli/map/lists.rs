//! What is read of an input list, and what is told of it.

use super::*;
use snapbox::str;

#[test]
fn columns_are_asked_about_and_chosen() {
    let env = env_with_mapping();
    env.write("numbers.csv", "Accession No;Exam;Pseudonym (new)\n111;222;A\n");
    env.run("map add-accession-numbers -f numbers.csv").assert(str![[r#"
exit 1
stderr:
  error: ./numbers.csv, line 1: 'Pseudonym (new)' may or may not be a column of pseudonyms; read the pseudonyms from it with '--pseudonym-column "Pseudonym (new)"', or have them made up with '--no-pseudonym-column'
"#]]);
    env.run("map add-accession-numbers -f numbers.csv --no-pseudonym-column").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:111
  Done. Added 1 accession number
stderr:
  Read 1 row from 'numbers.csv': accession numbers from 'Accession No', no pseudonym column: made up 1
files:
  ~ ./anon_mapping.csv
"#]]);
    let chosen = ["--column", "exam", "--pseudonym-column", "Pseudonym (new)"];
    env.anon(["map", "add-accession-numbers", "-f", "numbers.csv"].into_iter().chain(chosen)).run().assert(str![[r#"
exit 0
stdout:
  Adding accession_number:222
  Done. Added 1 accession number
stderr:
  Read 1 row from 'numbers.csv': accession numbers from 'Exam', pseudonyms from 'Pseudonym (new)'
files:
  ~ ./anon_mapping.csv
"#]]);
}

#[test]
fn a_sheet_is_chosen_by_its_name() {
    let env = env_with_mapping();
    env.xlsx("numbers.xlsx");
    let outcome = env.run("map add-accession-numbers -f numbers.xlsx --sheet Other");
    complains(outcome, 1, "there is no sheet 'Other'; its sheets are 'Sheet1'");
    env.run("map add-accession-numbers -f numbers.xlsx --sheet sheet1 --visible-only").assert_status(0);
    env.write("numbers.csv", "accession_number\n111\n");
    complains(env.run("map add-accession-numbers -f numbers.csv --sheet S"), 1, "a text file, which has no sheets");
    complains(env.run("map add-accession-numbers 111 --sheet S"), 2, "--input-file");
}

#[test]
fn what_programs_leave_in_place_of_values_is_refused_with_nothing_added() {
    let env = env_with_mapping();
    env.write("numbers.csv", "accession_number,pseudonym\n111,A\n=A1&A2,B\nnan,C\n333:,D\nTotal,4\n");
    env.run("map add-accession-numbers -f numbers.csv").assert(str![[r#"
exit 1
stderr:
  error: ./numbers.csv, line 3: '=A1&A2' is a formula, not its result; [..]
  ./numbers.csv, line 4: 'nan' is how a program writes that there is no value; [..]
  ./numbers.csv, line 5: '333:' begins or ends with a separator, so a part of it may be missing; [..]
  ./numbers.csv, line 6: 'Total' belongs to a total, and is not an accession number; [..]
"#]]);
}

#[test]
fn what_is_doubtful_is_told_and_taken() {
    let env = env_with_mapping();
    env.write("numbers.csv", "accession_number;pseudonym\n1234567,12345678;A\n'0012345;B\n12*4;C\n");
    env.run("map add-accession-numbers -f numbers.csv").assert(str![[r#"
exit 0
stdout:
  Adding accession_number:1234567.12345678
  Adding accession_number:0012345
  Adding accession_number:12*4
  Done. Added 3 accession numbers
stderr:
  Read 3 rows from 'numbers.csv': accession numbers from 'accession_number', pseudonyms from 'pseudonym'
  warning: ./numbers.csv, line 2: accession number '1234567,12345678': its decimal comma is sent as a point
  warning: ./numbers.csv, line 3: accession number ''0012345': the apostrophe around it was removed
  warning: ./numbers.csv, line 4: accession number '12*4': there is a '*' in it (U+002A)
files:
  ~ ./anon_mapping.csv
"#]]);
}

#[test]
fn folders_are_found_with_quotes_around_them() {
    let env = env_with_mapping();
    env.patients();
    env.write("folders.csv", "folder;pseudonym\n'patient1';A\n\"\"\"patient2\"\"\";B\n");
    let outcome = env.run("map add-study-folders -f folders.csv").assert_status(0);
    assert!(outcome.stdout.contains("Done. Added ['patient1', 'patient2'] to mapping"), "{}", outcome.story());
}
