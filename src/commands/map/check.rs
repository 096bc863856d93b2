use std::path::Path;

use clap::Args;

use crate::commands::console::Interrupt;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::plan::{self, Checked, Looking};
use crate::problem::{Problems, grouped};
use crate::text::counted;

/// Check the mapping: all that 'create from-mapping' would refuse, and all that is doubtful
///
/// Sources that this computer can see are looked into: files that are missing, files that are not DICOM, files of several patients.
/// Exits with 1 if there are errors.
#[derive(Args)]
#[command(after_help = "Examples:
  anon map check
  anon map check --strict")]
pub struct Check {
    /// Exit with 1 for warnings, too
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub fn run(self, context: &Context) -> Result<()> {
        let found = report(context, &context.mapping_path()?)?;
        let fails = !found.errors.is_empty() || self.strict && !found.warnings.is_empty();
        if fails { Err(Error::Told) } else { Ok(()) }
    }
}

/// Checks a mapping and tells what was found.
pub fn report(context: &Context, path: &Path) -> Result<Checked> {
    let console = &context.console;
    let interrupt = Interrupt::listen();
    let bar = console.progress("looking at the data:");
    let looking = Looking { stop: interrupt.flag(), step: &|| bar.step() };
    let found = plan::check(path, &context.settings()?.job_default_parameters, looking)?;
    drop(bar);
    console.warn_of(path, &grouped(&found.warnings));
    if !found.errors.is_empty() {
        console.error(&Problems::new(path, grouped(&found.errors)).into());
    }
    console.print(format_args!("{}: {}", path.display(), summary(&found)));
    Ok(found)
}

fn summary(found: &Checked) -> String {
    let rows = counted(found.rows, "row");
    let several = [(found.errors.len(), "error"), (found.warnings.len(), "warning")];
    let several = several.iter().filter(|(count, _)| *count > 0);
    let list: Vec<String> = several.map(|(count, noun)| counted(*count, noun)).collect();
    let unseen = match found.unseen {
        0 => String::new(),
        unseen => format!(" ({} cannot be looked at from here)", counted(unseen, "source")),
    };
    if list.is_empty() {
        format!("{rows}, nothing wrong{unseen}")
    } else {
        format!("{} in {rows}{unseen}", list.join(", "))
    }
}
