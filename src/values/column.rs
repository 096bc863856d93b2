//! The columns of an input list, by the names that people give them.

use super::clean::clean;
use crate::text::nearest;

/// What a column of an input list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Accession numbers.
    AccessionNumber,
    /// Paths of folders.
    Path,
    /// Pseudonyms.
    PseudoName,
}

/// How sure it is that a name means a column; the surest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// One of the names that the manual gives (5.6.3).
    Exact,
    /// A name that can mean nothing else, in English, Dutch or German.
    Other,
    /// It could be meant: its user has to say so.
    Perhaps,
}

/// Headers are short: a text that is longer is prose, however it begins.
const LONGEST: usize = 40;

impl Column {
    /// Every column.
    pub const ALL: [Column; 3] = [Column::AccessionNumber, Column::Path, Column::PseudoName];

    /// The names that the manual gives. Case and the characters ` _-.` do not count.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Column::AccessionNumber => &["accession_number", "acc nr"],
            Column::Path => &["folder", "path", "map"],
            Column::PseudoName => &["pseudonym", "pseudoID", "pseudo_name", "name"],
        }
    }

    /// More names that are taken, in letters and digits only.
    #[rustfmt::skip]
    fn other_names(self) -> &'static [&'static str] {
        match self {
            Column::AccessionNumber => &["accession", "accessions", "accessionnumbers", "accessionnr", "accessionno",
                "accessionid", "accessionnummer", "accessienummer", "accessienummers", "accessienr", "accno", "accnumber",
                "accnummer", "accid"],
            Column::Path => &["folders", "foldername", "folderpath", "directory", "mappen", "mapnaam", "pad", "ordner",
                "ordnername", "verzeichnis", "pfad"],
            Column::PseudoName => &["pseudonyms", "pseudoniem", "pseudoniemen", "pseudonyme", "pseudonaam", "pseudo",
                "anonname", "anonid"],
        }
    }

    /// What gives away a name that could be meant: parts of it, in letters and digits only.
    fn hints(self) -> &'static [&'static str] {
        match self {
            Column::AccessionNumber => {
                &["accession", "accesion", "acession", "accessie", "untersuchungsn", "onderzoeksn", "zugangsn"]
            }
            Column::Path => &["folder", "ordner", "verzeichnis", "director"],
            Column::PseudoName => {
                &["pseud", "psued", "anon", "deckname", "schuilna", "alias", "codename", "subjectid", "studienummer"]
            }
        }
    }

    /// What the column holds, for a sentence: "accession number".
    pub fn noun(self) -> &'static str {
        match self {
            Column::AccessionNumber => "accession number",
            Column::Path => "folder",
            Column::PseudoName => "pseudonym",
        }
    }

    /// As [`Column::noun`], with its article.
    pub fn one(self) -> String {
        let article = if self == Column::AccessionNumber { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }

    /// The column that is called so in the manual.
    pub fn of_name(name: &str) -> Option<Column> {
        // Accession numbers are looked up here too: none of the names has a digit.
        if name.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        Column::ALL.into_iter().find(|column| column.is_called(name))
    }

    fn is_called(self, name: &str) -> bool {
        self.names().iter().any(|known| same_header(known, name))
    }

    /// Whether this name means the column.
    pub fn fit(self, name: &str) -> Option<Fit> {
        if self.is_called(name) {
            return Some(Fit::Exact);
        }
        let letters: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(LONGEST + 1).collect();
        if letters.chars().count() > LONGEST {
            return None;
        }
        if self.other_names().contains(&letters.as_str()) {
            return Some(Fit::Other);
        }
        // Everything is near a name of a few letters.
        let names = || self.names().iter().map(|known| bare(known).collect::<String>()).filter(|name| name.len() > 5);
        let is_near = || nearest(&letters, names().collect::<Vec<_>>().iter().map(String::as_str)).is_some();
        let is_word = letters.len() > 4 && !letters.contains(char::is_numeric);
        let perhaps = self.hints().iter().any(|hint| letters.contains(hint)) || is_word && is_near();
        perhaps.then_some(Fit::Perhaps)
    }
}

/// Whether two headers are the same: case, invisible characters and ` _-.` do not count.
pub fn same_header(one: &str, other: &str) -> bool {
    bare(&clean(one).text).eq(bare(&clean(other).text))
}

fn bare(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|letter| !letter.is_whitespace() && !"_-.".contains(*letter)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for (column, names) in [
            (
                Column::AccessionNumber,
                &["accession number", "Accession_Number", "AccessionNumber", "Acc.nr.", "accession\nnumber"][..],
            ),
            (Column::PseudoName, &["pseudoID", "pseudo id", "pseudonym", "Name", "pseudo_name", "\u{feff}pseudonym"]),
            (Column::Path, &["folder", "Map", "PATH "]),
        ] {
            for name in names {
                assert_eq!(column.fit(name), Some(Fit::Exact), "{name}");
                assert_eq!(Column::of_name(name), Some(column), "{name}");
            }
        }
    }

    #[test]
    fn no_name_has_a_digit() {
        for name in Column::ALL.into_iter().flat_map(Column::names) {
            assert!(!name.contains(char::is_numeric) && Column::of_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_in_other_words_and_languages() {
        for name in ["Accession #", "accession nr.", "accessienummer", "Accession No"] {
            assert_eq!(Column::AccessionNumber.fit(name), Some(Fit::Other), "{name}");
        }
        for name in ["pseudoniem", "Anon name", "Pseudonyme"] {
            assert_eq!(Column::PseudoName.fit(name), Some(Fit::Other), "{name}");
        }
        for name in ["Ordner", "folders", "map naam"] {
            assert_eq!(Column::Path.fit(name), Some(Fit::Other), "{name}");
        }
    }

    #[test]
    fn names_that_could_be_meant() {
        for name in ["acession number", "accession number (old)", "Untersuchungsnummer", "onderzoeksnr"] {
            assert_eq!(Column::AccessionNumber.fit(name), Some(Fit::Perhaps), "{name}");
        }
        for name in ["psuedonym", "Pseudonym (neu)", "anonymized as", "pseudnoym", "pesudonym"] {
            assert_eq!(Column::PseudoName.fit(name), Some(Fit::Perhaps), "{name}");
        }
        assert_eq!(Column::Path.fit("fodler"), Some(Fit::Perhaps));
    }

    #[test]
    fn names_of_something_else() {
        let prose = "a folder for each pseudonym, and an accession number beside it";
        for name in ["", "patient", "Naam", "Jansen", "remark", "date", "mapping", prose] {
            for column in Column::ALL {
                assert_eq!(column.fit(name), None, "{name} {column:?}");
            }
        }
    }
}
