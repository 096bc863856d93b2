//! The mapping that `map init` writes.

use crate::text::encoding::{Encoding, UTF8_MARK, encode};
use crate::values::Kind;

use super::EXAMPLES;
use super::options::{delimiter_before, written};

/// What a new mapping begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The description, such as `Mapping created February 12 2020 by z123456`.
    pub description: String,
    /// The folder that sources are relative to.
    pub root_source_path: String,
    /// The anonymization project.
    pub project: String,
    /// Where the server writes to.
    pub destination_path: String,
    /// Further options, such as the key file of PIMS.
    pub more: Vec<(Kind, String)>,
    /// What separates cells: `,`, or `;` where a comma is the decimal sign.
    pub delimiter: char,
}

impl Template {
    /// The file, with CRLF line ends: description, options, and two example rows. In the encoding that other programs of this
    /// user read; in UTF-8 with a byte order mark where that cannot write it.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.text();
        encode(&text, Encoding::of_new_text()).unwrap_or_else(|_| [UTF8_MARK, text.as_bytes()].concat())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push_str("\r\n");
        };
        line("## Description ##");
        self.description.lines().for_each(&mut line);
        line("");
        line("## Options ##");
        line(&self.option(Kind::RootSourcePath, &self.root_source_path));
        line(&self.option(Kind::Project, &self.project));
        line(&self.option(Kind::DestinationPath, &self.destination_path));
        self.more.iter().for_each(|(kind, value)| line(&self.option(*kind, value)));
        line("");
        line("## Mapping ##");
        line(&self.joined(&[Kind::Source.name(), Kind::PseudoName.name(), Kind::Description.name()]));
        let descriptions =
            ["Example of a study in PACS by StudyInstanceUID", "Example of a study in PACS by accession number"];
        for ((source, pseudonym), description) in EXAMPLES.iter().zip(descriptions) {
            line(&self.joined(&[source, pseudonym, description]));
        }
        text
    }

    fn joined(&self, cells: &[&str]) -> String {
        cells.join(&self.delimiter.to_string())
    }

    fn option(&self, kind: Kind, value: &str) -> String {
        format!("{}{}{}", kind.name(), delimiter_before(value, self.delimiter), written(value))
    }
}
