use std::path::Path;

use clap::Args;

use crate::commands::context::Context;
use crate::commands::scanning::{Scanning, one_patient, report};
use crate::error::{Error, Result};
use crate::scan::{Check, Pattern, Scan};
use crate::selection::{FILE_NAME, Selection};
use crate::storage::{Lock, refuse_if_edited};

/// Add all files that match a pattern to the selection of this folder
///
/// Quote patterns, so that the shell does not expand them. Selection files are left out.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon select add "*"
  anon select add "*.dcm"
  anon select add study1/image1.dcm
  anon select add "study2/*" --exclude-pattern "*.raw""#)]
pub struct Add {
    /// Pattern for file names, such as *.dcm; repeatable
    #[arg(required = true)]
    pattern: Vec<String>,
    /// Search in subfolders too [default]
    #[arg(long, overrides_with = "no_recurse")]
    recurse: bool,
    /// Search in this folder only
    #[arg(long)]
    no_recurse: bool,
    #[command(flatten)]
    scanning: Scanning,
}

impl Add {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (folder, path) = (&context.folder, context.folder.join(FILE_NAME));
        // A selection that cannot be read or written is better known before the long scan than after it.
        let before = Selection::read_if_present(&path)?.unwrap_or_default();
        refuse_if_edited(&path)?;
        let include: Vec<Pattern> =
            self.pattern.iter().map(|pattern| self.matching(context, pattern)).collect::<Result<_>>()?;
        let found = self.scanning.watched(console, 1, Check::Nothing, |scan, progress| {
            Scan { include, selected_before: &before.selected_paths, ..scan }.run(folder, progress)
        })?;
        let found = found.map_err(|error| match error {
            Error::Interrupted(how_far) => Error::Interrupted(format!("{how_far}, so nothing was added")),
            error => error,
        })?;
        report(console, ".", &found);
        if self.scanning.one_patient {
            one_patient(".", &found)?;
        }
        if found.paths.is_empty() {
            let what = if self.scanning.opens_files() { "DICOM file" } else { "file" };
            console.warn(format_args!("no {what} matches '{}'", self.pattern.join("', '")));
        }
        let _lock = Lock::of(&path)?;
        refuse_if_edited(&path)?;
        let mut selection = Selection::read_if_present(&path)?.unwrap_or_else(|| Selection::new(folder));
        selection.merge(found.paths);
        selection.save(&path)?;
        // In the manual's words, also for one.
        console.report(format_args!("selection now contains {} files", selection.selected_paths.len()));
        Ok(())
    }

    /// The name of a folder means everything in it: Linux shells turn `*` into such names. That of a file means this file, even
    /// if it looks like a pattern.
    fn matching(&self, context: &Context, typed: &str) -> Result<Pattern> {
        let recurse = self.recurse || !self.no_recurse;
        let relative = Path::new(typed).strip_prefix(&context.folder).ok().and_then(Path::to_str);
        let pattern = relative.unwrap_or(typed);
        let folder = pattern.trim_end_matches(['/', '\\']);
        if !folder.is_empty() && context.folder.join(folder).is_dir() {
            return Pattern::new(&format!("{}/**", glob::Pattern::escape(folder)), recurse);
        }
        if context.folder.join(pattern).is_file() {
            return Pattern::new(&glob::Pattern::escape(pattern), recurse);
        }
        Pattern::new(pattern, recurse)
    }
}
