//! Small workbooks, written here: their parts and records.

use std::io::{Cursor, Read, Write};

use cfb::CompoundFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The parts of an archive.
pub fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let read = |index| {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        (part.name().unwrap().into_owned(), content)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(read).collect()
}

/// An archive of such parts.
pub fn archive(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const MAIN: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A sheet: its name, its state, its rows, and what kind of sheet it is.
pub struct Sheet<'a> {
    pub name: &'a str,
    pub state: &'a str,
    pub rows: &'a str,
    pub kind: &'a str,
}

/// A sheet that is shown.
pub fn sheet<'a>(name: &'a str, rows: &'a str) -> Sheet<'a> {
    Sheet { name, state: "visible", rows, kind: "worksheet" }
}

/// Text in a cell of an .xlsx.
pub fn text(cell: &str, text: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// Rows of cells, from the first one on.
pub fn rows(cells: &[String]) -> String {
    (1..).zip(cells).map(|(row, cells)| format!("<row r=\"{row}\">{cells}</row>")).collect()
}

/// An .xlsx: style 1 and on are of these number formats; `strings` are the texts that sheets share.
pub fn xlsx(sheets: &[Sheet<'_>], formats: &[&str], strings: &str) -> Vec<u8> {
    let relations = |inside: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inside}</Relationships>"
        )
    };
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let (mut names, mut targets, mut styles, mut numbers) =
        (String::new(), String::new(), String::new(), String::new());
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        ("_rels/.rels".to_owned(), relations(&relation("r1", "officeDocument", "xl/workbook.xml"))),
    ];
    for (number, sheet) in (1..).zip(sheets) {
        let Sheet { name, state, rows, kind } = sheet;
        names += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"s{number}\"/>");
        let folder = if *kind == "worksheet" { "worksheets" } else { "macrosheets" };
        targets += &relation(&format!("s{number}"), kind, &format!("{folder}/sheet{number}.xml"));
        let content = format!("<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/{folder}/sheet{number}.xml"), content));
    }
    for (number, format) in (164..).zip(formats) {
        let format = format.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        numbers += &format!("<numFmt numFmtId=\"{number}\" formatCode=\"{format}\"/>");
        styles += &format!("<xf numFmtId=\"{number}\"/>");
    }
    let styles = format!(
        "<styleSheet {MAIN}><numFmts>{numbers}</numFmts><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"
    );
    parts.extend([
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook {MAIN} xmlns:r=\"{RELATIONS}\"><sheets>{names}</sheets></workbook>"),
        ),
        ("xl/_rels/workbook.xml.rels".to_owned(), relations(&targets)),
        ("xl/styles.xml".to_owned(), styles),
        (
            "xl/sharedStrings.xml".to_owned(),
            if strings.is_empty() { format!("<sst {MAIN}/>") } else { strings.to_owned() },
        ),
    ]);
    let parts: Vec<_> = parts.into_iter().map(|(name, content)| (name, content.into_bytes())).collect();
    archive(&parts, CompressionMethod::Deflated)
}

/// An .ods with these tables, and styles before them.
pub fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles><office:body>\
         <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet".to_vec();
    archive(
        &[("mimetype".to_owned(), mimetype), ("content.xml".to_owned(), content.into_bytes())],
        CompressionMethod::Stored,
    )
}

/// A record of an .xls.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A text of an .xls.
pub fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let header = [numbers(&[row, column, 0, text.len() as u16]), vec![0]].concat();
    record(0x204, &[&header, text.as_bytes()].concat())
}

/// A formula of an .xls whose result is a text, which comes behind `between`.
pub fn formula(kind: u16, row: u16, column: u16, between: &[u8], result: Option<&str>) -> Vec<u8> {
    let data = [numbers(&[row, column, 0]), vec![0, 0, 0, 0, 0, 0, 0xFF, 0xFF], vec![0; 8]].concat();
    let text = result.map(|text| record(0x207, &[&numbers(&[text.len() as u16])[..], &[0], text.as_bytes()].concat()));
    [record(kind, &data), between.to_vec(), text.unwrap_or_default()].concat()
}

/// A number of an .xls, in a style.
pub fn number(row: u16, column: u16, style: u16, value: f64) -> Vec<u8> {
    record(0x203, &[numbers(&[row, column, style]), value.to_le_bytes().to_vec()].concat())
}

/// A row of an .xls.
pub fn row(row: u16, hidden: bool) -> Vec<u8> {
    record(0x208, &numbers(&[row, 0, 9, 255, 0, 0, if hidden { 0x20 } else { 0 }, 0]))
}

/// The stream of an .xls with one sheet; style 1 and on are of these number formats.
pub fn stream(records: &[u8], formats: &[&str]) -> Vec<u8> {
    let begin = |kind: u16| record(0x809, &numbers(&[0x600, kind, 0x0DBB, 0x07CC, 0, 0, 6, 0]));
    let mut globals = [begin(5), record(0x42, &numbers(&[1200]))].concat();
    for (number, format) in (164..).zip(formats) {
        let header = [numbers(&[number, format.len() as u16]), vec![0]].concat();
        globals.extend(record(0x41E, &[&header, format.as_bytes()].concat()));
    }
    for style in 0..=formats.len() as u16 {
        let format = if style == 0 { 0 } else { 163 + style };
        globals.extend(record(0xE0, &numbers(&[0, format, 0, 0, 0, 0, 0, 0, 0, 0])));
    }
    let start = globals.len() as u32 + 13 + 4;
    globals.extend(record(0x85, &[&start.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat()));
    globals.extend(record(0x0A, &[]));
    [globals, begin(0x10), records.to_vec(), record(0x0A, &[])].concat()
}

/// The container of an .xls, with these streams in it.
pub fn container(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut container = CompoundFile::create(Cursor::new(vec![])).unwrap();
    for (path, content) in streams {
        container.create_storage_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        container.create_stream(path).unwrap().write_all(content).unwrap();
    }
    container.flush().unwrap();
    container.into_inner().into_inner()
}

/// An .xlsb with one sheet of texts: the cells of each row, from A1 on.
pub fn xlsb(rows: &[&[&str]]) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| {
        let kind = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 & 0x7F | 0x80, (kind >> 7) as u8] };
        [&kind[..], &[data.len() as u8 & 0x7F | 0x80, (data.len() >> 7) as u8], data].concat()
    };
    let wide = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&(units.len() as u32 / 2).to_le_bytes()[..], &units].concat()
    };
    let bundle = [&[0, 0, 0, 0, 1, 0, 0, 0][..], &wide("r1"), &wide("S")].concat();
    let workbook = [record(0x9C, &bundle), record(0x90, &[]), record(0x9D, &[])].concat();
    let mut sheet = [record(0x81, &[]), record(0x94, &[0; 16]), record(0x91, &[])].concat();
    for (row, cells) in (0u32..).zip(rows) {
        sheet.extend(record(0, &[&row.to_le_bytes()[..], &[0; 12]].concat()));
        for (column, cell) in (0u32..).zip(*cells) {
            sheet.extend(record(6, &[&column.to_le_bytes()[..], &[0; 4], &wide(cell)].concat()));
        }
    }
    sheet.extend(record(0x92, &[]));
    let relations =
        b"<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.bin\"/></Relationships>".to_vec();
    let parts = [
        ("xl/workbook.bin".to_owned(), workbook),
        ("xl/_rels/workbook.bin.rels".to_owned(), relations),
        ("xl/worksheets/sheet1.bin".to_owned(), sheet),
    ];
    archive(&parts, CompressionMethod::Stored)
}
