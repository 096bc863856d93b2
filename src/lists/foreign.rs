//! Files that are called lists, or come out of programs that say 'Excel', and are neither text in columns nor a workbook.

use super::workbook::unreadable;
use crate::problem::Problem;

/// How a file begins, what its first lines hold too, and what it is then; the first that fits counts.
const KINDS: [(&[&str], &str, &str); 8] = [
    (&["<?xml", "<workbook"], "urn:schemas-microsoft-com:office:spreadsheet", "an 'XML Spreadsheet 2003'"),
    (&["<?xml"], "office:document", "a flat OpenDocument file (.fods)"),
    (&["<?xml"], "", "an XML file"),
    (&["mime-version:", "from: <saved by", "content-type: multipart/related"], "", "a web archive (MHTML)"),
    (&["<!doctype", "<html", "<table", "<meta", "<head", "<style", "<body", "<div"], "", "a web page (HTML)"),
    (&["table\r\n0,1", "table\n0,1"], "", "a DIF file"),
    // A list can begin with `ID;Pseudonym` as well: a SYLK file has cells.
    (&["id;p"], "\nc;x", "a SYLK file (.slk)"),
    (&["id;p"], "\nc;y", "a SYLK file (.slk)"),
];

/// What is wrong with a file that is none of the kinds of text that lists are kept in: web pages and the like, whatever their
/// name says.
pub(super) fn found(bytes: &[u8]) -> Option<Problem> {
    // The zeros of UTF-16 do not count here.
    let start: Vec<u8> = bytes.iter().take(4096).copied().filter(|byte| *byte != 0).collect();
    let start = String::from_utf8_lossy(&start).to_ascii_lowercase();
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | char::REPLACEMENT_CHARACTER);
    let start = start.trim_start_matches(is_mark);
    let is = |(begins, holds, _): &&(&[&str], &str, &str)| {
        begins.iter().any(|begin| start.starts_with(begin)) && start.contains(holds)
    };
    let (_, _, what) = KINDS.iter().find(is)?;
    let hint = "open it in a spreadsheet program and save it as .xlsx or as CSV";
    Some(unreadable(format!("this is {what}, not a table"), hint))
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
        ] {
            assert!(found(text.as_bytes()).is_some_and(|foreign| foreign.message.contains(name)), "{text}");
        }
        for text in ["", "folder\na\n", "ID;Pseudonym\n1;2\n", "<- see below\nfolder\na\n", "table\nfolder\n"] {
            assert_eq!(found(text.as_bytes()), None, "{text}");
        }
        let utf16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(found(&utf16).is_some());
    }
}
