use clap::Args;

use crate::commands::context::Context;
use crate::commands::ids::{Ids, flatten};
use crate::commands::jobs::{Action, act, which};
use crate::error::{Error, Result};

/// Have jobs processed although the patient has opted out, for the reason given
///
/// Only for data whose patient has consented to your specific research.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon job set-opt-out-ignore 12 "signed consent"
  anon job set-opt-out-ignore 1-2,4 signed"#)]
pub struct SetOptOutIgnore {
    /// Job ids (4), ranges (4-6) and lists (1,4-6), then the reason in quotes
    #[arg(value_names = ["JOB_IDS", "REASON"], num_args = 2.., required = true, allow_negative_numbers = true)]
    ids_and_reason: Vec<String>,
}

impl SetOptOutIgnore {
    pub fn run(mut self, context: &Context) -> Result<()> {
        let reason = self.ids_and_reason.pop().unwrap_or_default();
        let ids = self.ids_and_reason.iter().map(|text| text.parse::<Ids>());
        let ids = ids.collect::<std::result::Result<Vec<_>, _>>().map_err(|fault| {
            Error::usage(
                fault,
                "a reason of several words goes in quotes: anon job set-opt-out-ignore 12 \"signed consent\"",
            )
        })?;
        let ids = flatten(ids);
        let (server, client) = context.client()?;
        let jobs = which(&ids, &server);
        let question = format!("This will set opt-out ignore '{reason}' for {jobs}. Are you sure?");
        let action = Action {
            verb: "set opt-out ignore",
            done: |id, server| format!("Set opt-out ignore for job {id} on {server}"),
        };
        act(context, (&server, &client), &ids, &action, &question, |client, id| client.set_opt_out_ignore(id, &reason))
    }
}
