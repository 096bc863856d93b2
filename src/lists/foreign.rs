//! Files that are called lists, or come out of programs that say 'Excel', and are neither text in columns nor a workbook.

use crate::problem::{Place, Problem};

/// What a file is, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    what: &'static str,
    hint: &'static str,
}

const RESAVE: &str = "open it in a spreadsheet program and save it as .xlsx or as CSV";

impl Foreign {
    pub fn problem(self) -> Problem {
        Problem::new(Place::Whole, format!("this is {}, not a table", self.what)).hint(self.hint)
    }
}

/// What a file is, if it is none of the kinds of text that lists are kept in: web pages and the like, whatever their name says.
pub(super) fn found(bytes: &[u8]) -> Option<Foreign> {
    // Of UTF-16, the zeros do not count here.
    let start: Vec<u8> = bytes.iter().take(4096).copied().filter(|byte| *byte != 0).collect();
    let start = String::from_utf8_lossy(start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start)).to_ascii_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || c == char::REPLACEMENT_CHARACTER);
    let begins = |tags: &[&str]| tags.iter().any(|tag| start.starts_with(tag));
    let what = if begins(&["<?xml", "<workbook"]) && start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        "an 'XML Spreadsheet 2003'"
    } else if begins(&["<?xml"]) && start.contains("office:document") {
        "a flat OpenDocument file (.fods)"
    } else if begins(&["mime-version:", "from: <saved by"]) || begins(&["content-type: multipart/related"]) {
        "a web archive (MHTML)"
    } else if begins(&["<!doctype", "<html", "<table", "<meta", "<head", "<style", "<body", "<div"]) {
        "a web page (HTML)"
    } else if begins(&["<?xml"]) {
        "an XML file"
    } else if is_sylk(start) {
        "a SYLK file (.slk)"
    } else if begins(&["table\r\n0,1", "table\n0,1"]) {
        "a DIF file"
    } else if begins(&["{\\rtf"]) {
        return Some(Foreign { what: "a rich text document", hint: "save it as plain text or as CSV" });
    } else {
        return None;
    };
    Some(Foreign { what, hint: RESAVE })
}

/// A list can begin with `ID;Pseudonym` as well: a SYLK file has cells.
fn is_sylk(start: &str) -> bool {
    let mut lines = start.lines();
    lines.next().is_some_and(|line| line.starts_with("id;p"))
        && lines.any(|line| line.starts_with("c;x") || line.starts_with("c;y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_called_by_its_name() {
        for (text, name) in [
            (
                "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                "XML Spreadsheet",
            ),
            ("<?xml version=\"1.0\"?><a/>", "an XML file"),
            ("\u{feff}\n<HTML><table>", "HTML"),
            ("MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
            ("ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"folder\"\r\nE\r\n", "SYLK"),
            ("{\\rtf1}", "rich text"),
        ] {
            assert!(found(text.as_bytes()).is_some_and(|foreign| foreign.what.contains(name)), "{text}");
        }
        for text in ["", "folder\na\n", "ID;Pseudonym\n1;2\n", "<- see below\nfolder\na\n", "table\nfolder\n"] {
            assert_eq!(found(text.as_bytes()), None, "{text}");
        }
        let utf16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(found(&utf16).is_some());
    }
}
