use clap::Args;

use super::rows;
use crate::commands::complete;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::mapping::OPTIONS_FOR_ALL as OPTIONS;
use crate::unc::UncPath;
use crate::values::Kind;

/// Set an option of the mapping, and change nothing else in it
///
/// The options are project, destination_path, root_source_path, pims_key and description.
#[derive(Args)]
#[command(after_help = r"Examples:
  anon map set project Wetenschap-Algemeen
  anon map set destination_path \\server\share\folder")]
pub struct Set {
    /// The name of the option
    #[arg(add = complete::options())]
    option: String,
    /// Its value
    #[arg(allow_hyphen_values = true)]
    value: String,
}

impl Set {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let kind = option(&self.option)?;
        let given = without_quotes(kind, &self.value);
        if given != self.value {
            console.note(format_args!("taken without quotes, which this terminal passes on: '{given}'"));
        }
        let path = context.mapping_path()?;
        let (mut document, _lock) = rows::open(context)?;
        let before = document.set_option(kind, &as_servers_write(kind, given))?;
        document.save(&path)?;
        let value = document.mapping().options.get(kind).unwrap_or_default();
        let was = before.filter(|before| before != value).map_or_else(String::new, |old| format!(" (it was '{old}')"));
        console.report(format_args!("Set {kind} to '{value}'{was} in {}", path.display()));
        if let Some(doubt) = doubt(kind, value) {
            console.warn(doubt);
        }
        console.warn_of(&path, &document.mapping().problems);
        Ok(())
    }
}

fn option(name: &str) -> Result<Kind> {
    let names = OPTIONS.map(Kind::name).join(", ");
    match Kind::from_name(name) {
        Some(kind) if OPTIONS.contains(&kind) => Ok(kind),
        Some(kind) => Err(Error::usage(
            format!("{kind} belongs to each row, not to all of them"),
            format!("set it in the rows with 'anon map edit'; the options are {names}"),
        )),
        None => {
            let hint = crate::text::nearest(name, OPTIONS.map(Kind::name))
                .map_or_else(|| format!("the options are {names}"), |near| format!("did you mean '{near}'?"));
            Err(Error::usage(format!("'{name}' is not an option of a mapping"), hint))
        }
    }
}

/// The value without a pair of quotes around it, which the Windows command prompt passes on (`'`) and word processors make (`‘ “`). A
/// description may have them.
fn without_quotes(kind: Kind, value: &str) -> &str {
    const PAIRS: [(char, char); 4] = [('\'', '\''), ('"', '"'), ('‘', '’'), ('“', '”')];
    let inside = PAIRS.iter().find_map(|(open, close)| value.strip_prefix(*open)?.strip_suffix(*close));
    // Windows takes the end of "\\server\share\" for a quote that belongs to the value.
    let inside = inside.or_else(|| value.strip_suffix('"').filter(|path| path.starts_with(r"\\")));
    inside.filter(|inside| !inside.is_empty() && kind != Kind::Description).unwrap_or(value)
}

/// A UNC path with backslashes: `//server/share` needs no quotes in any shell, but AnonAPI does not accept it.
fn as_servers_write(kind: Kind, value: &str) -> String {
    let is_path = matches!(kind, Kind::DestinationPath | Kind::RootSourcePath) && value.contains('/');
    match UncPath::parse(value).filter(|_| is_path) {
        Some(path) => path.to_string(),
        None => value.to_owned(),
    }
}

/// Why jobs would not be created with this value.
fn doubt(kind: Kind, value: &str) -> Option<String> {
    if !matches!(kind, Kind::DestinationPath | Kind::RootSourcePath) {
        return None;
    }
    let why = match (UncPath::parse(value), UncPath::of_typed(value)) {
        (Some(path), _) if !path.is_known_here_only() => return None,
        (Some(_), _) => "is a path that only exists on this computer".to_owned(),
        (None, Some(shared)) => format!("is not a UNC path; on this computer that is '{shared}': set that"),
        (None, None) => r"is not a UNC path, such as '\\server\share\folder'".to_owned(),
    };
    Some(format!("{kind} '{value}' {why}"))
}
