use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::values::Kind;

/// Set the project and the destination that new mappings start with
///
/// Asks for each; an empty answer keeps the value in brackets.
#[derive(Args)]
#[command(after_help = "Examples:
  anon create set-defaults")]
pub struct SetDefaults {}

impl SetDefaults {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let current = &context.settings()?.job_default_parameters;
        console.note("Enter keeps the value in [brackets]");
        let mut answers = vec![];
        for kind in [Kind::Project, Kind::DestinationPath] {
            answers.push((kind, console.ask(kind.name(), current.get(kind).unwrap_or_default())?));
        }
        let defaults = context.change_settings(|settings| {
            for (kind, answer) in answers {
                settings.job_default_parameters.set(kind, answer);
            }
            Ok(settings.job_default_parameters.clone())
        })?;
        super::show_defaults::print(context, &defaults);
        Ok(())
    }
}
