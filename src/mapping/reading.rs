//! From text to a [`Mapping`], with the place of everything that an edit needs, and with every problem of the file.

use crate::problem::{Place, Problem};
use crate::text::records::{DELIMITERS, Line, Records, without_trailing_delimiters};
use crate::values::{Kind, Parameters, Source};

use super::options::OptionSpan;
use super::sections::Section;
use super::table::{self, Header};
use super::typed::Findings;
use super::{Mapping, Row, among, is_example, options};

/// Where everything is in the text that can be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The heading of the options.
    pub options_heading: Option<Line>,
    /// The options, in the order of the file.
    pub options: Vec<OptionSpan>,
    /// The heading of the mapping section.
    pub heading: Option<Line>,
    pub header: Option<Header>,
    /// The rows, in the order of [`Mapping::rows`].
    pub rows: Vec<Span>,
    /// Columns without a name in which rows nevertheless have values, counted from 0.
    pub occupied: Vec<usize>,
    /// Why no row can be added, whatever it is.
    pub obstacle: Option<Problem>,
}

/// Where a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub at: Line,
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
    /// The source in the options, which counts for rows without one.
    general_source: Option<Option<Source>>,
    delimiter: Option<char>,
    /// The first line that should have been the header was none.
    headless: bool,
    rows: Vec<(usize, Parameters)>,
    layout: Layout,
    findings: Findings,
}

