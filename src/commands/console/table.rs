use clap::builder::styling::AnsiColor;
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, TableStyle, Width,
};

use super::visible;

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

    /// The lines of the table, never wrapped, each ended by a line break; the statuses in colours.
    pub fn render(&self) -> String {
        let text = self.layout().to_string();
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

    fn layout(&self) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        let gap = ContentLineStyle::none().junction(' ');
        let dashes = LineStyle::none().fill('-').junction(' ');
        table.load_style(TableStyle::new().header_lines(gap).header_separator(dashes).content_lines(gap));
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.header);
        table.add_rows(&self.rows);
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

/// Green is well, red needs a person, yellow is under way.
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
    use super::Table;

    fn bare(table: &Table) -> String {
        anstream::adapter::strip_str(&table.render()).to_string()
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
        let coloured = jobs().render();
        assert!(coloured.contains("\u{1b}[31mERROR\u{1b}[0m"), "{coloured:?}");
        assert_eq!(coloured.matches('\u{1b}').count(), 4, "{coloured:?}");
    }

    #[test]
    fn an_empty_table_is_its_header() {
        assert_eq!(Table::new(["source", "pseudo_name"]).render(), "source    pseudo_name\n--------  -------------\n");
    }

    #[test]
    fn cells_with_line_breaks_and_wide_characters_keep_the_columns() {
        let mut table = Table::new(["a", "b"]);
        table.row(["two\nlines", "x"]);
        table.row(["漢字", "y"]);
        assert_eq!(table.render(), "a          b\n---------  ---\ntwo lines  x\n漢字       y\n");
    }
}
