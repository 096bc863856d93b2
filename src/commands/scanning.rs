//! What the commands that look for DICOM files share.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use clap::{ArgAction, Args};

use crate::commands::console::{self, Console, Interrupt};
use crate::error::{Error, Result};
use crate::scan::{Found, Progress};

/// The pair of options that AnonAPI has for it.
#[derive(Args)]
pub struct Checking {
    /// Open each file to see whether it is DICOM, as is usual
    #[arg(long, overrides_with = "no_check_dicom")]
    check_dicom: bool,
    /// Open no file: go by the names (add-study-folders) or the patterns (select add) alone
    #[arg(long, action = ArgAction::SetTrue)]
    no_check_dicom: bool,
}

impl Checking {
    /// Whether files are opened.
    pub fn is_on(&self) -> bool {
        self.check_dicom || !self.no_check_dicom
    }
}

/// A scan that the user can watch, and end with Ctrl-C.
pub struct Watched {
    bar: console::Progress,
    interrupt: Interrupt,
}

impl Watched {
    /// Shows the progress from now on.
    pub fn start(console: &Console) -> Watched {
        Watched { bar: console.progress("finding files:"), interrupt: Interrupt::listen() }
    }

    /// Ends the scan when it is set.
    pub fn stop(&self) -> &AtomicBool {
        self.interrupt.flag()
    }

    /// What a scan tells its progress to.
    pub fn progress(&self) -> impl Fn(Progress) + Sync + '_ {
        |now| {
            let Progress { seen, checked, selected, folders } = now;
            self.bar.say(format!("{seen} files in {folders} folders, {checked} looked at, {selected} DICOM"));
        }
    }
}

/// Two patients under one pseudonym, for who does not want only a warning.
///
/// # Errors
/// [`Error::Refused`] when the files belong to more than one patient.
pub fn one_patient(folder: &Path, found: &Found) -> Result<()> {
    if found.patients <= 1 {
        return Ok(());
    }
    Err(Error::refused(
        format!("the files in '{}' belong to {} patients", folder.display(), found.patients),
        "give each patient a folder (or a selection) of its own; nothing was added",
    ))
}

/// What the user should know of the files that were selected. Never which patients they are of.
pub fn report(console: &Console, name: &str, found: &Found, selected: usize) {
    if selected == 0 {
        console.warn(format_args!("no files were selected in '{name}'"));
    }
    if found.patients > 1 {
        console.warn(format_args!(
            "the files in '{name}' belong to {} patients in {} studies, and would all get one pseudonym",
            found.patients, found.studies
        ));
    }
    if let [first, rest @ ..] = found.unreadable_headers.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} others", rest.len()) };
        console.warn(format_args!(
            "'{name}': the DICOM header of '{first}'{more} cannot be read; selected all the same, but not checked for patients"
        ));
    }
    if found.vanished > 0 {
        console.warn(format_args!("{} files in '{name}' were gone when they were to be opened", found.vanished));
    }
}