/// Reads a whole mapping: what can be understood, and everything that is wrong or doubtful.
pub(super) fn read(text: &str) -> (Mapping, Layout) {
    let mut reading = Reading {
        records: Records::new(text),
        headings: Vec::new(),
        nearly: Vec::new(),
        from_spreadsheet: false,
        description: Vec::new(),
        options: Parameters::new(),
        general_source: None,
        delimiter: None,
        headless: false,
        rows: Vec::new(),
        layout: Layout::default(),
        findings: Findings::default(),
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
        let place = self.records.skip_line();
        self.from_spreadsheet |= text.trim_end().ends_with([',', ';', '"']);
        match self.headings.iter().find(|(known, _)| *known == section) {
            Some((_, first)) => {
                let problem = section.repeated(line, *first);
                if section == Section::Mapping {
                    self.layout.obstacle.get_or_insert(problem.clone());
                }
                self.findings.problems.push(problem);
            }
            None => self.headings.push((section, line)),
        }
        match section {
            Section::Description => {}
            Section::Options => self.layout.options_heading = Some(place),
            Section::Mapping => self.layout.heading = Some(place),
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
            Ok(setting) => {
                if self.options.iter().any(|(kind, _)| kind == setting.kind) {
                    let message = format!("option '{}' is given twice", setting.kind);
                    let problem = Problem::new(Place::Line(setting.line), message).hint("keep one of them");
                    self.findings.problems.push(problem);
                }
                self.delimiter.get_or_insert(setting.span.delimiter);
                if setting.kind == Kind::Source && !setting.value.is_empty() {
                    self.general_source = Some(self.findings.source(setting.line, &setting.value));
                }
                self.findings.values(setting.line, &Parameters::from_pairs([(setting.kind, setting.value.as_str())]));
                // As with AnonAPI, the last one counts for those who only look.
                self.options.set(setting.kind, setting.value);
                self.layout.options.push(setting.span);
            }
            Err(problem) => self.findings.problems.push(problem),
        }
    }

    fn row(&mut self, line: &str) {
        if self.headless || skippable(line) {
            self.commented_out(line);
            self.records.skip_line();
            return;
        }
        let Some(header) = &self.layout.header else {
            return self.header();
        };
        let Some((record, delimiter)) = table::split(&self.records, header.delimiter, header.cells.len()) else {
            return;
        };
        self.records.pass(&record);
        if record.is_blank() {
            return;
        }
        let before = self.findings.problems.len();
        match table::parameters(&record, header, &mut self.findings.problems) {
            Some((parameters, nameless)) => {
                let new = nameless.into_iter().filter(|index| !self.layout.occupied.contains(index));
                self.layout.occupied.extend(new.collect::<Vec<_>>());
                self.rows.push((record.line, parameters));
                self.layout.rows.push(Span { at: record.at, delimiter });
            }
            // To other programs, everything below is inside that quote.
            None => {
                self.layout.obstacle = self.layout.obstacle.take().or(self.findings.problems.get(before).cloned());
            }
        }
    }

    fn header(&mut self) {
        let fallback = self.delimiter.unwrap_or(',');
        let before = self.findings.problems.len();
        let has_source = self.general_source.is_some();
        self.layout.header = table::header(&mut self.records, fallback, has_source, &mut self.findings.problems);
        self.headless = self.layout.header.is_none();
        // With a column given twice, both get the value. An unknown one gets none, unless it was meant for one that is missing.
        let has = |header: &Header, kind| header.cells.iter().any(|cell| cell.kind == Some(kind));
        let is_unclear =
            |header: &Header| header.cells.iter().any(|cell| cell.meant.is_some_and(|meant| !has(header, meant)));
        if self.layout.header.as_ref().is_none_or(is_unclear) {
            self.layout.obstacle = self.layout.obstacle.take().or(self.findings.problems.get(before).cloned());
        }
    }

    /// A line that would be a row without the `#` before it: to AnonAPI it is one, or a mistake.
    fn commented_out(&mut self, line: &str) {
        let is_row = |cell: &str| Source::parse(cell.trim_start_matches(['#', ' ', '"'])).is_ok();
        if line.trim_start().starts_with('#') && line.split(DELIMITERS).any(is_row) {
            let message = "this row begins with '#', so it is left out";
            self.findings.doubts.push(Problem::new(Place::Line(self.records.line()), message));
        }
    }

    fn finish(mut self) -> (Mapping, Layout) {
        for section in Section::ALL {
            if !self.has(section) {
                let nearly = self.nearly.iter().find(|(meant, _)| *meant == section).map(|(_, line)| *line);
                let problem = section.missing(nearly);
                if section == Section::Mapping {
                    self.layout.obstacle = Some(problem.clone());
                }
                self.findings.problems.push(problem);
            }
        }
        let rows = self.typed_rows();
        let Findings { mut problems, mut doubts } = std::mem::take(&mut self.findings);
        let mut warnings = among::warnings(&rows, &self.options);
        for list in [&mut problems, &mut doubts, &mut warnings] {
            list.sort_by(|one, other| one.place.cmp(&other.place));
        }
        let header = self.layout.header.as_ref();
        let mapping = Mapping {
            description: self.description(),
            columns: header.iter().flat_map(|header| header.cells.iter().filter_map(|cell| cell.kind)).collect(),
            delimiter: header.map(|header| header.delimiter).or(self.delimiter).unwrap_or(','),
            options: std::mem::take(&mut self.options),
            rows,
            problems,
            doubts,
            warnings,
        };
        (mapping, self.layout)
    }

    /// Rows with their sources. A row without one takes that of the options, as it would any other parameter.
    fn typed_rows(&mut self) -> Vec<Row> {
        let rows = std::mem::take(&mut self.rows);
        let typed = |(line, parameters): (usize, Parameters)| {
            if is_example(&parameters) {
                let source = parameters.get(Kind::Source).and_then(|text| Source::parse(text).ok());
                return Row { line, parameters, source: source.map(|parsed| parsed.value) };
            }
            self.findings.values(line, &parameters);
            let source = match (parameters.get(Kind::Source), &self.general_source) {
                (Some(text), _) => self.findings.source(line, text),
                (None, Some(general)) => general.clone(),
                (None, None) => {
                    let problem = Problem::new(Place::Line(line), "this row has no source");
                    self.findings.problems.push(problem.hint("fill in its source, or remove the row"));
                    None
                }
            };
            Row { line, parameters, source }
        };
        rows.into_iter().map(typed).collect()
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
