use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::values::Parameters;

/// Show the parameters that new mappings start with
#[derive(Args)]
#[command(after_help = "Examples:
  anon create show-defaults")]
pub struct ShowDefaults {}

impl ShowDefaults {
    pub fn run(self, context: &Context) -> Result<()> {
        print(context, &context.settings()?.job_default_parameters);
        Ok(())
    }
}

/// One line for each parameter, with what it is for.
pub fn print(context: &Context, defaults: &Parameters) {
    context.console.print("Default parameters when creating jobs:");
    for (kind, value) in defaults.iter() {
        context.console.print(format_args!("{}:{value} ({})", kind.name(), kind.explanation()));
    }
}
