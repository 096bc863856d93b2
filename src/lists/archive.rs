//! The archive that a workbook of today is: what kind it is, and that it holds no more than memory does.

use std::io::{self, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::workbook::{damaged, too_large, unreadable};
use crate::problem::Problem;

/// The most that the parts of a workbook may hold once they are unpacked, in MiB.
const MOST_UNPACKED: u64 = 256;
const MEBIBYTE: u64 = 1024 * 1024;

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The kinds of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BookKind {
    Xlsx,
    Xlsb,
    Ods,
}

/// Opens an archive, and says what kind of workbook it is.
///
/// # Errors
/// For an archive that is damaged, that holds too much, or that is something else.
pub(super) fn open(bytes: &[u8]) -> Result<(BookKind, Archive<'_>), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let kind = match named(&mut archive) {
        Ok(kind) => kind,
        Err(name) => {
            return Err(unreadable(format!("this is {name}, not a workbook"), "save it as .xlsx or as CSV"));
        }
    };
    check(&mut archive, MOST_UNPACKED * MEBIBYTE)?;
    Ok((kind, archive))
}

fn named(archive: &mut Archive<'_>) -> Result<BookKind, &'static str> {
    let mut mimetype = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        let _ = part.take(200).read_to_string(&mut mimetype);
    }
    let has = |part: &str| archive.index_for_name(part).is_some();
    match mimetype.as_str() {
        _ if mimetype.contains("opendocument.spreadsheet") => Ok(BookKind::Ods),
        _ if mimetype.contains("opendocument") => Err("an OpenDocument file of another kind"),
        _ if has("xl/workbook.bin") => Ok(BookKind::Xlsb),
        _ if has("word/document.xml") => Err("a Word document"),
        _ if has("ppt/presentation.xml") => Err("a presentation"),
        _ if has("Index/Document.iwa") || has("Index.zip") => Err("a Numbers or Pages document"),
        _ if has("[Content_Types].xml") || has("_rels/.rels") => Ok(BookKind::Xlsx),
        _ => Err("a zip archive"),
    }
}

/// Unpacks every part once, keeping nothing: what an archive says of its sizes can be a lie, and a few kilobytes can unpack
/// to more than any memory holds.
fn check(archive: &mut Archive<'_>, most: u64) -> Result<(), Problem> {
    let too_large = || too_large(format!("more than {} MiB", most / MEBIBYTE));
    let mut left = most;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        if part.size() > left {
            return Err(too_large());
        }
        let is_strings = part.name().is_ok_and(|name| name.to_lowercase().ends_with("sharedstrings.xml"));
        let mut limited = part.by_ref().take(left + 1);
        let unpacked = if is_strings {
            let mut strings = Vec::new();
            limited.read_to_end(&mut strings).map_err(damaged)?;
            check_count(&strings)?;
            strings.len() as u64
        } else {
            io::copy(&mut limited, &mut io::sink()).map_err(damaged)?
        };
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
}

/// Calamine makes room for as many texts as the table of texts says it holds, which no memory may have.
fn check_count(strings: &[u8]) -> Result<(), Problem> {
    let text = String::from_utf8_lossy(&strings[..strings.len().min(64 * 1024)]);
    for (place, name) in text.match_indices("uniqueCount") {
        let value = text[place + name.len()..].trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'', '+']);
        let digits = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
        let count: Option<usize> = value[..digits].parse().ok();
        if digits > 0 && count.is_none_or(|count| count > strings.len()) {
            return Err(damaged("it claims to hold more texts than it does"));
        }
    }
    Ok(())
}

/// A part of an archive that is being read as XML.
pub(super) type Xml<'a, 'b> = Reader<BufReader<ZipFile<'a, Cursor<&'b [u8]>>>>;

/// A part of the archive as XML; empty elements come as a start and an end. Case does not count in its name, and some
/// programs write backslashes.
pub(super) fn xml<'a, 'b>(archive: &'a mut Archive<'b>, name: &str) -> Result<Xml<'a, 'b>, Problem> {
    let is_it = |found: &str| found.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(name);
    let found = archive.file_names().flatten().position(|found| is_it(&found));
    let index = found.ok_or_else(|| damaged(format!("'{name}' is missing")))?;
    let part = archive.by_index(index).map_err(damaged)?;
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    Ok(reader)
}

/// Shows every element of a part.
pub(super) fn elements(
    archive: &mut Archive<'_>,
    part: &str,
    show: &mut dyn FnMut(&BytesStart<'_>),
) -> Result<(), Problem> {
    let (mut xml, mut buffer) = (xml(archive, part)?, vec![]);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => show(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

/// An attribute of an element, by its name without a namespace.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name);
    found.and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok()).map(|value| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    #[test]
    fn a_small_file_cannot_unpack_to_more_than_memory_holds() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for part in ["_rels/.rels", "xl/one.xml", "xl/two.xml"] {
            writer.start_file(part, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; MEBIBYTE as usize]).unwrap();
        }
        let bomb = writer.finish().unwrap().into_inner();
        let check = |bytes: &[u8], most| check(&mut ZipArchive::new(Cursor::new(bytes)).unwrap(), most);
        assert!(bomb.len() < MEBIBYTE as usize / 100);
        assert_eq!(check(&bomb, 3 * MEBIBYTE), Ok(()));
        let error = check(&bomb, 3 * MEBIBYTE - 1).unwrap_err();
        assert!(error.message.contains("more than 2 MiB"), "{error:?}");
        // The same, declaring a size of one byte for each part.
        let mut liar = bomb;
        let declared = (MEBIBYTE as u32).to_le_bytes();
        while let Some(place) = liar.windows(4).position(|window| window == declared) {
            liar[place..place + 4].copy_from_slice(&[1, 0, 0, 0]);
        }
        assert!(check(&liar, 2 * MEBIBYTE).is_err());
    }
}
