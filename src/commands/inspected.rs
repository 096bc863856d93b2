//! What the commands share that look into files before anything is sent: `map check --files`, `select status --files`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{Console, Interrupt, Table};
use crate::inspection::{About, Consequence, Findings, Looking, Progress, Risk};
use crate::problem::numbered;
use crate::scan::{DEFAULT_CONCURRENCY, Named};
use crate::text::{agreeing, counted, grouped, sized};

/// Whether and how files are read.
#[derive(Args, Default)]
pub struct LookingInto {
    /// Show what is in the files: patients, studies, series, kinds of images, size, and what is likely to be held back or fail
    #[arg(long)]
    pub files: bool,
    /// Maximum number of files to open at once [default: 64]
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
}

impl LookingInto {
    /// Inspects with `work`, while the user can watch the progress and stop it with Ctrl-C.
    pub fn watched<T>(&self, console: &Console, work: impl FnOnce(Looking<'_>) -> T) -> T {
        let interrupt = Interrupt::listen(console);
        let bar = console.progress("looking at the files:");
        let progress = |Progress { files, bytes, rows }: Progress| {
            bar.say(format!("{}, {} done", amount(files, bytes), counted(rows as usize, "row")));
        };
        let concurrency = self.concurrency.unwrap_or(DEFAULT_CONCURRENCY);
        let outcome = work(Looking { stop: interrupt.flag(), progress: &progress, concurrency });
        drop(bar);
        outcome
    }
}

/// `65,002 files, 31.2 GB`
pub fn amount(files: u64, bytes: u64) -> String {
    format!("{} {}, {}", grouped(files), agreeing(files as usize, "file", "files"), sized(bytes))
}

/// What is in the files of one row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FilesView {
    /// The line of the row in the mapping, counted from 1.
    pub line: Option<usize>,
    /// Where the data is, as in the mapping.
    pub source: String,
    /// How many files there are, missing ones included.
    pub files: u64,
    /// How many of them are DICOM.
    pub dicom: u64,
    /// Their total size in bytes.
    pub bytes: u64,
    /// How many patients they belong to, as far as their headers say.
    pub patients: usize,
    /// How many studies.
    pub studies: usize,
    /// How many series.
    pub series: usize,
    /// The kinds of images, by the codes of DICOM: `CT`, `MR`, `US`.
    pub modalities: Vec<String>,
    /// What may go wrong on the server.
    pub risks: Vec<RiskOfFiles>,
}

/// What may go wrong with some files of a row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RiskOfFiles {
    /// The name of the cause.
    pub cause: &'static str,
    /// How many files are affected.
    pub files: u64,
    /// The first of them, from the folder of the row.
    pub first: Vec<String>,
}

/// What may go wrong on the server, and where: a risk, not a prediction.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RiskView {
    /// The name of the cause: `ultrasound`, `burned_in_annotation`, `missing`.
    pub cause: &'static str,
    /// What the files are, in a word or two.
    pub title: &'static str,
    /// What is likely to happen to them.
    pub effect: Consequence,
    /// Why.
    pub why: &'static str,
    /// What to do about it.
    pub what_to_do: &'static str,
    /// How many files are affected.
    pub files: u64,
    /// The rows with such files, by their lines in the mapping.
    pub lines: Vec<usize>,
}

impl FilesView {
    /// The columns of the CSV form.
    pub const COLUMNS: &'static [&'static str] =
        &["line", "source", "files", "dicom", "bytes", "patients", "studies", "series", "modalities", "risks"];

    /// What was found in the files of a row.
    pub fn of(line: Option<usize>, source: String, found: &Findings) -> FilesView {
        let risk = |(risk, named): (&Risk, &Named)| RiskOfFiles {
            cause: risk.about().name,
            files: named.count,
            first: named.first().to_vec(),
        };
        FilesView {
            line,
            source,
            files: found.files,
            dicom: found.dicom,
            bytes: found.bytes,
            patients: found.patients(),
            studies: found.patients.studies,
            series: found.series,
            modalities: found.modalities.iter().cloned().collect(),
            risks: found.risks.iter().map(risk).collect(),
        }
    }
}

/// The risks of rows, each once.
pub fn risks<'a>(rows: impl IntoIterator<Item = (Option<usize>, &'a Findings)>) -> Vec<RiskView> {
    let mut risks: BTreeMap<Risk, (u64, Vec<usize>)> = BTreeMap::new();
    for (line, found) in rows {
        for (risk, named) in &found.risks {
            let (files, lines) = risks.entry(*risk).or_default();
            *files += named.count;
            lines.extend(line);
        }
    }
    let view = |(risk, (files, lines)): (Risk, (u64, Vec<usize>))| {
        let About { name: cause, title, effect, why, advice: what_to_do } = risk.about();
        RiskView { cause, title, effect, why, what_to_do, files, lines }
    };
    risks.into_iter().map(view).collect()
}

/// A table with a line per row: the line in the mapping, if any, the name of the row, and what was found in its files.
pub fn table<'a>(rows: impl IntoIterator<Item = (Option<usize>, String, &'a Findings)>) -> Table {
    let mut rows = rows.into_iter().peekable();
    let line = rows.peek().and_then(|(line, ..)| *line).map(|_| "line");
    let names = ["source", "files", "patients", "studies", "series", "modalities", "size", "risk"];
    let mut table = Table::new(line.into_iter().chain(names));
    for (line, source, found) in rows {
        let numbers = [found.files as usize, found.patients(), found.patients.studies, found.series];
        let cells = line.map(|line| line.to_string()).into_iter().chain([source]);
        let cells = cells.chain(numbers.map(|number| number.to_string()));
        let modalities: Vec<&str> = found.modalities.iter().map(String::as_str).collect();
        table.row(cells.chain([modalities.join(", "), sized(found.bytes), at_risk(found)]));
    }
    table
}

/// What there is to say about a row's files, in a few words.
fn at_risk(found: &Findings) -> String {
    let words = |(risk, named): (&Risk, &Named)| match risk {
        Risk::SeveralPatients => format!("{} patients", found.patients()),
        risk => format!("{} ({})", risk.about().title, named.count),
    };
    found.risks.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// Prints each risk once: what it is, why, and what to do.
pub fn explain(console: &Console, risks: &[RiskView]) {
    for (effect, heading) in [
        (Consequence::HeldBack, "May be held back: the job then stays at UPLOADED"),
        (Consequence::Failure, "May fail, or be left out"),
        (Consequence::Mixture, "May be mixed up"),
    ] {
        let mut these = risks.iter().filter(|risk| risk.effect == effect).peekable();
        if these.peek().is_some() {
            console.print(format_args!("\n{heading}"));
        }
        for risk in these {
            let files = counted(risk.files as usize, "file");
            let lines = if risk.lines.is_empty() { String::new() } else { format!(" in {}", numbered(&risk.lines)) };
            console.print_lines(format_args!(
                "  {}: {files}{lines}\n    {}\n    what to do: {}",
                risk.title, risk.why, risk.what_to_do
            ));
        }
    }
}
