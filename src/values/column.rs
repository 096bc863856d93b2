//! The columns of an input list, by the names that people give them.

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

impl Column {
    /// The names that the column may have. Case and the characters ` _-.` do not count.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Column::AccessionNumber => &["accession_number", "acc nr"],
            Column::Path => &["folder", "path", "map"],
            Column::PseudoName => &["pseudonym", "pseudoID", "pseudo_name", "name"],
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

    /// The column that is called so.
    pub fn of_name(name: &str) -> Option<Column> {
        [Column::AccessionNumber, Column::Path, Column::PseudoName].into_iter().find(|column| column.is_called(name))
    }

    /// True if this is one of the names of the column.
    pub fn is_called(self, name: &str) -> bool {
        // The longest name has 16 letters: a text of more than that is no header, however long it is.
        let name: String = bare(name).take(32).collect();
        self.names().iter().any(|known| bare(known).eq(name.chars()))
    }

    /// True if this is nearly one of the names.
    pub fn is_nearly_called(self, name: &str) -> bool {
        let name: String = bare(name).take(32).collect();
        let names: Vec<String> = self.names().iter().map(|known| bare(known).collect()).collect();
        name.len() > 4 && nearest(&name, names.iter().map(String::as_str)).is_some()
    }
}

fn bare(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|letter| !letter.is_whitespace() && !"_-.".contains(*letter)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for name in ["accession number", "Accession Number", "accession_number", "accession-number", "AccessionNumber"]
        {
            assert!(Column::AccessionNumber.is_called(name), "{name}");
        }
        for name in ["acc nr", "Acc.nr.", "ACC_NR", "accession\nnumber"] {
            assert!(Column::AccessionNumber.is_called(name), "{name}");
        }
        for name in ["pseudoID", "pseudo id", "pseudonym", "Name", "pseudo_name"] {
            assert!(Column::PseudoName.is_called(name), "{name}");
        }
        for name in ["folder", "Map", "PATH "] {
            assert!(Column::Path.is_called(name), "{name}");
        }
        for name in ["", "my accession number", "folders are below", "patient"] {
            assert!(![Column::AccessionNumber, Column::Path, Column::PseudoName].iter().any(|c| c.is_called(name)));
        }
    }

    #[test]
    fn names_that_are_nearly_right() {
        assert!(Column::AccessionNumber.is_nearly_called("accesion number"));
        assert!(Column::Path.is_nearly_called("folders"));
        assert!(!Column::AccessionNumber.is_nearly_called("Jansen"));
    }
}
