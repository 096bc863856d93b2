use std::convert::Infallible;
use std::str::FromStr;

use clap::Args;

use crate::api::JobId;
use crate::batch::Batch;
use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten, shown};
use crate::error::{Error, Result};

/// Remove job ids from the batch of this folder; the jobs stay on the server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch remove 1 2 3
  anon batch remove 20-35")]
pub struct Remove {
    /// Job ids (4), ranges (4-6) and lists (1,4-6); repeatable
    #[arg(required = true, allow_negative_numbers = true)]
    job_ids: Vec<Typed>,
}

/// Ids, or something else that a batch of AnonAPI can hold.
#[derive(Debug, Clone)]
struct Typed {
    text: String,
    ids: Result<Ids, String>,
}

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Typed, Infallible> {
        Ok(Typed { text: text.trim().to_owned(), ids: text.parse() })
    }
}

impl Remove {
    pub fn run(self, context: &Context) -> Result<()> {
        let (removed, absent, texts) = context.batch().change(|batch| remove(batch, self.job_ids))?;
        let removed: Vec<String> =
            Some(shown(&removed)).filter(|ids| !ids.is_empty()).into_iter().chain(texts).collect();
        if !removed.is_empty() {
            context.console.print(format_args!("Removed {} from batch", removed.join(", ")));
        }
        if !absent.is_empty() {
            context.console.note(format_args!("not in the batch: {}", shown(&absent)));
        }
        Ok(())
    }
}

/// What was removed, what was not there, and what was removed that is no id.
fn remove(batch: &mut Batch, typed: Vec<Typed>) -> Result<(Vec<JobId>, Vec<JobId>, Vec<String>)> {
    let (mut ids, mut texts) = (vec![], vec![]);
    for one in typed {
        let held = batch.not_ids.len();
        batch.not_ids.retain(|known| *known != one.text);
        let is_text = batch.not_ids.len() < held;
        match one.ids {
            Ok(some) => ids.push(some),
            Err(_) if is_text => texts.push(format!("'{}'", one.text)),
            Err(fault) => return Err(Error::usage(fault, "see 'anon batch info' for what the batch holds")),
        }
    }
    let (removed, absent) = flatten(ids).into_iter().partition(|id| batch.job_ids.remove(id));
    Ok((removed, absent, texts))
}
