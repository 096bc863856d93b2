use clap::builder::styling::AnsiColor;
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, TableStyle, Width,
};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::visible;

/// The spaces between two columns.
const GAP: usize = 2;

/// How long a date is: `2016-08-26T15:04:44`.
const DATE: usize = 19;

/// A table as the manual shows them: two spaces between columns, dashes under each header, numbers to the right.
#[derive(Debug, Default)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    painted: Option<usize>,
}

impl Table {
    /// A table with these columns.
    pub fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Table {
        Table { header: header.into_iter().map(Into::into).collect(), ..Table::default() }
    }

    /// Adds a row, with as many cells as there are columns.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        // A line break in a cell would tear the table apart.
        let cell = |cell: T| visible(&cell.into().replace(['\n', '\r', '\t'], " ")).into_owned();
        self.rows.push(cells.into_iter().map(cell).collect());
    }

    /// On a terminal, job statuses in this column are coloured.
    #[must_use]
    pub fn painted(mut self, column: usize) -> Table {
        self.painted = Some(column);
        self
    }

    /// The lines of the table, never wrapped, each ended by a line break; the statuses in colours. Where a `terminal` is too narrow
    /// for it, long texts are shortened in the middle.
    pub fn render(&self, terminal: Option<usize>) -> String {
        let fitted = terminal.and_then(|columns| self.fitted(columns));
        let rows = fitted.as_ref().unwrap_or(&self.rows);
        let text = self.layout(rows).to_string();
        let mut out = String::with_capacity(text.len() + 16 * self.rows.len());
        for (number, line) in text.lines().enumerate() {
            match number {
                // A style joins columns with one character: the padding, the other half of the gap, has a dash in this line.
                1 => out.push_str(&line.strip_suffix('-').unwrap_or(line).replace("- ", "  ")),
                _ => out.push_str(line.trim_end()),
            }
            out.push('\n');
        }
        self.paint(&out)
    }

    /// The rows with their long texts shortened, so that a line takes at most this many columns, or as few as possible. `None` if
    /// they fit as they are.
    fn fitted(&self, columns: usize) -> Option<Vec<Vec<String>>> {
        let mut widths: Vec<usize> = (0..self.header.len()).map(|column| self.width_of(column)).collect();
        let mut excess = (widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)).saturating_sub(columns);
        if excess == 0 {
            return None;
        }
        let may_shrink = |column: &usize| Some(*column) != self.painted && !self.is_numeric(*column);
        while excess > 0 {
            let widest = (0..widths.len()).filter(may_shrink).max_by_key(|column| widths[*column])?;
            if widths[widest] <= self.least(widest) {
                break;
            }
            widths[widest] -= 1;
            excess -= 1;
        }
        let shorten =
            |row: &Vec<String>| row.iter().zip(&widths).map(|(cell, width)| shortened(cell, *width)).collect();
        Some(self.rows.iter().map(shorten).collect())
    }

    /// How many columns of a terminal a column of the table takes.
    fn width_of(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
        cells.chain([self.header[column].width() + GAP]).max().unwrap_or_default()
    }

    /// The minimum width of a column: a date, or its own header.
    fn least(&self, column: usize) -> usize {
        DATE.max(self.header[column].width() + GAP)
    }

    fn layout(&self, rows: &[Vec<String>]) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        let gap = ContentLineStyle::none().junction(' ');
        let dashes = LineStyle::none().fill('-').junction(' ');
        table.load_style(TableStyle::new().header_lines(gap).header_separator(dashes).content_lines(gap));
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.header);
        table.add_rows(rows);
        for (index, name) in self.header.iter().enumerate() {
            let Some(column) = table.column_mut(index) else { continue };
            // A column is at least two characters wider than its header; the padding counts too.
            let least = u16::try_from(name.chars().count() + 3).unwrap_or(u16::MAX);
            column.set_padding((0, 1)).set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            if self.is_numeric(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    fn is_numeric(&self, column: usize) -> bool {
        let cells = || self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        cells().next().is_some() && cells().all(|cell| cell.parse::<i64>().is_ok())
    }

    fn paint(&self, text: &str) -> String {
        let Some(column) = self.painted else { return text.to_owned() };
        let mut lines = text.lines();
        let mut out: String = lines.by_ref().take(2).flat_map(|line| [line, "\n"]).collect();
        for (line, row) in lines.zip(&self.rows) {
            let status = &row[column];
            match colour(status) {
                Some(colour) => {
                    let style = colour.on_default();
                    out.push_str(&line.replacen(status, &format!("{style}{status}{style:#}"), 1));
                }
                None => out.push_str(line),
            }
            out.push('\n');
        }
        out
    }
}

/// A text shortened to this many columns: its beginning and its end, which say more than its middle.
fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let start = taken(text.chars(), room.div_ceil(2));
    let end = taken(text.chars().rev(), room / 2);
    format!("{}…{}", start.iter().collect::<String>(), end.iter().rev().collect::<String>())
}

