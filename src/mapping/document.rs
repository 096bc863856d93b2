//! The file of a mapping, and adding rows to it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::problem::{Problem, Problems};
use crate::storage::{self, Cap, Durability, Privacy};
use crate::text::encoding::{Decoded, Encoding, Unwritable, decode, encode};
use crate::values::{Kind, Parameters, Source};

use super::reading::{self, Layout};
use super::{Mapping, Row, edit};

/// A mapping file: what it says, and every byte of it.
#[derive(Debug, Clone)]
pub struct Document {
    path: PathBuf,
    bytes: Vec<u8>,
    text: String,
    encoding: Encoding,
    mapping: Mapping,
    layout: Layout,
}

const CAP: Cap = Cap::new(256, "mapping");

fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    storage::read(path, CAP).map_err(|error| match error {
        Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Error::NoMapping(path.to_owned()),
        other => other,
    })
}

impl Document {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`Error::NoMapping`] if there is none, [`Error::Io`] if it cannot be read, [`Error::Contents`] with all that is wrong
    /// in it.
    pub fn read(path: &Path) -> Result<Document> {
        Document::from_bytes(path, bytes_of(path)?)
    }

    /// Reads the bytes of a mapping file. `path` is for errors only.
    ///
    /// # Errors
    /// [`Error::Contents`] with all that is wrong in it.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Document> {
        let Decoded { text, encoding } = decode(&bytes).map_err(|error| error.in_file(path))?;
        let (mapping, layout, problems) = reading::read(&text);
        Problems::none_or(path, problems)?;
        Ok(Document { path: path.to_owned(), bytes, text, encoding, mapping, layout })
    }

    /// Reads what can be understood of a mapping file, and says all that is wrong with the rest.
    ///
    /// # Errors
    /// [`Error::NoMapping`] or [`Error::Io`] if it cannot be read, [`Error::Contents`] if it is no text.
    pub fn inspect(path: &Path) -> Result<(Mapping, Vec<Problem>)> {
        let Decoded { text, .. } = decode(&bytes_of(path)?).map_err(|error| error.in_file(path))?;
        let (mapping, _, problems) = reading::read(&text);
        Ok((mapping, problems))
    }

    /// What the file says.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The bytes of the file, with the rows that were added.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds rows after the last one, and removes the example rows of `map init` that are still untouched.
    ///
    /// Everything else stays byte for byte as it is. A parameter that has no column gets one at the end of the header line;
    /// a mapping without a header line gets one.
    ///
    /// # Errors
    /// [`Error::Refused`] if a row has no source, holds control characters, or cannot be written in the encoding of the file.
    /// The document is then as it was.
    pub fn add_rows(&mut self, rows: &[Parameters]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        rows.iter().try_for_each(check)?;
        let unchanged = encode(&self.text, self.encoding).is_ok_and(|bytes| bytes == self.bytes);
        if !unchanged {
            return Err(self.cannot_add());
        }
        let text = edit::with_rows(&self.text, &self.mapping, &self.layout, rows);
        let bytes = encode(&text, self.encoding).map_err(|error| self.unwritable(error))?;
        let edited = Document::from_bytes(&self.path, bytes).map_err(|_| self.cannot_add())?;
        if !edited.is_with_rows(self, rows) {
            return Err(self.cannot_add());
        }
        *self = edited;
        Ok(())
    }

    /// Writes the file: at every moment there is the old one or the new one.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written; it is then as it was.
    pub fn save(&self, path: &Path) -> Result<()> {
        storage::write(path, &self.bytes, Privacy::Shared, Durability::Full)
    }

    /// Whether this is `before` with rows added and nothing else changed: the proof of each edit.
    fn is_with_rows(&self, before: &Document, rows: &[Parameters]) -> bool {
        let (old, new) = (&before.mapping, &self.mapping);
        let kept: Vec<&Row> = old.rows.iter().filter(|row| !row.is_example()).collect();
        let says = |row: &Row, parameters: &Parameters| {
            Kind::ALL
                .iter()
                .all(|kind| row.parameters.get(*kind).unwrap_or("") == parameters.get(*kind).unwrap_or("").trim())
        };
        self.encoding == before.encoding
            && new.description == old.description
            && new.options == old.options
            && new.rows.len() == kept.len() + rows.len()
            && new.rows.iter().zip(&kept).all(|(row, kept)| row.parameters == kept.parameters)
            && new.rows[kept.len()..].iter().zip(rows).all(|(row, added)| says(row, added))
    }

    fn cannot_add(&self) -> Error {
        Error::refused(
            format!("cannot add rows to '{}' without changing what is in it", self.path.display()),
            "save it as 'CSV UTF-8' and try again; it is as it was",
        )
    }

    fn unwritable(&self, error: Unwritable) -> Error {
        let message = format!("cannot add a row to '{}': {error}, which that file is in", self.path.display());
        Error::refused(message, "save it as 'CSV UTF-8' and try again; it is as it was")
    }
}

/// Refuses what would make a mapping unreadable.
fn check(row: &Parameters) -> Result<()> {
    Source::parse(row.get(Kind::Source).unwrap_or_default())
        .map_err(|error| Error::refused(format!("cannot add a row: {error}"), error.hint()))?;
    let strange = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\r' | '\n');
    match row.iter().find(|(_, value)| value.contains(strange)) {
        Some((kind, value)) => Err(Error::refused(
            format!("cannot add a row: {kind} {value:?} holds a control character"),
            "rename the folder or file, or correct the value",
        )),
        None => Ok(()),
    }
}
