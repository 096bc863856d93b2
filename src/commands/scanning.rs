//! What the commands that look for DICOM files share.

use std::num::NonZeroUsize;
use std::time::Instant;

use clap::Args;

use crate::commands::console::{Console, Interrupt};
use crate::error::{Error, Result};
use crate::scan::{Check, Exclusion, Found, OnProgress, Scan, Scanned};
use crate::text::counted;

/// What to search, and how.
#[derive(Args)]
pub struct Scanning {
    /// Open each file to see whether it is DICOM [default]
    #[arg(long, overrides_with = "no_check_dicom")]
    check_dicom: bool,
    /// Do not open files: go only by name (add-study-folders) or pattern (select add)
    #[arg(long)]
    no_check_dicom: bool,
    /// Leave out files that match this pattern; repeatable
    #[arg(short, long, value_name = "PATTERN")]
    exclude_pattern: Vec<String>,
    /// Refuse files of more than one patient, instead of warning
    #[arg(long)]
    pub one_patient: bool,
    /// Search linked folders too
    #[arg(long)]
    follow_links: bool,
    /// Leave out files and folders that cannot be read, instead of refusing the folder they are in
    #[arg(long)]
    skip_unreadable: bool,
    /// Maximum number of files to open at once [default: 64]
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
}

impl Scanning {
    /// Whether files are opened.
    pub fn opens_files(&self) -> bool {
        self.check_dicom || !self.no_check_dicom
    }

    /// Scans this many folders with `work`, with these options, while the user can watch the progress and stop it with Ctrl-C. Without
    /// opening the files, `otherwise` decides what is selected.
    ///
    /// # Errors
    /// [`Error::Usage`] for an invalid pattern, and for options that conflict.
    pub fn watched<T>(
        &self,
        console: &Console,
        folders: usize,
        otherwise: Check,
        work: impl FnOnce(Scan<'_>, OnProgress<'_>) -> T,
    ) -> Result<T> {
        if self.one_patient && !self.opens_files() {
            let message = "'--one-patient' needs to open the files to tell whose they are";
            return Err(Error::usage(message, "leave out '--one-patient' or '--no-check-dicom'"));
        }
        let exclude = self.exclude_pattern.iter().map(|pattern| Exclusion::new(pattern));
        let interrupt = Interrupt::listen(console);
        let scan = Scan {
            check: if self.opens_files() { Check::Open } else { otherwise },
            exclude: exclude.collect::<Result<_>>()?,
            follow_links: self.follow_links,
            skip_unreadable: self.skip_unreadable,
            concurrency: self.concurrency,
            stop: Some(interrupt.flag()),
            ..Scan::default()
        };
        let (bar, started) = (console.progress("finding files:"), Instant::now());
        let progress = |Scanned { seen, checked, selected, folders: done }: Scanned| {
            let folder = (done as usize + 1).min(folders);
            let rate = checked as f64 / started.elapsed().as_secs_f64().max(0.001);
            let files = counted(seen as usize, "file");
            bar.say(format!("folder {folder} of {folders}, {files}, {selected} selected, {rate:.0}/s"));
        };
        Ok(work(scan, &progress))
    }
}

/// Two patients under one pseudonym, for those who do not want only a warning.
///
/// # Errors
/// [`Error::Refused`] when the files belong to more than one patient, or when that is unclear.
pub fn one_patient(name: &str, found: &Found) -> Result<()> {
    let mut doubts = about_patients(name, found);
    doubts.extend(about_headers(name, found));
    if doubts.is_empty() {
        return Ok(());
    }
    let hint = "give each patient a folder (or a selection) of its own; nothing was added";
    Err(Error::refused(doubts.join("; "), hint))
}

/// Reasons to doubt that all files belong to one patient, but never who the patients are.
fn about_patients(name: &str, found: &Found) -> Vec<String> {
    let (ids, people) = (found.patients.ids, found.patients.people_with_one_id);
    let mut doubts = vec![];
    if ids > 1 {
        let studies = match found.patients.studies {
            1 => "1 study".to_owned(),
            studies => format!("{studies} studies"),
        };
        doubts.push(format!("the files in '{name}' belong to {ids} patients in {studies}"));
    }
    if people > 1 {
        let id = if ids == 0 { "no PatientID" } else { "the same PatientID" };
        doubts.push(format!("files in '{name}' with {id} have {people} different names or birth dates"));
    }
    if found.patients.files_without_id > 0 && ids > 0 {
        let files = counted(found.patients.files_without_id as usize, "file");
        doubts.push(format!("'{name}' holds {files} without a PatientID, and others with one"));
    }
    doubts
}

fn about_headers(name: &str, found: &Found) -> Option<String> {
    let headers = &found.unreadable_headers;
    let files = counted(headers.count as usize, "file");
    (headers.count > 0).then(|| {
        format!("'{name}': {files} selected without knowing the patient, as the DICOM header cannot be read: {headers}")
    })
}

/// What the user should know about the files found in a folder, but never which patients they belong to.
pub fn report(console: &Console, name: &str, found: &Found) {
    for doubt in about_patients(name, found) {
        console.warn(format_args!("{doubt}; all would get one pseudonym"));
    }
    if let Some(doubt) = about_headers(name, found) {
        console.warn(doubt);
    }
    // A pattern matches the whole path from the folder.
    let index = if found.directories.are_all("DICOMDIR") { "DICOMDIR" } else { "'*DICOMDIR'" };
    let leave_out = format!("; leave it out with --exclude-pattern {index}");
    for (named, noun, what, hint) in [
        (&found.skipped, "unreadable item", "left out", ""),
        (&found.without_preamble, ".dcm file", "without the DICOM preamble left out", ""),
        (&found.directories, "DICOMDIR file", "selected, which names all patients on a disc", &leave_out),
        (&found.odd_names, "file", "selected with a name that ends in a dot or a space, which Windows drops", ""),
        (&found.vanished, "file", "gone since the folder was listed", ""),
        (&found.dead_links, "dead link", "left out", ""),
        (&found.linked_folders, "linked folder", "not searched", "; search it with --follow-links"),
    ] {
        if named.count > 0 {
            console.warn(format_args!("'{name}': {} {what}: {named}{hint}", counted(named.count as usize, noun)));
        }
    }
}
