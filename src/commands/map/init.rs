use clap::Args;

use super::FILE_NAME;
use super::activate::activate;
use crate::commands::console::Answer;
use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::Template;
use crate::storage::{self, Durability, Lock, Privacy, refuse_if_edited};
use crate::text::locale::decimal_comma;
use crate::unc::{UncPath, windows_form};
use crate::values::Kind;

/// Make a mapping in this folder, with example rows to replace, and activate it
#[derive(Args)]
#[command(after_help = "Examples:
  anon map init")]
pub struct Init {}

impl Init {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let defaults = &context.settings()?.job_default_parameters;
        let path = context.folder.join(FILE_NAME);
        if path.exists() && console.confirm("Mapping file already exists. Overwrite?")? == Answer::No {
            console.note("Cancelled: the mapping stays as it is");
            return Ok(());
        }
        let folder = &context.folder;
        // An empty option is one that AnonAPI cannot read.
        let value = |kind, or: &str| defaults.get(kind).unwrap_or(or).to_owned();
        let here = || UncPath::of_folder(folder).map_or_else(|| windows_form(folder), |path| path.to_string());
        let named = [Kind::RootSourcePath, Kind::Project, Kind::DestinationPath];
        let more = defaults.iter().filter(|(kind, value)| !named.contains(kind) && !value.trim().is_empty());
        let template = Template {
            description: format!("Mapping created {} by {}", chrono::Local::now().format("%B %d %Y"), user()),
            root_source_path: defaults.get(Kind::RootSourcePath).map_or_else(here, str::to_owned),
            project: value(Kind::Project, "Wetenschap-Algemeen"),
            destination_path: value(Kind::DestinationPath, r"\\server\share\folder"),
            more: more.map(|(kind, value)| (kind, value.to_owned())).collect(),
            delimiter: if decimal_comma() { ';' } else { ',' },
        };
        {
            let _lock = Lock::of(&path)?;
            refuse_if_edited(&path)?;
            storage::write(&path, &template.bytes(), Privacy::Shared, Durability::Full)?;
        }
        console.print(format_args!("Initialised example mapping in {}", path.display()));
        activate(context, &path)
    }
}

/// The name that the user is logged in with.
fn user() -> String {
    let names = ["LOGNAME", "USER", "LNAME", "USERNAME"];
    names
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
