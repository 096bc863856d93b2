use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;

use crate::api::JobId;
use crate::batch::Batch;
use crate::commands::complete;
use crate::commands::console::{Console, stdin};
use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten, nothing_piped, shown};
use crate::error::{Error, Result};
use crate::problem::{Place, Problem, Problems};

/// Remove job ids from the batch of this folder; the jobs stay on the server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch remove 1 2 3
  anon batch remove 20-35
  anon batch remove - < ids.txt")]
pub struct Remove {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable; '-' reads them from standard input
    #[arg(required = true, allow_negative_numbers = true, add = complete::job_ids())]
    job_ids: Vec<Typed>,
}

/// Ids, or anything else that a batch written by AnonAPI can contain.
#[derive(Debug, Clone)]
struct Typed {
    text: String,
    ids: Result<Ids, String>,
    /// Its line on standard input, if it comes from there.
    line: Option<usize>,
}

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Typed, Infallible> {
        Ok(Typed { text: text.trim().to_owned(), ids: text.parse(), line: None })
    }
}

impl Remove {
    pub fn run(self, context: &Context) -> Result<()> {
        let mut typed = vec![];
        for one in self.job_ids {
            if one.text == "-" { typed.extend(piped(&context.console)?) } else { typed.push(one) }
        }
        let (removed, absent, texts) = context.batch().change(|batch| remove(batch, typed))?;
        let removed: Vec<String> =
            Some(shown(&removed)).filter(|ids| !ids.is_empty()).into_iter().chain(texts).collect();
        if !removed.is_empty() {
            context.console.report(format_args!("Removed {} from batch", removed.join(", ")));
        }
        if absent.is_empty() {
            return Ok(());
        }
        let message = format!("not in the batch: {}", shown(&absent));
        if removed.is_empty() {
            return Err(Error::refused(message, "'anon batch info' shows what is in it"));
        }
        context.console.warn(message);
        Ok(())
    }
}

/// What is piped in, one item per line.
fn piped(console: &Console) -> Result<Vec<Typed>> {
    let items = console.items()?.into_iter();
    let typed = items.map(|item| {
        let text = item.without_comment().to_owned();
        Typed { ids: text.parse(), text, line: Some(item.line) }
    });
    Some(typed.collect::<Vec<_>>()).filter(|typed| !typed.is_empty()).ok_or_else(nothing_piped)
}

/// What was removed, what was not there, and what was removed that is not an id.
fn remove(batch: &mut Batch, typed: Vec<Typed>) -> Result<(Vec<JobId>, Vec<JobId>, Vec<String>)> {
    let (mut ids, mut texts, mut problems) = (vec![], vec![], vec![]);
    for one in typed {
        let held = batch.not_ids.len();
        batch.not_ids.retain(|known| *known != one.text);
        let is_text = batch.not_ids.len() < held;
        match one.ids {
            Ok(some) => ids.push(some),
            Err(_) if is_text => texts.push(format!("'{}'", one.text)),
            Err(fault) => match one.line {
                Some(line) => problems.push(Problem::new(Place::Line(line), fault)),
                None => return Err(Error::usage(fault, "see 'anon batch info' for what is in it")),
            },
        }
    }
    Problems::none_or(stdin(), problems)?;
    let (removed, absent) = flatten(ids).into_iter().partition(|id| batch.job_ids.remove(id));
    Ok((removed, absent, texts))
}
