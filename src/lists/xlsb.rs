//! Excel's binary workbooks (.xlsb): their values. What is hidden and how numbers are shown stays unseen, which is told.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xlsb};

use super::cells::{Collector, Sheet};
use super::workbook::{Book, Tab, Unreadable};
use super::{guard, xlsx};

struct Workbook<'a>(Xlsb<Cursor<&'a [u8]>>);

/// Opens a workbook.
pub(super) fn open<'a>(bytes: &'a [u8]) -> Result<Box<dyn Book + 'a>, Unreadable> {
    let values = guard::caught(|| Xlsb::new(Cursor::new(bytes)))?.map_err(Unreadable::damaged)?;
    Ok(Box::new(Workbook(values)))
}

impl Book for Workbook<'_> {
    fn tabs(&self) -> Vec<Tab> {
        let sheets = self.0.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        sheets.map(|sheet| Tab { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible }).collect()
    }

    fn sheet(&mut self, tab: usize) -> Result<Sheet, Unreadable> {
        let name = self.tabs().swap_remove(tab).name;
        let since_1904 = self.0.has_1904_epoch();
        guard::caught(|| {
            let mut reader = self.0.worksheet_cells_reader(&name).map_err(Unreadable::damaged)?;
            let mut collector = Collector::default();
            while let Some(cell) = reader.next_cell().map_err(Unreadable::damaged)? {
                let (row, column) = cell.get_position();
                collector.add(row, column, xlsx::content(cell.get_value(), "General", since_1904))?;
            }
            Ok(collector.sheet(vec![]))
        })?
    }

    fn sees_all(&self) -> bool {
        false
    }
}
