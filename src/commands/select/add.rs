use std::num::NonZeroUsize;

use clap::{ArgAction, Args};

use crate::commands::context::Context;
use crate::commands::scanning::{Checking, Watched, one_patient, report};
use crate::error::Result;
use crate::scan::{Check, Exclusion, Pattern, Scan};
use crate::selection::{FILE_NAME, Selection};
use crate::storage::{Lock, refuse_if_edited};

/// Add all files that match a pattern to the selection of this folder
///
/// Quote the pattern where the shell would expand it. Selection files themselves are left out.
#[derive(Args)]
#[command(after_help = r#"Examples:
  anon select add "*"
  anon select add "*.dcm"
  anon select add "study2/*" --exclude-pattern "*.raw""#)]
pub struct Add {
    /// File names, with * for any part of a name; repeatable
    #[arg(required = true)]
    pattern: Vec<String>,
    /// Search in subfolders too, as is usual
    #[arg(long, overrides_with = "no_recurse")]
    recurse: bool,
    /// Search in this folder only
    #[arg(long, action = ArgAction::SetTrue)]
    no_recurse: bool,
    #[command(flatten)]
    checking: Checking,
    /// Leave out files that match this pattern; repeatable
    #[arg(short, long, value_name = "PATTERN")]
    exclude_pattern: Vec<String>,
    /// Refuse files of more than one patient, instead of warning
    #[arg(long, action = ArgAction::SetTrue)]
    one_patient: bool,
    /// Open at most so many files at the same time [default: 64]
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
}

impl Add {
    pub fn run(self, context: &Context) -> Result<()> {
        let console = &context.console;
        let (folder, path) = (&context.folder, context.folder.join(FILE_NAME));
        // A selection that cannot be read is better known before the long scan than after it.
        Selection::read_if_present(&path)?;
        let mut exclude = vec![];
        for pattern in &self.exclude_pattern {
            exclude.push(Exclusion::new(pattern)?);
        }
        let mut found = vec![];
        let watched = Watched::start(console);
        for pattern in &self.pattern {
            let scan = Scan {
                check: if self.checking.is_on() { Check::Open } else { Check::Nothing },
                include: Some(self.matching(context, pattern)?),
                exclude: exclude.clone(),
                recurse: self.recurse || !self.no_recurse,
                concurrency: self.concurrency,
                stop: Some(watched.stop()),
            };
            found.push(scan.run(folder, &watched.progress())?);
        }
        drop(watched);
        for found in &found {
            if self.one_patient {
                one_patient(folder, found)?;
            }
            report(console, ".", found, found.paths.len());
        }
        let _lock = Lock::of(&path)?;
        refuse_if_edited(&path)?;
        let mut selection = Selection::read_if_present(&path)?.unwrap_or_else(|| Selection::new(folder));
        for found in found {
            selection.merge(found.paths);
        }
        selection.save(&path)?;
        console.print(format_args!("selection now contains {} files", selection.selected_paths.len()));
        Ok(())
    }

    /// A name without wildcards that is a folder's means all that is in it: Linux shells turn `*` into such names.
    fn matching(&self, context: &Context, pattern: &str) -> Result<Pattern> {
        let folder = pattern.trim_end_matches(['/', '\\']);
        if context.folder.join(folder).is_dir() && !folder.contains(['*', '?', '[']) {
            return Pattern::new(&format!("{folder}/**"));
        }
        Pattern::new(pattern)
    }
}
