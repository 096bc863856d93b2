//! The header line as rows that are added need it: with a name for each of their values, and in a form that AnonAPI reads.
//!
//! AnonAPI takes names only as they are, in small letters, and one without a name only at the end. It skips spaces before values
//! if each delimiter of the header line is followed by one, and never otherwise. Where a person or a spreadsheet has written the
//! line in another way, it is put into that form; where it is right, nothing of it changes.

use std::borrow::Cow;

use crate::text::records::DELIMITERS;
use crate::values::Kind;

use super::table::{Header, Name};

/// What a header line should contain.
pub(super) struct Wanted<'a> {
    /// The columns that it lacks.
    pub missing: &'a [Kind],
    /// Columns without a name in which rows nevertheless have values.
    pub occupied: &'a [usize],
    /// Names for columns that are empty, and stay so: these change nothing for anybody.
    pub spare: &'a [Kind],
    /// Whether rows remain: without any, a column in the middle that has no name can go.
    pub has_rows: bool,
}

/// The desired header line, and all its columns.
pub(super) fn with_columns(text: &str, header: &Header, wanted: &Wanted<'_>) -> (String, Vec<Option<Kind>>) {
    let mut header = Cow::Borrowed(header);
    let last_name = header.cells.iter().rposition(|cell| !cell.is_empty).unwrap_or(0);
    if !wanted.has_rows && header.cells[..last_name].iter().any(|cell| cell.is_empty) {
        let (named, empty) = header.cells.split_at(last_name + 1);
        let cells = named.iter().filter(|cell| !cell.is_empty).chain(empty).cloned().collect();
        header.to_mut().cells = cells;
    }
    let mut columns: Vec<Option<Kind>> = header.cells.iter().map(|cell| cell.kind).collect();
    let is_free =
        |index: &usize| header.cells.get(*index).is_none_or(|cell| cell.is_empty) && !wanted.occupied.contains(index);
    let mut free = (0..).filter(is_free);
    for kind in wanted.missing {
        let Some(index) = free.next() else { break };
        if columns.len() <= index {
            columns.resize(index + 1, None);
        }
        columns[index] = Some(*kind);
    }
    let last = columns.iter().rposition(Option::is_some).unwrap_or(0);
    for (kind, index) in wanted.spare.iter().zip(free.take_while(|index| *index < last)) {
        columns[index] = Some(*kind);
    }
    (line(text, &header, &columns), columns)
}

fn line(text: &str, header: &Header, columns: &[Option<Kind>]) -> String {
    let raw = |cell: &Name| &text[cell.span.clone()];
    let last_name = header.cells.iter().rposition(|cell| !cell.is_empty).unwrap_or(0);
    let (named, empty) = header.cells.split_at(last_name + 1);
    let padded = is_padded(text, named);
    let is_right = header.delimiter == '\t'
        || empty.iter().all(|cell| raw(cell).is_empty())
            && named.iter().enumerate().all(|(index, cell)| is_right(raw(cell), padded, index == 0));
    let mut line = String::new();
    for (index, kind) in columns.iter().enumerate() {
        if index > 0 {
            line.push(header.delimiter);
        }
        let old = header.cells.get(index).filter(|cell| !cell.is_empty).map(raw);
        let name = match (old, kind) {
            (Some(old), Some(kind)) if !is_right => as_anonapi_writes(old, *kind),
            (Some(old), _) => {
                line.push_str(old);
                continue;
            }
            (None, Some(kind)) => kind.name(),
            (None, None) => continue,
        };
        line.push_str(if padded && index > 0 { " " } else { "" });
        line.push_str(name);
    }
    line
}

/// Whether a space follows each delimiter between names, or was meant to.
fn is_padded(text: &str, named: &[Name]) -> bool {
    let spaced = |cell: &Name| text[cell.span.clone()].starts_with(' ');
    let right = named.iter().enumerate().all(|(index, cell)| is_right(&text[cell.span.clone()], false, index == 0));
    !right && named.iter().skip(1).any(spaced)
}

