//! From text to a [`Mapping`], with the place of everything that an edit needs, and with every problem of the file.

use std::ops::Range;

use crate::problem::{Place, Problem};
use crate::text::records::{DELIMITERS, Records, without_trailing_delimiters};
use crate::values::{Kind, Parameters, Source, SourceError};

use super::sections::Section;
use super::table::{self, Header};
use super::{Mapping, Row, check, options};

/// Where the parts of the mapping section are in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The heading of the mapping section, line end excluded.
    pub heading: Range<usize>,
    /// Where the line after the heading begins.
    pub heading_end: usize,
    pub header: Option<Header>,
    /// The rows, in the order of [`Mapping::rows`].
    pub rows: Vec<Span>,
}

/// Where a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// The row, line end excluded.
    pub text: Range<usize>,
    /// Where the next line begins.
    pub end: usize,
    /// What its cells are separated by: sometimes not what the header has.
    pub delimiter: char,
}

/// A mapping that has been read so far.
struct Reading<'a> {
    records: Records<'a>,
    headings: Vec<(Section, usize)>,
    /// Lines that look like a heading and are none.
    nearly: Vec<(Section, usize)>,
    from_spreadsheet: bool,
    description: Vec<&'a str>,
    options: Parameters,
    delimiter: Option<char>,
    /// The first line that should have been the header was none.
    headless: bool,
    rows: Vec<(usize, Parameters)>,
    layout: Layout,
    problems: Vec<Problem>,
}

/// Reads a whole mapping: what can be understood of it, and every problem that it has.
pub(super) fn read(text: &str) -> (Mapping, Layout, Vec<Problem>) {
    let mut reading = Reading {
        records: Records::new(text),
        headings: Vec::new(),
        nearly: Vec::new(),
        from_spreadsheet: false,
        description: Vec::new(),
        options: Parameters::new(),
        delimiter: None,
        headless: false,
        rows: Vec::new(),
        layout: Layout::default(),
        problems: Vec::new(),
    };
    let mut current = None;
    while let Some(line) = reading.records.peek_line() {
        if let Some(section) = Section::heading(line) {
            reading.heading(section, line);
            current = Some(section);
            continue;
        }
        if let Some(section) = Section::nearly_heading(line).filter(|section| !reading.has(*section)) {
            reading.nearly.push((section, reading.records.line()));
            // Elsewhere than in a description the file is wrong in any case: what follows is read as what was meant.
            current = current.filter(|current| *current == Section::Description).or(Some(section));
        }
        match current {
            Some(Section::Options) => reading.option(line),
            Some(Section::Mapping) => reading.row(line),
            Some(Section::Description) => {
                reading.description.push(line);
                reading.records.skip_line();
            }
            None => {
                reading.records.skip_line();
            }
        }
    }
    reading.finish()
}

impl Reading<'_> {
    fn heading(&mut self, section: Section, text: &str) {
        let line = self.records.line();
        let span = self.records.skip_line();
        self.from_spreadsheet |= text.trim_end().ends_with([',', ';', '"']);
        match self.headings.iter().find(|(known, _)| *known == section) {
            Some((_, first)) => self.problems.push(section.repeated(line, *first)),
            None => self.headings.push((section, line)),
        }
        if section == Section::Mapping {
            self.layout.heading = span;
            self.layout.heading_end = self.records.position();
        }
    }

    fn has(&self, section: Section) -> bool {
        self.headings.iter().any(|(known, _)| *known == section)
    }

    fn option(&mut self, line: &str) {
        if skippable(line) {
            self.records.skip_line();
            return;
        }
        match options::read(&mut self.records) {
            Ok(setting) if self.options.iter().any(|(kind, _)| kind == setting.kind) => {
                let message = format!("option '{}' is given twice", setting.kind);
                self.problems.push(Problem::new(Place::Line(setting.line), message).hint("keep one of them"));
            }
            Ok(setting) => {
                self.delimiter.get_or_insert(setting.delimiter);
                self.options.set(setting.kind, setting.value);
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    fn row(&mut self, line: &str) {
        if self.headless || skippable(line) {
            self.records.skip_line();
            return;
        }
        let Some(header) = &self.layout.header else {
            let fallback = self.delimiter.unwrap_or(',');
            self.layout.header = table::header(&mut self.records, fallback, &mut self.problems);
            self.headless = self.layout.header.is_none();
            return;
        };
        let Some((record, delimiter)) = table::split(&self.records, header.delimiter, header.cells.len()) else {
            return;
        };
        self.records.pass(&record);
        if record.is_blank() {
            return;
        }
        if let Some(parameters) = table::parameters(&record, header, &mut self.problems) {
            let span = Span { text: record.span, end: record.end, delimiter };
            self.rows.push((record.line, parameters));
            self.layout.rows.push(span);
        }
    }

    fn finish(mut self) -> (Mapping, Layout, Vec<Problem>) {
        for section in Section::ALL {
            if !self.has(section) {
                let nearly = self.nearly.iter().find(|(meant, _)| *meant == section).map(|(_, line)| *line);
                self.problems.push(section.missing(nearly));
            }
        }
        let rows = self.with_sources();
        let header = self.layout.header.as_ref();
        let mapping = Mapping {
            description: self.description(),
            columns: header.iter().flat_map(|header| header.cells.iter().filter_map(|cell| cell.kind)).collect(),
            delimiter: header.map(|header| header.delimiter).or(self.delimiter).unwrap_or(','),
            warnings: check::warnings(&rows),
            options: self.options,
            rows,
        };
        (mapping, self.layout, self.problems)
    }

    /// Rows with their sources. A row without one takes that of the options, as it would any other parameter.
    fn with_sources(&mut self) -> Vec<Row> {
        let rows = std::mem::take(&mut self.rows);
        let general = self.options.get(Kind::Source).map(str::to_owned);
        let mut read = Vec::with_capacity(rows.len());
        for (line, parameters) in rows {
            let Some(text) = parameters.get(Kind::Source).or(general.as_deref()) else {
                let problem = Problem::new(Place::Line(line), "this row has no source");
                self.problems.push(problem.hint("fill in its source, or remove the row"));
                continue;
            };
            match Source::parse(text) {
                Ok(parsed) => read.push(Row { line, parameters, source: parsed.value }),
                Err(error) => self.problems.push(no_source(line, &error)),
            }
        }
        read
    }

    /// The description without the delimiters that a spreadsheet adds to each line.
    fn description(&self) -> String {
        let clean = |line: &&str| match self.from_spreadsheet {
            true => without_trailing_delimiters(line).to_owned(),
            false => line.trim_end().to_owned(),
        };
        let lines: Vec<String> = self.description.iter().map(clean).collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }
}

/// Blank lines, lines of delimiters and empty quotes (`"","",""`), and lines that someone commented out.
fn skippable(line: &str) -> bool {
    let says_nothing = |cell: &str| matches!(cell.trim(), "" | "\"\"");
    line.trim_start().starts_with('#') || line.split(DELIMITERS).all(says_nothing)
}

fn no_source(line: usize, error: &SourceError) -> Problem {
    Problem::new(Place::Line(line), error.to_string()).hint(error.hint())
}
