use std::path::Path;

use clap::Args;

use super::activate::activate;
use super::rows::still;
use crate::commands::console::Console;
use crate::commands::context::Context;
use crate::error::Result;
use crate::mapping::{CAP, Template};
use crate::storage::{self, Durability, Privacy, back_up, read_if_present};
use crate::text::locale::decimal_comma;
use crate::unc::{UncPath, windows_form};
use crate::values::{Kind, Parameters};

/// Create a mapping with example rows in this folder, and activate it
///
/// A mapping that it overwrites is kept as 'anon_mapping.csv.bak'.
#[derive(Args)]
#[command(after_help = "Examples:
  anon map init")]
pub struct Init {}

impl Init {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let defaults = &context.settings()?.job_default_parameters;
        let path = context.mapping_here();
        let asked_about = read_if_present(&path, CAP)?;
        if asked_about.is_some() && !console.confirm("Mapping file already exists. Overwrite?")? {
            console.note("Cancelled: the mapping stays as it is");
            return Ok(());
        }
        let template = template(console, defaults, path.parent().unwrap_or(&context.folder));
        {
            let _lock = still(&path, &asked_about, "overwritten")?;
            if asked_about.is_some() {
                let kept = back_up(&path, CAP)?;
                console.note(format_args!("The old mapping is kept as '{}'", kept.display()));
            }
            storage::write(&path, &template.bytes(), Privacy::Shared, Durability::Full)?;
        }
        console.report(format_args!("Initialised example mapping in {}", path.display()));
        activate(context, &path)
    }
}

const PLACEHOLDER: &str = r"\\server\share\folder";

fn template(console: &Console, defaults: &Parameters, folder: &Path) -> Template {
    // A path that exists only on this computer would send the server to the wrong place.
    let usable = |kind: Kind, text: &str| {
        let is_usable = !UncPath::parse(text).is_some_and(|path| path.is_known_here_only());
        if !is_usable {
            console.warn(format_args!("'{text}' exists only on this computer: set {kind} before you create jobs"));
        }
        is_usable
    };
    let here = UncPath::of_folder(folder).map_or_else(|| windows_form(folder), |path| path.to_string());
    let value = |kind: Kind, or: &str| {
        let text = defaults.get(kind).unwrap_or(or);
        (if usable(kind, text) { text } else { PLACEHOLDER }).to_owned()
    };
    let named = [Kind::RootSourcePath, Kind::Project, Kind::DestinationPath];
    // An empty option is one that AnonAPI cannot read.
    let more = defaults.iter().filter(|(kind, value)| !named.contains(kind) && !value.trim().is_empty());
    Template {
        description: format!("Mapping created {} by {}", chrono::Local::now().format("%B %d %Y"), user()),
        root_source_path: value(Kind::RootSourcePath, &here),
        project: value(Kind::Project, "Wetenschap-Algemeen"),
        destination_path: value(Kind::DestinationPath, PLACEHOLDER),
        more: more.map(|(kind, value)| (kind, value.to_owned())).collect(),
        delimiter: if decimal_comma() { ';' } else { ',' },
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