/// As many characters as fit into this many columns.
fn taken(characters: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or_default();
            used <= columns
        })
        .collect()
}

/// Green is fine, red needs a person, yellow is in progress.
fn colour(status: &str) -> Option<AnsiColor> {
    match status {
        "DONE" => Some(AnsiColor::Green),
        "ERROR" | "NOT_FOUND" => Some(AnsiColor::Red),
        "UPLOADED" | "ACTIVE" => Some(AnsiColor::Yellow),
        "INACTIVE" => Some(AnsiColor::BrightBlack),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Table, shortened};

    fn bare(table: &Table) -> String {
        anstream::adapter::strip_str(&table.render(None)).to_string()
    }

    fn jobs() -> Table {
        let mut table = Table::new(["id", "date", "status", "down", "user"]).painted(2);
        table.row(["1", "2016-08-26T15:04:44", "INACTIVE", "", "z123456"]);
        table.row(["1002", "2016-08-26T15:04:44", "ERROR", "503", ""]);
        table
    }

    #[test]
    fn it_looks_as_the_manual_shows_it() {
        let expected = "  id  date                 status      down  user
----  -------------------  --------  ------  -------
   1  2016-08-26T15:04:44  INACTIVE          z123456
1002  2016-08-26T15:04:44  ERROR        503
";
        assert_eq!(bare(&jobs()), expected);
    }

    #[test]
    fn only_the_painted_column_has_colours() {
        let coloured = jobs().render(None);
        assert!(coloured.contains("\u{1b}[31mERROR\u{1b}[0m"), "{coloured:?}");
        assert_eq!(coloured.matches('\u{1b}').count(), 4, "{coloured:?}");
    }

    #[test]
    fn an_empty_table_is_its_header() {
        assert_eq!(
            Table::new(["source", "pseudo_name"]).render(None),
            "source    pseudo_name\n--------  -------------\n"
        );
    }

    #[test]
    fn cells_with_line_breaks_and_wide_characters_keep_the_columns() {
        let mut table = Table::new(["a", "b"]);
        table.row(["two\nlines", "x"]);
        table.row(["漢字", "y"]);
        assert_eq!(table.render(None), "a          b\n---------  ---\ntwo lines  x\n漢字       y\n");
    }

    #[test]
    fn long_texts_fit_a_terminal_and_nothing_else_is_shortened() {
        let mut table = Table::new(["line", "source", "status"]).painted(2);
        table.row(["7", "fileselection:cohort 2024/patient0001/study1/fileselection.txt", "ERROR"]);
        let whole = bare(&table);
        assert!(whole.lines().all(|line| !line.contains('…')), "{whole}");
        let fitted = anstream::adapter::strip_str(&table.render(Some(50))).to_string();
        assert_eq!(fitted.lines().last(), Some("     7  fileselection:co…leselection.txt  ERROR"), "{fitted}");
        assert!(fitted.lines().all(|line| line.width() <= 50), "{fitted}");
        assert_eq!(table.render(Some(500)), table.render(None));
        // Too narrow for anything: nothing is shortened beyond what can still be told apart.
        assert!(table.render(Some(5)).contains("fileselec…ction.txt"), "{}", table.render(Some(5)));
    }

    #[test]
    fn wide_characters_are_shortened_whole() {
        assert_eq!(shortened("漢字漢字漢字", 7), "漢…字");
        assert_eq!(shortened("漢字", 4), "漢字");
    }
}
