//! What one types, step by step.

use std::fmt::Write;

/// One of the manual's tutorials, as it is done in the practice folder.
#[derive(Debug, Clone, Copy)]
pub struct Tutorial {
    /// The manual's name for it.
    pub title: &'static str,
    /// The page of the documentation that explains it.
    pub page: &'static str,
    /// From the practice folder to jobs that are done.
    pub steps: &'static [Step],
}

/// A step of a [`Tutorial`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Go to a folder, named from the last one: `cd FOLDER`
    Go(&'static str),
    /// `anon ARGUMENTS`, cut at the spaces. They need no quotes in any terminal.
    Anon(&'static str),
}

use Step::{Anon, Go};

/// The two tutorials of the manual.
pub const TUTORIALS: [Tutorial; 2] = [
    Tutorial {
        title: "Anonymize from a share",
        page: "docs/tutorial-share.md",
        steps: &[
            Go("share_project"),
            Anon("map init"),
            Go("../share/mydata"),
            Anon("map add-study-folders --input-file ../../share_project/folders.xlsx"),
            Go("../../share_project"),
            Anon("map set root_source_path //server/share/mydata"),
            Anon("map set project Wetenschap-Algemeen"),
            Anon("map set destination_path //server/share/anonymizeddata"),
            Anon("map check"),
            Anon("create from-mapping"),
            Anon("batch status --patient-name"),
        ],
    },
    Tutorial {
        title: "Anonymize from PACS",
        page: "docs/tutorial-pacs.md",
        steps: &[
            Go("pacs_project"),
            Anon("map init"),
            Anon("map add-accession-numbers --input-file accession_numbers.xlsx"),
            Anon("map set project Wetenschap-Algemeen"),
            Anon("map set destination_path //server/share/myoutput"),
            Anon("map check"),
            Anon("create from-mapping"),
            Anon("batch status --patient-name"),
        ],
    },
];

/// Data that makes trouble: what can be known of it before it is sent, and what became of it.
pub const TROUBLE: Tutorial = Tutorial {
    title: "Before you send, after they ran",
    page: "docs/before-and-after.md",
    steps: &[
        Go("share/exercises"),
        Anon("map init"),
        Anon("map add-study-folders --input-file ../../exercises/folders.csv"),
        Anon("map set root_source_path //server/share/exercises"),
        Anon("map set project Wetenschap-Algemeen"),
        Anon("map set destination_path //server/share/anonymizeddata"),
        Anon("map check --files"),
        Anon("create from-mapping"),
        Anon("batch status --patient-name"),
        Anon("batch show-error"),
        Anon("batch report report.xlsx"),
    ],
};

impl Tutorial {
    /// The steps as they are typed, each on a line that is indented by four spaces.
    pub(super) fn lines(&self) -> String {
        let mut lines = String::new();
        for step in self.steps {
            let _ = match step {
                Go(folder) if cfg!(windows) => writeln!(lines, "    cd {}", folder.replace('/', "\\")),
                Go(folder) => writeln!(lines, "    cd {folder}"),
                Anon(arguments) => writeln!(lines, "    anon {arguments}"),
            };
        }
        lines
    }
}
