//! What `create from-mapping` says before it creates anything.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use chrono::NaiveDateTime;

use crate::batch::BatchFolder;
use crate::commands::console::Console;
use crate::commands::ids::shown;
use crate::creation::{Known, Survey, Surveyed};
use crate::dicom::SopClass;
use crate::error::Result;
use crate::plan::Planned;
use crate::problem::numbered;
use crate::settings::Server;
use crate::text::{agreeing, counted};

/// What was found out on the way.
pub fn found(console: &Console, survey: &Survey<'_>, server: &Server) {
    let created = format!("{} perhaps created on {}", agreeing(survey.found.len(), "was", "were"), server.name);
    for (ids, done, what) in [
        (&survey.found, "found", &*format!(" that {created}")),
        (&survey.adopted, "recognised", " in the batch, created by another program or on another computer"),
        (&survey.restored, "added", " of this mapping that were missing from the batch"),
    ] {
        if !ids.is_empty() {
            console.note(format_args!("{done} {}{what}: {}", counted(ids.len(), "job"), shown(ids)));
        }
    }
    if let Some(error) = &survey.unseen {
        console.warn(format_args!("cannot look for the jobs that were perhaps created: {error}"));
    }
}

/// Which rows are not created now, and why: all but `chosen`.
pub fn left_out(console: &Console, survey: &Survey<'_>, chosen: &[Surveyed<'_>]) {
    if !survey.repeated.is_empty() {
        let ask = agreeing(survey.repeated.len(), "asks", "ask");
        let lines = lines(survey.repeated.iter().copied());
        console.warn(format_args!("{lines} {ask} for the same job as an earlier row, which is created once"));
    }
    let chosen_lines: HashSet<usize> = chosen.iter().map(|row| row.planned().line).collect();
    let is_chosen = |row: &Surveyed<'_>| chosen_lines.contains(&row.planned().line);
    let perhaps: Vec<_> = survey.perhaps.iter().map(|one| one.row).filter(|row| !is_chosen(row)).collect();
    if !perhaps.is_empty() {
        let lines = lines(perhaps.iter().map(Surveyed::planned));
        let was = agreeing(perhaps.len(), "its job was", "their jobs were");
        console.warn(format_args!("{lines}: {was} perhaps created; there was no usable answer"));
    }
    let is_again = chosen.iter().any(|row| matches!(row.known, Known::Created(_)));
    let total = survey.created.len() + survey.new.len() + survey.perhaps.len() + survey.repeated.len();
    match survey.created.len() {
        0 => {}
        _ if is_again => {}
        done if chosen.len() + survey.perhaps.len() > 0 => {
            let are = agreeing(done, "already has a job and is", "already have a job and are");
            console.note(format_args!("{done} of {} {are} left out", counted(total, "row")));
        }
        1 => console.print("The row already has a job: see 'anon batch status'"),
        done => console.print(format_args!("Each of the {done} rows already has a job: see 'anon batch status'")),
    }
}

/// Which mapping is used, and where the jobs go.
///
/// # Errors
/// When the batch cannot be read.
pub fn places(console: &Console, mapping: &Path, folder: &Path, batch: &BatchFolder) -> Result<()> {
    console.note(format_args!("mapping  {}", mapping.display()));
    let so_far = match batch.load_if_present()?.map(|batch| batch.job_ids.len()) {
        None => " (new)".to_owned(),
        Some(count) => format!(" ({} so far)", counted(count, "job")),
    };
    console.note(format_args!("batch    {}{so_far}", folder.display()));
    Ok(())
}

