//! The container of Office files before 2007, and of workbooks with a password (MS-CFB): a small file system of sectors.
//!
//! Nothing in it is trusted: every sector number can point anywhere, and chains can run in circles.

use super::workbook::Unreadable;

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Sector numbers from here on are no sectors but marks, such as the end of a chain.
const FIRST_MARK: u32 = 0xFFFF_FFFA;
/// Streams shorter than this are kept in the small sectors.
const MINI_LIMIT: usize = 4096;
const MINI_SECTOR: usize = 64;
const ENTRY: usize = 128;

/// A container and where its streams begin.
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    sector_size: usize,
    next: Vec<u32>,
    mini_next: Vec<u32>,
    mini_stream: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Container<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Container<'a>, Unreadable> {
        let sector_size = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(Unreadable::damaged("sector size")),
        };
        let mut container = Container {
            bytes,
            sector_size,
            next: Vec::new(),
            mini_next: Vec::new(),
            mini_stream: Vec::new(),
            entries: Vec::new(),
        };
        container.next = container.sector_table()?;
        let field = |offset| u32_at(bytes, offset).ok_or_else(|| Unreadable::damaged("header"));
        let directory = container.chain(field(48)?, usize::MAX)?;
        container.entries = directory.as_chunks::<ENTRY>().0.iter().filter_map(Entry::read).collect();
        container.mini_next = numbers(&container.chain(field(60)?, usize::MAX)?);
        if let Some(root) = container.entries.first() {
            container.mini_stream = container.chain(root.start, root.length)?;
        }
        Ok(container)
    }

    /// The bytes of a stream, by its name in any case; `None` if there is none.
    pub fn stream(&self, name: &str) -> Option<Result<Vec<u8>, Unreadable>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        Some(match entry.length < MINI_LIMIT {
            true => self.mini_chain(entry.start, entry.length),
            false => self.chain(entry.start, entry.length),
        })
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        // The header takes the place of a sector before the first one.
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector_size)?;
        let end = start.checked_add(self.sector_size)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty())
    }

    /// Which sector follows which. The first 109 parts of that table are named in the header, the others in a chain.
    fn sector_table(&self) -> Result<Vec<u32>, Unreadable> {
        let mut parts = numbers(self.bytes.get(76..512).unwrap_or_default());
        let mut extra = u32_at(self.bytes, 68).unwrap_or(FIRST_MARK);
        let mut left = self.bytes.len() / self.sector_size;
        while extra < FIRST_MARK {
            let mut more = numbers(self.sector(extra).ok_or_else(|| Unreadable::damaged("sector table"))?);
            extra = more.pop().unwrap_or(FIRST_MARK);
            parts.append(&mut more);
            left = left.checked_sub(1).ok_or_else(|| Unreadable::damaged("sector table"))?;
        }
        let sectors = parts.into_iter().filter(|part| *part < FIRST_MARK).map(|part| self.sector(part));
        // No file needs a longer table than it has sectors.
        let most = self.bytes.len() / self.sector_size + self.sector_size;
        let mut table = Vec::new();
        for sector in sectors {
            table.extend(numbers(sector.ok_or_else(|| Unreadable::damaged("sector table"))?));
            if table.len() > most {
                break;
            }
        }
        Ok(table)
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Unreadable> {
        let sector = |number| self.sector(number);
        follow(start, length, &self.next, self.bytes.len() / self.sector_size + 1, sector)
    }

    fn mini_chain(&self, start: u32, length: usize) -> Result<Vec<u8>, Unreadable> {
        let sector = |number: u32| {
            let start = (number as usize).checked_mul(MINI_SECTOR)?;
            let end = start.checked_add(MINI_SECTOR)?.min(self.mini_stream.len());
            self.mini_stream.get(start..end).filter(|sector| !sector.is_empty())
        };
        follow(start, length, &self.mini_next, self.mini_stream.len() / MINI_SECTOR + 1, sector)
    }
}

/// The sectors of a chain, up to `length` bytes; a chain of more than `most` sectors runs in a circle.
fn follow<'b>(
    start: u32,
    length: usize,
    next: &[u32],
    most: usize,
    sector: impl Fn(u32) -> Option<&'b [u8]>,
) -> Result<Vec<u8>, Unreadable> {
    let mut stream = Vec::new();
    let mut number = start;
    for _ in 0..=most {
        if number >= FIRST_MARK || stream.len() >= length {
            stream.truncate(length);
            return Ok(stream);
        }
        stream.extend_from_slice(sector(number).ok_or_else(|| Unreadable::damaged("a part is missing"))?);
        number = next.get(number as usize).copied().unwrap_or(FIRST_MARK);
    }
    Err(Unreadable::damaged("its parts run in a circle"))
}

impl Entry {
    fn read(entry: &[u8; ENTRY]) -> Option<Entry> {
        let letters = usize::from(u16_at(entry, 64)?).min(64) / 2;
        let units =
            entry.as_chunks::<2>().0.iter().take(letters.saturating_sub(1)).map(|unit| u16::from_le_bytes(*unit));
        let name = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        // 0 is an entry that is not in use.
        (entry[66] != 0).then_some(())?;
        Some(Entry { name, start: u32_at(entry, 116)?, length: u32_at(entry, 120)? as usize })
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|number| u16::from_le_bytes(*number))
}

pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|number| u32::from_le_bytes(*number))
}
