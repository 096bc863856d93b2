//! The headings of the three sections.

use crate::problem::{Place, Problem};
use crate::text::nearest;
use crate::text::records::without_trailing_delimiters;

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
        let name = title(line)?;
        Section::ALL.into_iter().find(|section| section.name().eq_ignore_ascii_case(name))
    }

    /// The section that probably should begin with this line.
    pub fn nearly_heading(line: &str) -> Option<Section> {
        let meant = nearest(title(line)?, Section::ALL.map(Section::name))?;
        Section::ALL.into_iter().find(|section| section.name() == meant)
    }

    pub fn name(self) -> &'static str {
        match self {
            Section::Description => "Description",
            Section::Options => "Options",
            Section::Mapping => "Mapping",
        }
    }

    /// The problem of a file without such a section, though perhaps with a line that was meant to begin it.
    pub fn missing(self, nearly: Option<usize>) -> Problem {
        let message = format!("there is no section '{}'", self.name());
        if let Some(line) = nearly {
            return Problem::new(Place::Line(line), message)
                .hint(format!("write this line as '## {} ##'", self.name()));
        }
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

/// What is between the marks of a line that looks like a heading.
fn title(line: &str) -> Option<&str> {
    if !line.contains("##") {
        return None;
    }
    let line = without_trailing_delimiters(line).trim_matches('"').trim();
    Some(line.strip_prefix("##")?.strip_suffix("##")?.trim())
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
        assert_eq!(Section::nearly_heading("## Mappings ##"), Some(Section::Mapping));
        assert_eq!(Section::nearly_heading("## Notes ##"), None);
    }
}
