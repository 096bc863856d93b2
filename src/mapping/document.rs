//! The file of a mapping: reading it, adding rows, setting an option.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::problem::Problems;
use crate::storage::{self, Cap, Durability, Privacy};
use crate::text::encoding::{Decoded, Encoding, Unwritable, decode, encode};
use crate::text::mixture::mixture;
use crate::values::{Kind, Parameters, Source};

use super::reading::{self, Layout};
use super::{Mapping, NewRow, Row, edit, new_row};

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

/// More than any list of patients needs.
pub(crate) const CAP: Cap = Cap::new(256, "mapping");

impl Document {
    /// Reads a mapping file: what can be understood of it. [`Mapping::problems`] has what is wrong with the rest.
    ///
    /// # Errors
    /// [`Error::NoMapping`] if there is none, [`Error::Io`] if it cannot be read, [`Error::Contents`] if it is not text, or is in
    /// two encodings.
    pub fn read(path: &Path) -> Result<Document> {
        let bytes = storage::read(path, CAP).map_err(|error| match error {
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Error::NoMapping(path.to_owned()),
            other => other,
        })?;
        Document::from_bytes(path, bytes)
    }

    /// Reads the bytes of a mapping file. `path` is for errors only.
    ///
    /// # Errors
    /// [`Error::Contents`] if it is not text, or is in two encodings.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Document> {
        Problems::none_or(path, mixture(&bytes).into_iter().collect())?;
        let Decoded { text, encoding } = decode(&bytes).map_err(|error| error.in_file(path))?;
        let (mapping, layout) = reading::read(&text);
        Ok(Document { path: path.to_owned(), bytes, text, encoding, mapping, layout })
    }

    /// What the file says.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The bytes of the file, with the changes that were made.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Fails if anything in the file needs fixing.
    ///
    /// # Errors
    /// [`Error::Contents`] with [`Mapping::problems`], if there are any.
    pub fn refuse_problems(&self) -> Result<()> {
        Ok(Problems::none_or(&self.path, self.mapping.problems.clone())?)
    }

    /// Adds rows with all that they need: see [`Document::add_rows`]. One without a pseudonym gets a random one that is not in
    /// the mapping yet, one without a description this one.
    ///
    /// # Errors
    /// As [`Document::add_rows`].
    pub fn add(&mut self, rows: Vec<NewRow>, description: &str) -> Result<()> {
        let rows = new_row::completed(rows, &self.mapping, description)?;
        self.add_rows(&rows)
    }

    /// Whether rows can be added.
    ///
    /// # Errors
    /// [`Error::Contents`] if it is unclear where rows go: without a header line, or below a quote that is never closed.
    pub fn refuse_obstacle(&self) -> Result<()> {
        Ok(Problems::none_or(&self.path, self.layout.obstacle.iter().cloned().collect())?)
    }

    /// Adds rows after the last one, and removes the example rows of `map init` that are still untouched.
    ///
    /// Everything else stays the same, byte for byte. A parameter that has no column gets one at the end of the header line;
    /// a mapping without a header line gets one; and one that AnonAPI could not read is put right.
    ///
    /// # Errors
    /// [`Error::Contents`] if it is unclear where rows go. [`Error::Refused`] if a row has no source, holds control
    /// characters, or cannot be written in the encoding of the file. The document is then as it was.
    pub fn add_rows(&mut self, rows: &[Parameters]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.refuse_obstacle()?;
        rows.iter().try_for_each(check)?;
        let text = edit::with_rows(&self.text, &self.mapping, &self.layout, rows);
        let kept = self.mapping.rows.iter().filter(|row| !row.is_example()).map(|row| &row.parameters);
        *self = self.edited(&text, &self.mapping.options, kept.chain(rows))?;
        Ok(())
    }

    /// Sets an option, and changes nothing else. Returns what it was.
    ///
    /// # Errors
    /// [`Error::Refused`] if the file has no options or has this one twice, if the value cannot be an option, or cannot be written
    /// in the encoding of the file. The document is then as it was.
    pub fn set_option(&mut self, kind: Kind, value: &str) -> Result<Option<String>> {
        let value = value.trim();
        if value.is_empty() || value.contains(char::is_control) {
            let message = format!("{kind} cannot be set to {value:?}");
            return Err(Error::refused(
                message,
                "an option is a single line of text; AnonAPI does not read an empty one",
            ));
        }
        let unclear =
            |message: String| Error::refused(message, "correct it with 'anon map edit'; the file was not changed");
        if self.layout.options.iter().filter(|option| option.kind == kind).count() > 1 {
            return Err(unclear(format!("option '{kind}' is given twice in '{}'", self.path.display())));
        }
        let text = edit::with_option(&self.text, &self.mapping, &self.layout, kind, value);
        let text = text.ok_or_else(|| unclear(format!("'{}' has no line '## Options ##'", self.path.display())))?;
        let before = self.mapping.options.get(kind).map(str::to_owned);
        let mut options = self.mapping.options.clone();
        options.set(kind, value);
        *self = self.edited(&text, &options, self.mapping.rows.iter().map(|row| &row.parameters))?;
        Ok(before)
    }

    /// Writes the file: at every moment, either the old or the new one is there.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written; it is then as it was.
    pub fn save(&self, path: &Path) -> Result<()> {
        storage::write(path, &self.bytes, Privacy::Shared, Durability::Full)
    }

    /// The document with this text, in its own encoding; one of ASCII alone gets that of the user's locale. It is read again to
    /// prove that it has these options and rows, and the same description.
    fn edited<'r>(
        &self,
        text: &str,
        options: &Parameters,
        rows: impl Iterator<Item = &'r Parameters>,
    ) -> Result<Document> {
        let is_ascii = self.encoding == Encoding::Utf8 { bom: false } && self.bytes.is_ascii();
        let encoding = if is_ascii { Encoding::of_new_text() } else { self.encoding };
        let edited = self.edited_in(text, encoding)?;
        let Mapping { description, options: read, rows: found, .. } = &edited.mapping;
        let rows: Vec<&Parameters> = rows.collect();
        let same = |(found, row): (&Row, &&Parameters)| say_the_same(&found.parameters, row);
        let same_rows = found.len() == rows.len() && found.iter().zip(&rows).all(same);
        if *description != self.mapping.description || read != options || !same_rows {
            return Err(self.cannot_change());
        }
        Ok(edited)
    }

    pub(super) fn edited_in(&self, text: &str, encoding: Encoding) -> Result<Document> {
        let unchanged = encode(&self.text, encoding).is_ok_and(|bytes| bytes == self.bytes);
        if !unchanged {
            return Err(self.cannot_change());
        }
        let bytes = encode(text, encoding).map_err(|error| self.unwritable(error))?;
        let edited = Document::from_bytes(&self.path, bytes).map_err(|_| self.cannot_change())?;
        if edited.text != text {
            return Err(self.cannot_change());
        }
        Ok(edited)
    }

    fn cannot_change(&self) -> Error {
        Error::refused(
            format!("cannot change '{}' without changing other parts of it as well", self.path.display()),
            "save it as 'CSV UTF-8' and try again; the file was not changed",
        )
    }

    fn unwritable(&self, error: Unwritable) -> Error {
        let message = format!("cannot change '{}': {error}, the encoding of that file", self.path.display());
        Error::refused(message, "save it as 'CSV UTF-8' and try again; the file was not changed")
    }
}

/// Whether two rows have the same values, in whatever order their columns are.
fn say_the_same(one: &Parameters, other: &Parameters) -> bool {
    let same = |kind| one.get(kind).unwrap_or_default().trim() == other.get(kind).unwrap_or_default().trim();
    one == other || Kind::ALL.into_iter().all(same)
}

/// Refuses what would make a mapping unreadable.
fn check(row: &Parameters) -> Result<()> {
    Source::parse(row.get(Kind::Source).unwrap_or_default())
        .map_err(|error| Error::refused(format!("cannot add a row: {error}"), error.hint()))?;
    let strange = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\r' | '\n');
    match row.iter().find(|(_, value)| value.contains(strange)) {
        Some((kind, value)) => Err(Error::refused(
            format!("cannot add a row: {kind} {value:?} contains a control character"),
            "rename the folder or file, or correct the value",
        )),
        None => Ok(()),
    }
}
