//! Excel's binary workbooks (.xlsb): their values. Hidden rows and number formats stay unseen, and the user is warned.

use std::io::Cursor;

use calamine::{Reader, Xlsb};

use super::cells::{self, Collector};
use super::guard;
use super::workbook::{Book, damaged, tabs};
use crate::problem::Problem;

/// Opens a workbook.
pub(super) fn open(bytes: &[u8]) -> Result<Book<'_>, Problem> {
    let mut values = guard::caught(|| Xlsb::new(Cursor::new(bytes)))?.map_err(damaged)?;
    let tabs = tabs(&values);
    let read = move |name: &str| {
        guard::caught(|| {
            let mut reader = values.worksheet_cells_reader(name).map_err(damaged)?;
            let mut collector = Collector::default();
            while let Some(cell) = reader.next_cell().map_err(damaged)? {
                let (row, column) = cell.get_position();
                collector.add(row, column, cells::shown(cell.get_value().clone().into(), "General"))?;
            }
            Ok(collector.sheet(vec![]))
        })?
    };
    Ok(Book { tabs, read: Box::new(read), sees_all: false })
}