/// Whether AnonAPI reads the name in this cell.
fn is_right(cell: &str, padded: bool, is_first: bool) -> bool {
    let name = match (padded, is_first) {
        (true, true) => cell.trim_start_matches(' '),
        (true, false) => match cell.strip_prefix(' ') {
            Some(name) => name.trim_start_matches(' '),
            None => return false,
        },
        (false, _) => cell,
    };
    let bare = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    Kind::from_name(bare).is_some_and(|kind| as_anonapi_writes(bare, kind) == bare)
}

/// The name of a column, which may be an old one that AnonAPI still reads.
fn as_anonapi_writes(cell: &str, kind: Kind) -> &'static str {
    let name = cell.trim_matches(|c: char| c.is_whitespace() || c == '"' || DELIMITERS.contains(&c));
    let old = ["patient_id", "patient_name"].into_iter().find(|old| old.eq_ignore_ascii_case(name));
    old.unwrap_or(kind.name())
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;
    use crate::text::records::Records;

    fn with(line: &str, missing: &[Kind], occupied: &[usize]) -> String {
        let header = table::header(&mut Records::new(line), ',', true, &mut vec![]).unwrap();
        let wanted = Wanted { missing, occupied, spare: &[Kind::PimsKey], has_rows: true };
        with_columns(line, &header, &wanted).0
    }

    #[test]
    fn what_is_right_stays() {
        for line in [
            "source,pseudo_name",
            "source, pseudo_name,   description",
            " source, pseudo_name",
            "source, pseudo_id,,",
            "\"source\",\"patient_id\"",
            "source;pseudo_name;;",
            "description,source",
            "Source\tPseudo_name ",
        ] {
            assert_eq!(with(line, &[], &[]), line);
        }
    }

    #[test]
    fn a_header_that_anonapi_cannot_read_is_corrected() {
        for (line, right) in [
            ("Source,PSEUDO_NAME", "source,pseudo_name"),
            ("source ,pseudo_name ", "source,pseudo_name"),
            (" source,pseudo_name", "source,pseudo_name"),
            ("source, pseudo_name,description", "source, pseudo_name, description"),
            ("source,\tpseudo_name", "source,pseudo_name"),
            ("\"source\" ,\"Patient_ID\"", "source,patient_id"),
            ("source,project_name", "source,project"),
            ("source,pseudo_name, , ", "source,pseudo_name,,"),
            ("source,pseudo_name;;", "source,pseudo_name"),
        ] {
            assert_eq!(with(line, &[], &[]), right, "{line}");
        }
    }

    #[test]
    fn new_columns_take_the_place_of_empty_ones() {
        use Kind::{Description, PseudoName};
        for (line, occupied, right) in [
            ("source", &[][..], "source,pseudo_name,description"),
            ("source, pseudo_id,,", &[], "source, pseudo_id, pseudo_name, description"),
            ("source,pseudo_id,,,", &[], "source,pseudo_id,pseudo_name,description,"),
            ("source,,pseudo_id", &[], "source,pseudo_name,pseudo_id,description"),
            ("source,,pseudo_id", &[1], "source,,pseudo_id,pseudo_name,description"),
            ("source,,,,pseudo_id,", &[], "source,pseudo_name,description,pims_key,pseudo_id,"),
            ("source,pseudo_id", &[2, 3], "source,pseudo_id,,,pseudo_name,description"),
            ("Source,pseudo_id;;", &[], "source,pseudo_id,pseudo_name,description"),
        ] {
            assert_eq!(with(line, &[PseudoName, Description], occupied), right, "{line}");
        }
    }

    #[test]
    fn without_rows_an_empty_column_goes() {
        let header = table::header(&mut Records::new("source,,pseudo_name,,"), ',', true, &mut vec![]).unwrap();
        let wanted = Wanted { missing: &[], occupied: &[], spare: &[], has_rows: false };
        assert_eq!(with_columns("source,,pseudo_name,,", &header, &wanted).0, "source,pseudo_name,,");
    }
}
