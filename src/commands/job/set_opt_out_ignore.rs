use clap::Args;

use crate::commands::complete;
use crate::commands::context::Context;
use crate::commands::ids::{Typed, read};
use crate::commands::jobs::{Action, Order, act, which};
use crate::error::{Error, Result};

/// Process jobs even though the patient has opted out, for the reason given
///
/// Only for patients who have consented to your specific research. Reset the jobs afterwards: with '--yes', 'anon job reset' takes such jobs
/// only with '--include-opted-out'.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon job set-opt-out-ignore 12 "signed consent"
  anon job set-opt-out-ignore 1-2,4 signed
  anon job set-opt-out-ignore - "signed consent" --yes < ids.txt"#)]
pub struct SetOptOutIgnore {
    /// Job ids (4), ranges (4-6) and lists (1,4-6), or '-' to read them from standard input; then the reason in quotes
    #[arg(value_names = ["JOB_IDS", "REASON"], num_args = 2.., required = true, allow_negative_numbers = true, add = complete::job_ids())]
    ids_and_reason: Vec<String>,
    /// Show which jobs would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl SetOptOutIgnore {
    pub fn run(mut self, context: &Context) -> Result<()> {
        let reason = self.ids_and_reason.pop().unwrap_or_default();
        let ids = self.ids_and_reason.iter().map(|text| text.parse::<Typed>());
        let ids = ids.collect::<std::result::Result<Vec<_>, _>>().map_err(|fault| {
            Error::usage(
                fault,
                "put a reason of several words in quotes: anon job set-opt-out-ignore 12 \"signed consent\"",
            )
        })?;
        let ids = read(&context.console, ids)?;
        let (server, client) = context.client()?;
        let what = format!("set opt-out ignore '{reason}' for {}", which(&ids, &server));
        let action = Action {
            verb: "set opt-out ignore",
            done: |id, server| format!("Set opt-out ignore for job {id} on {server}"),
            work: &|client, id| client.set_opt_out_ignore(id, &reason),
        };
        let order = Order { action: &action, what, ids, left_out: vec![], dry_run: self.dry_run };
        act(context, (&server, &client), &order)
    }
}