/// That the server may ignore the kinds of files: the manual has them only for data from PACS.
pub fn kinds(console: &Console, rows: &[Surveyed<'_>], kinds: &[SopClass]) {
    let mut on_share = rows.iter().map(Surveyed::planned).filter(|row| !row.source.is_pacs()).peekable();
    if !kinds.is_empty() && on_share.peek().is_some() {
        console.warn(format_args!(
            "{}: servers are only known to filter file types from PACS; check the result",
            lines(on_share)
        ));
    }
}

/// The rows that may get, or certainly get, a second job.
pub fn risks(console: &Console, rows: &[Surveyed<'_>]) {
    /// More of them are only counted.
    const SHOWN: usize = 20;
    let perhaps: Vec<_> = rows.iter().filter(|row| !matches!(row.known, Known::Nothing | Known::Created(_))).collect();
    if perhaps.iter().any(|row| matches!(row.known, Known::Perhaps(_))) {
        console.note("these rows were sent, but there was no answer, and the server does not show their jobs:");
        for row in perhaps.iter().take(SHOWN) {
            let (planned, time) = (row.planned(), row.time.map(when).unwrap_or_default());
            let pseudonym = planned.job.pseudo_name.as_deref().unwrap_or("no pseudonym");
            console.note(format_args!("  line {}  {}  {pseudonym}  {time}", planned.line, planned.source));
        }
        if perhaps.len() > SHOWN {
            console.note(format_args!("  and {} more", perhaps.len() - SHOWN));
        }
    }
    let doubled = rows.iter().filter(|row| matches!(row.known, Known::Created(_))).count();
    if doubled > 0 {
        let (jobs, rows) = (counted(doubled, "job"), counted(rows.len(), "row"));
        let has = agreeing(doubled, "has", "have");
        console.warn(format_args!("this doubles {jobs}: {doubled} of {rows} already {has} one"));
    }
}

/// The question, as the manual has it.
pub fn question(rows: &[Surveyed<'_>], server: &Server, kinds: &[SopClass]) -> String {
    format!("This will create {}. Are you sure?", what(rows, server, kinds))
}

fn what(rows: &[Surveyed<'_>], server: &Server, kinds: &[SopClass]) -> String {
    let each = |value: fn(&Planned) -> &str| {
        let values: BTreeSet<&str> = rows.iter().map(|row| value(row.planned())).collect();
        values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ")
    };
    let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    let only = if kinds.is_empty() { String::new() } else { format!(", taking only files of {}", kinds.join(", ")) };
    format!(
        "{} on {}, for projects {}, writing data to {}{only}",
        counted(rows.len(), "job"),
        server.name,
        each(|row| &row.job.project),
        each(|row| &row.job.destination_path),
    )
}

/// What would be requested.
pub fn would_be_sent(
    console: &Console,
    survey: &Survey<'_>,
    rows: &[Surveyed<'_>],
    server: &Server,
    kinds: &[SopClass],
) {
    console.print("** Dry run, nothing will be sent to server **");
    left_out(console, survey, rows);
    if !survey.perhaps.is_empty() {
        console.note(format_args!(
            "{} perhaps created: the server is searched for them first",
            were(survey.perhaps.len())
        ));
    }
    if !survey.unknown.is_empty() && !rows.is_empty() {
        let (jobs, ids) = (counted(survey.unknown.len(), "job"), shown(&survey.unknown));
        console.note(format_args!(
            "the batch holds {jobs} that are new to this computer: the server is first asked whether they belong to these rows: {ids}"
        ));
    }
    if !rows.is_empty() {
        console.print(format_args!("This would create {}", what(rows, server, kinds)));
    }
    let call = |row: &Surveyed<'_>| {
        let mut text = format!("line {}: create_job would be called with", row.planned().line);
        for (name, value) in row.planned().job.form().pairs() {
            text.extend(["\n  ", name, ": ", &value.replace('\n', "\\n")]);
        }
        text
    };
    // Not line by line: with many rows, writing each line by itself takes longer than all the rest.
    for some in rows.chunks(1000) {
        console.print_lines(some.iter().map(call).collect::<Vec<_>>().join("\n"));
    }
    console.print(format_args!("{} would be created", counted(rows.len(), "job")));
}

/// A time as the server writes its dates.
pub fn when(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `1 job was`, `2 jobs were`.
pub fn were(jobs: usize) -> String {
    format!("{} {}", counted(jobs, "job"), agreeing(jobs, "was", "were"))
}

fn lines<'a>(rows: impl Iterator<Item = &'a Planned>) -> String {
    numbered(&rows.map(|row| row.line).collect::<Vec<_>>())
}
