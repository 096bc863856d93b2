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
    /// `anon ARGUMENTS`, cut at the spaces.
    Anon(&'static str),
    /// `anon map edit`, and change these options of the mapping to these values.
    Edit(&'static [(&'static str, &'static str)]),
}

use Step::{Anon, Edit, Go};

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
            Edit(&[
                ("root_source_path", r"\\server\share\mydata"),
                ("project", "Wetenschap-Algemeen"),
                ("destination_path", r"\\server\share\anonymizeddata"),
            ]),
            Go("../../share_project"),
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
            Edit(&[("project", "Wetenschap-Algemeen"), ("destination_path", r"\\server\share\myoutput")]),
            Anon("map check"),
            Anon("create from-mapping"),
            Anon("batch status --patient-name"),
        ],
    },
];

impl Tutorial {
    /// The steps as lines: what is typed is indented by four spaces, what is to be changed in the editor by eight.
    pub(super) fn lines(&self) -> String {
        let mut lines = String::new();
        for step in self.steps {
            let _ = match step {
                Go(folder) if cfg!(windows) => writeln!(lines, "    cd {}", folder.replace('/', "\\")),
                Go(folder) => writeln!(lines, "    cd {folder}"),
                Anon(arguments) => writeln!(lines, "    anon {arguments}"),
                Edit(options) => {
                    let options = options.iter().map(|(name, value)| format!("        {name} = {value}\n"));
                    writeln!(lines, "    anon map edit\n{}", options.collect::<String>().trim_end())
                }
            };
        }
        lines
    }
}
