//! Rows whose job is one of several, or none of them: only a person can say which.

use crate::api::JobId;
use crate::commands::console::Console;
use crate::creation::{Ending, Lookalike, Outcome, Session, Survey, Surveyed};
use crate::error::Result;
use crate::settings::Server;

/// What a person says about the jobs that may belong to a row.
enum Verdict {
    Its(JobId),
    None,
    Open,
}

/// Asks about each row whose job may be one on the server. Settled rows move to those that have a job; rows that have none
/// of these jobs have no candidates left.
///
/// # Errors
/// When the answer cannot be read or recorded.
pub fn settle<'s>(console: &Console, session: &'s Session<'_>, server: &Server, survey: &mut Survey<'s>) -> Result<()> {
    for mut doubtful in std::mem::take(&mut survey.perhaps) {
        match ask(console, server, &doubtful.row, &doubtful.lookalikes)? {
            Verdict::Its(id) => {
                session.assign(&doubtful.row, id)?;
                survey.created.push((doubtful.row, id));
                continue;
            }
            Verdict::None => doubtful.lookalikes.clear(),
            Verdict::Open => {}
        }
        survey.perhaps.push(doubtful);
    }
    Ok(())
}

/// The same at the end, for what was perhaps created just now.
///
/// # Errors
/// As [`settle`].
pub fn settle_after<'s>(
    console: &Console,
    session: &'s Session<'_>,
    server: &Server,
    ending: &mut Ending<'s>,
) -> Result<()> {
    if ending.interrupted {
        return Ok(());
    }
    for done in &mut ending.rows {
        let Outcome::Perhaps { lookalikes, .. } = &done.outcome else { continue };
        if let Verdict::Its(id) = ask(console, server, &done.row, lookalikes)? {
            session.assign(&done.row, id)?;
            done.outcome = Outcome::Found(id);
        }
    }
    Ok(())
}

fn ask(console: &Console, server: &Server, row: &Surveyed<'_>, jobs: &[Lookalike]) -> Result<Verdict> {
    if jobs.is_empty() {
        return Ok(Verdict::Open);
    }
    let line = row.planned().line;
    console
        .warn(format_args!("line {line}: its job may have been created, and may be one of these on {}:", server.name));
    for job in jobs {
        console.note(format_args!("  {}  {}  {}", job.id, job.status, job.date.as_deref().unwrap_or("no date")));
    }
    let question = format!("Which one is the job of line {line}? Type its id, 'none', or Enter to decide later");
    loop {
        let Some(answer) = console.ask_person(&question)? else { return Ok(Verdict::Open) };
        match answer.to_lowercase().as_str() {
            "" => return Ok(Verdict::Open),
            "none" => return Ok(Verdict::None),
            text => match jobs.iter().find(|job| text.parse() == Ok(job.id)) {
                Some(job) => return Ok(Verdict::Its(job.id)),
                None => console.note("please type one of these ids, 'none', or Enter"),
            },
        }
    }
}
