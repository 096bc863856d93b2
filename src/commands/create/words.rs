//! What `create from-mapping` says before it creates anything.

use std::collections::BTreeSet;
use std::path::Path;

use crate::batch::BatchFolder;
use crate::commands::console::Console;
use crate::commands::ids::shown;
use crate::creation::{Known, Survey, Surveyed};
use crate::error::Result;
use crate::plan::Planned;
use crate::settings::Server;
use crate::text::counted;

/// What was found out on the way.
pub fn found(console: &Console, survey: &Survey<'_>, server: &Server) {
    if !survey.found.is_empty() {
        let ids = shown(&survey.found);
        console.note(format_args!(
            "found what was perhaps created on {}: {}: {ids}",
            server.name,
            counted(survey.found.len(), "job")
        ));
    }
    if !survey.adopted.is_empty() {
        let (jobs, ids) = (counted(survey.adopted.len(), "job"), shown(&survey.adopted));
        console.note(format_args!(
            "recognised {jobs} of the batch, created by another program or on another computer: {ids}"
        ));
    }
    if !survey.restored.is_empty() {
        let (jobs, ids) = (counted(survey.restored.len(), "job"), shown(&survey.restored));
        console.note(format_args!("added {jobs} of this mapping to the batch, which did not have them: {ids}"));
    }
    if let Some(error) = &survey.unseen {
        console.warn(format_args!("cannot look for the jobs that were perhaps created: {error}"));
    }
}

/// Which rows are not created now, and why.
pub fn left_out(console: &Console, survey: &Survey<'_>, chosen: usize) {
    if !survey.repeated.is_empty() {
        let lines = lines(survey.repeated.iter().copied());
        let ask = if survey.repeated.len() == 1 { "asks" } else { "ask" };
        console.warn(format_args!("{lines} {ask} for the same job as an earlier row, which is created once"));
    }
    let total = survey.created.len() + survey.new.len() + survey.perhaps.len() + survey.repeated.len();
    match survey.created.len() {
        0 => {}
        done if chosen + survey.perhaps.len() > 0 => {
            let has = if done == 1 { "already has" } else { "already have" };
            console.note(format_args!("{done} of {} {has} a job", counted(total, "row")));
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
        None => String::new(),
        Some(count) => format!(" ({} so far)", counted(count, "job")),
    };
    console.note(format_args!("batch    {}{so_far}", folder.display()));
    Ok(())
}

/// The rows that may get, or certainly get, a second job.
pub fn risks(console: &Console, rows: &[Surveyed<'_>]) {
    /// More of them are only counted.
    const SHOWN: usize = 20;
    let perhaps: Vec<_> = rows.iter().filter(|row| !matches!(row.known, Known::Nothing | Known::Created(_))).collect();
    if perhaps.iter().any(|row| matches!(row.known, Known::Perhaps(_))) {
        console.note("these rows were asked for, no answer came, and the server does not show their jobs:");
        for row in perhaps.iter().take(SHOWN) {
            let (planned, time) = (row.planned(), row.time.map(|time| time.to_string()).unwrap_or_default());
            let pseudonym = planned.job.pseudo_name.as_deref().unwrap_or("no pseudonym");
            console.note(format_args!("  line {}  {}  {pseudonym}  {time}", planned.line, planned.source));
        }
        if perhaps.len() > SHOWN {
            console.note(format_args!("  and {} more", perhaps.len() - SHOWN));
        }
    }
    let doubled = rows.iter().filter(|row| matches!(row.known, Known::Created(_))).count();
    if doubled > 0 {
        let (of, has) = (counted(rows.len(), "row"), if doubled == 1 { "has" } else { "have" });
        console.warn(format_args!("{doubled} of {of} already {has} a job: this doubles {}", counted(doubled, "job")));
    }
}

/// The question, as the manual has it.
pub fn question(rows: &[Surveyed<'_>], server: &Server) -> String {
    format!("This will create {}. Are you sure?", what(rows, server))
}

fn what(rows: &[Surveyed<'_>], server: &Server) -> String {
    let each = |value: fn(&Planned) -> &str| {
        let values: BTreeSet<&str> = rows.iter().map(|row| value(row.planned())).collect();
        values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ")
    };
    format!(
        "{} on {}, for projects {}, writing data to {}",
        counted(rows.len(), "job"),
        server.name,
        each(|row| &row.job.project),
        each(|row| &row.job.destination_path),
    )
}

/// What would be asked for.
pub fn would_be_sent(console: &Console, survey: &Survey<'_>, rows: &[Surveyed<'_>], server: &Server) {
    console.print("** Dry run, nothing will be sent to server **");
    left_out(console, survey, rows.len());
    if !survey.perhaps.is_empty() {
        console.note(format_args!(
            "{} perhaps created: they are looked for on the server first",
            were(survey.perhaps.len())
        ));
    }
    if !rows.is_empty() {
        console.print(format_args!("This would create {}", what(rows, server)));
    }
    let call = |row: &Surveyed<'_>| {
        let mut text = format!("line {}: create_job would be called with", row.planned().line);
        for (name, value) in row.planned().job.form().pairs() {
            text.extend(["\n  ", name, ": ", value]);
        }
        text
    };
    // Not line by line: with many rows, writing each line by itself takes longer than all the rest.
    for some in rows.chunks(1000) {
        console.print(some.iter().map(call).collect::<Vec<_>>().join("\n"));
    }
    console.print(format_args!("{} would be created", counted(rows.len(), "job")));
}

/// `1 row was`, `2 rows were`.
pub fn were(rows: usize) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "was" } else { "were" })
}

fn lines<'a>(rows: impl Iterator<Item = &'a Planned>) -> String {
    let numbers: Vec<String> = rows.map(|row| row.line.to_string()).collect();
    match numbers.as_slice() {
        [one] => format!("line {one}"),
        [most @ .., last] if most.len() < 10 => format!("lines {} and {last}", most.join(", ")),
        [first, .., last] => format!("{} lines, from {first} to {last},", numbers.len()),
        [] => String::new(),
    }
}
