//! The headings of the three sections.

use crate::error::{Place, Problem};
use crate::tabular::records::without_trailing_delimiters;

/// A section of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Description,
    Options,
    Mapping,
}

impl Section {
    pub const ALL: [Section; 3] = [Section::Description, Section::Options, Section::Mapping];

    /// The section that begins with this line. Case does not count, nor what spreadsheets add: quotes and delimiters.
    pub fn heading(line: &str) -> Option<Section> {
        if !line.contains("##") {
            return None;
        }
        let line = without_trailing_delimiters(line).trim_matches('"').trim();
        let name = line.strip_prefix("##")?.strip_suffix("##")?.trim();
        Section::ALL.into_iter().find(|section| section.name().eq_ignore_ascii_case(name))
    }

    pub fn name(self) -> &'static str {
        match self {
            Section::Description => "Description",
            Section::Options => "Options",
            Section::Mapping => "Mapping",
        }
    }

    /// The problem of a file that has no such section.
    pub fn missing(self) -> Problem {
        let message = format!("there is no section '{}'", self.name());
        Problem::new(Place::Whole, message).hint(format!(
            "a mapping has the lines '## Description ##', '## Options ##' and '## Mapping ##': write '## {} ##' where \
             that section begins",
            self.name()
        ))
    }

    /// The problem of a file that has this section twice.
    pub fn repeated(self, line: usize, first: usize) -> Problem {
        let message = format!("section '{}' begins a second time; the first is on line {first}", self.name());
        Problem::new(Place::Line(line), message).hint("put their lines together under one heading")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_as_people_and_spreadsheets_leave_them() {
        for line in [
            "## Options ##",
            "##options##",
            "  ## OPTIONS ##  ",
            "## Options ##,,,",
            "## Options ##;;; ",
            "\"## Options ##\",,",
            "## Options ##\t\t",
        ] {
            assert_eq!(Section::heading(line), Some(Section::Options), "{line}");
        }
        for line in ["# Options #", "## Options", "Options", "## Other ##", "## Options ##,x", "####", "##", ""] {
            assert_eq!(Section::heading(line), None, "{line}");
        }
    }
}
