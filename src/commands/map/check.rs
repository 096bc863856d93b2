use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{Complaint, Console, RowsIn, View};
use crate::commands::context::Context;
use crate::commands::inspected::{self, FilesView, LookingInto, RiskView};
use crate::error::{Error, Result};
use crate::plan::{self, Checked};
use crate::problem::{Problem, Problems, merged};
use crate::text::counted;
use crate::values::Source;

/// Check the mapping for anything that 'create from-mapping' would refuse, and anything doubtful
///
/// Sources that this computer can see are checked too: files that are missing, files that are not DICOM, files of several patients.
/// With --files, it also shows what is in them, and what the server is likely to hold back or fail on. Exits with 1 if there are errors.
#[derive(Args)]
#[command(after_help = "Examples:
  anon map check
  anon map check --files
  anon map check --strict")]
pub struct Check {
    #[command(flatten)]
    looking: LookingInto,
    /// Exit with 1 for warnings and risks too
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub fn run(self, context: &Context) -> Result<()> {
        let is_doubtful = report(context, &context.mapping_path()?, &self.looking)?;
        match is_doubtful {
            Some(Gravity::Error) => Err(Error::Told),
            Some(Gravity::Doubt) if self.strict => Err(Error::Told),
            _ => Ok(()),
        }
    }
}

/// How serious the worst finding of a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Probably not intended, or likely to be held back.
    Doubt,
    /// Refused.
    Error,
}

/// Checks a mapping and prints what was found. Returns how serious that is.
pub fn report(context: &Context, path: &Path, looking: &LookingInto) -> Result<Option<Gravity>> {
    let console = &context.console;
    let defaults = &context.settings()?.job_default_parameters;
    let mut found = looking.watched(console, |looking| plan::check(path, defaults, looking))?;
    if !looking.files {
        found.warnings.append(&mut found.doubts);
        found.warnings.sort_by(|one, other| one.place.cmp(&other.place));
    }
    let view = CheckView::of(path, &found);
    let risks = inspected::risks(found.inspected.iter().map(|row| (Some(row.line), &row.findings)));
    let has_risks = looking.files && !risks.is_empty();
    let gravity = match (found.errors.is_empty(), found.warnings.is_empty()) {
        (false, _) => Some(Gravity::Error),
        (true, true) if !has_risks => None,
        _ => Some(Gravity::Doubt),
    };
    if looking.files {
        let rows = found.inspected.iter();
        let rows = rows.map(|row| FilesView::of(Some(row.line), row.source.to_string(), &row.findings)).collect();
        let view = CheckFilesView { check: view, inspected: rows, risks };
        console.show(&view, |console| {
            view.print(console, &found);
            tell(console, path, &found, &view.summary(), has_risks);
        });
    } else {
        console.show(&view, |console| tell(console, path, &found, "", false));
    }
    Ok(gravity)
}

fn tell(console: &Console, path: &Path, found: &Checked, of_files: &str, has_risks: bool) {
    console.warn_of(path, &found.warnings);
    if !found.errors.is_empty() {
        console.error(&Problems::new(path, merged(&found.errors)).into());
    }
    let blank = if found.inspected.is_empty() || of_files.is_empty() { "" } else { "\n" };
    console.print(format_args!("{blank}{}: {}{of_files}", path.display(), summary(found, has_risks)));
}

fn summary(found: &Checked, has_risks: bool) -> String {
    let rows = counted(found.rows, "row");
    let several = [(found.errors.len(), "error"), (found.warnings.len(), "warning")];
    let several = several.iter().filter(|(count, _)| *count > 0);
    let list: Vec<String> = several.map(|(count, noun)| counted(*count, noun)).collect();
    let unseen = match found.unseen.len() {
        0 => String::new(),
        unseen => format!(" ({} cannot be looked at from here)", counted(unseen, "source")),
    };
    match list.as_slice() {
        [] if has_risks => format!("{rows}{unseen}"),
        [] => format!("{rows}, nothing wrong{unseen}"),
        list => format!("{} in {rows}{unseen}", list.join(", ")),
    }
}

/// What a check of a mapping has found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckView {
    /// The mapping's path.
    mapping: String,
    /// How many rows it has.
    rows: usize,
    /// The rows with sources that this computer cannot see, by their lines.
    not_looked_at: Vec<usize>,
    /// What 'create from-mapping' refuses.
    errors: Vec<Complaint>,
    /// What it accepts, but is probably not intended.
    warnings: Vec<Complaint>,
}

impl CheckView {
    fn of(path: &Path, found: &Checked) -> CheckView {
        let complaints = |list: &[Problem]| list.iter().map(|problem| Complaint::of(path, problem)).collect();
        CheckView {
            mapping: path.display().to_string(),
            rows: found.rows,
            not_looked_at: found.unseen.clone(),
            errors: complaints(&found.errors),
            warnings: complaints(&found.warnings),
        }
    }
}

impl View for CheckView {
    const COLUMNS: &'static [&'static str] = &["kind", "file", "line", "message", "hint"];
    const ROWS: &'static [RowsIn] =
        &[RowsIn::of(&["errors"]).marked("kind", "error"), RowsIn::of(&["warnings"]).marked("kind", "warning")];
}

/// What a check of a mapping has found, and what is in the files of its rows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckFilesView {
    #[serde(flatten)]
    check: CheckView,
    /// What is in the files of each row that could be read.
    inspected: Vec<FilesView>,
    /// What may go wrong with them on the server.
    risks: Vec<RiskView>,
}

impl CheckFilesView {
    fn print(&self, console: &Console, found: &Checked) {
        if self.inspected.is_empty() {
            return;
        }
        let rows = found.inspected.iter().map(|row| (Some(row.line), shortened(&row.source), &row.findings));
        console.print_table(&inspected::table(rows));
        inspected::explain(console, &self.risks);
    }

    /// The amount of data, for the end of the last line.
    fn summary(&self) -> String {
        let (files, bytes) =
            self.inspected.iter().fold((0, 0), |(files, bytes), row| (files + row.files, bytes + row.bytes));
        if self.inspected.is_empty() {
            return "; no row names files that this computer can see".to_owned();
        }
        let at_risk = self.inspected.iter().filter(|row| !row.risks.is_empty()).count();
        let risk = match at_risk {
            0 => "no risk seen".to_owned(),
            rows => format!("{} with a risk", counted(rows, "row")),
        };
        format!("; {}; {risk}", inspected::amount(files, bytes))
    }
}

impl View for CheckFilesView {
    const COLUMNS: &'static [&'static str] = FilesView::COLUMNS;
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["inspected"])];
}

/// A source as people think of it: the folder, without the name that all selections share.
fn shortened(source: &Source) -> String {
    let value = source.value();
    match value.strip_suffix(crate::selection::FILE_NAME) {
        Some("") => "…".to_owned(),
        Some(folder) => format!("{folder}…"),
        None => value.to_owned(),
    }
}
