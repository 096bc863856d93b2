//! Source identifiers: where the data of a job comes from.

use std::fmt;

use super::{AccessionNumber, DataPath, Doubt, Parsed, Spoilt, StudyInstanceUid};
use crate::text::nearest;

/// Where the data of a job comes from, as `<identifier type>:<value>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// All files in a folder, relative to the root source path.
    Folder(DataPath),
    /// The files that a file selection lists; the path of the selection file, relative to the root source path.
    FileSelection(DataPath),
    /// A study in PACS, by its StudyInstanceUID.
    StudyInstanceUid(StudyInstanceUid),
    /// A study in PACS, by its accession number.
    AccessionNumber(AccessionNumber),
}

/// Why a text is not a source identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// There is no colon in it.
    #[error("'{found}' is not a source: it has no ':'")]
    NoColon {
        /// The text.
        found: String,
    },
    /// The part before the colon is not a known type.
    #[error("'{found}' is not a type of source")]
    UnknownType {
        /// The part before the colon.
        found: String,
        /// The known type that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Nothing follows the colon.
    #[error("nothing follows '{kind}:'")]
    Empty {
        /// The type.
        kind: &'static str,
    },
    /// What follows the colon is not a value.
    #[error("{kind}: {spoilt}")]
    Spoilt {
        /// The type.
        kind: &'static str,
        /// What is wrong with it.
        spoilt: Spoilt,
    },
}

impl SourceError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            SourceError::UnknownType { nearest: Some(nearest), .. } => format!("did you mean '{nearest}:'?"),
            SourceError::Empty { kind: "folder" } => "write 'folder:' and a path".to_owned(),
            SourceError::Empty { kind: "fileselection" } => {
                "write 'fileselection:' and the path of a selection file".to_owned()
            }
            SourceError::Spoilt { spoilt, .. } => spoilt.hint().to_owned(),
            SourceError::Empty { kind } => format!("write '{kind}:' and its value"),
            _ => format!("write one of {}: and its value", Source::TYPES.join(":, ")),
        }
    }
}

impl Source {
    /// The identifier types, by the names that they have in a mapping.
    pub const TYPES: [&'static str; 4] = ["folder", "fileselection", "study_instance_uid", "accession_number"];

    /// Reads a source identifier. Spaces around the type and the value do not count, nor does the case of the type; but the name
    /// of a folder can begin with a space, so that one stays, with a [`Doubt`].
    ///
    /// # Errors
    /// [`SourceError`], which knows the nearest type.
    pub fn parse(text: &str) -> Result<Parsed<Source>, SourceError> {
        let Some((found, value)) = text.split_once(':') else {
            return Err(SourceError::NoColon { found: text.trim().to_owned() });
        };
        let (found, path, value) = (found.trim(), value.trim_end(), value.trim());
        let Some(kind) = Source::TYPES.into_iter().find(|kind| kind.eq_ignore_ascii_case(found)) else {
            return Err(SourceError::UnknownType { found: found.to_owned(), nearest: nearest(found, Source::TYPES) });
        };
        if value.is_empty() {
            return Err(SourceError::Empty { kind });
        }
        let parsed = match kind {
            "folder" => data_path(path).map(|parsed| parsed.map(Source::Folder)),
            "fileselection" => data_path(path).map(|parsed| parsed.map(Source::FileSelection)),
            "study_instance_uid" => StudyInstanceUid::parse(value).map(|parsed| parsed.map(Source::StudyInstanceUid)),
            _ => AccessionNumber::parse(value).map(|parsed| parsed.map(Source::AccessionNumber)),
        };
        parsed.map_err(|spoilt| SourceError::Spoilt { kind, spoilt })
    }

    /// True for what the server fetches from PACS, false for what it reads from a share.
    pub fn is_pacs(&self) -> bool {
        matches!(self, Source::StudyInstanceUid(_) | Source::AccessionNumber(_))
    }

    /// The identifier type: `folder`, `fileselection`, `study_instance_uid` or `accession_number`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Source::Folder(_) => "folder",
            Source::FileSelection(_) => "fileselection",
            Source::StudyInstanceUid(_) => "study_instance_uid",
            Source::AccessionNumber(_) => "accession_number",
        }
    }

    /// What follows the colon.
    pub fn value(&self) -> &str {
        match self {
            Source::Folder(path) | Source::FileSelection(path) => path.as_str(),
            Source::StudyInstanceUid(uid) => uid.as_str(),
            Source::AccessionNumber(number) => number.as_str(),
        }
    }
}

fn data_path(text: &str) -> Result<Parsed<DataPath>, Spoilt> {
    let mut parsed = DataPath::parse(text)?;
    parsed.doubts.extend(parsed.value.as_str().starts_with(' ').then_some(Doubt::LeadingSpace));
    Ok(parsed)
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind_name(), self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_types() {
        for (text, pacs) in [
            ("folder:mydata/experiment1", false),
            ("fileselection:mydata/patient1/fileselection.txt", false),
            ("study_instance_uid:123.1217.23234.2323", true),
            ("accession_number:12345678.1234567", true),
        ] {
            let source = Source::parse(text).unwrap().value;
            assert_eq!(source.to_string(), text);
            assert_eq!(source.is_pacs(), pacs, "{text}");
        }
    }

    #[test]
    fn spaces_and_case_do_not_count() {
        let read = |text: &str| Source::parse(text).unwrap().value.to_string();
        assert_eq!(read("  Folder :a b \t"), "folder:a b");
        assert_eq!(read(" Accession_Number : 1.2 "), "accession_number:1.2");
        assert_eq!(read("ACCESSION_NUMBER:1.2"), "accession_number:1.2");
        assert_eq!(read("folder:a:b"), "folder:a:b");
    }

    #[test]
    fn a_name_can_begin_with_a_space() {
        let parsed = Source::parse("folder: a").unwrap();
        assert_eq!((parsed.value.value(), parsed.doubts.as_slice()), (" a", &[Doubt::LeadingSpace][..]));
        assert_eq!(Source::parse("accession_number: 1.2").unwrap().value.value(), "1.2");
    }

    #[test]
    fn an_invalid_source_suggests_a_correction() {
        let unknown = Source::parse("fodler:a").unwrap_err();
        assert_eq!(unknown, SourceError::UnknownType { found: "fodler".to_owned(), nearest: Some("folder") });
        assert_eq!(unknown.hint(), "did you mean 'folder:'?");
        assert_eq!(Source::parse("folder: ").unwrap_err(), SourceError::Empty { kind: "folder" });
        assert!(matches!(Source::parse("1234567.12345678"), Err(SourceError::NoColon { .. })));
        assert!(Source::parse(r"C:\data").unwrap_err().hint().contains("folder:"));
        assert!(Source::parse("").is_err());
        let spoilt = Source::parse("accession_number:#N/A").unwrap_err();
        assert_eq!(spoilt.to_string(), "accession_number: '#N/A' is an error that a spreadsheet shows, not a value");
    }
}
