//! Texts in the records of an .xls workbook. A text that is too long for a record goes on in the next part.

use super::ole::u32_at;

/// The data of a record, read from its start to its end.
pub(super) struct Parts<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    offset: usize,
}

impl<'a> Parts<'a> {
    pub fn new(parts: &'a [&'a [u8]]) -> Parts<'a> {
        Parts { parts, part: 0, offset: 0 }
    }

    /// What is left of this part.
    fn rest(&self) -> &'a [u8] {
        self.parts.get(self.part).and_then(|part| part.get(self.offset..)).unwrap_or_default()
    }

    /// Goes to the next part that holds anything, if this one is at its end.
    fn settle(&mut self) -> Option<()> {
        while self.rest().is_empty() {
            self.parts.get(self.part)?;
            self.part += 1;
            self.offset = 0;
        }
        Some(())
    }

    pub fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            self.settle()?;
            let step = count.min(self.rest().len());
            self.offset += step;
            count -= step;
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.settle()?;
        let byte = *self.rest().first()?;
        self.offset += 1;
        Some(byte)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// A text with its length in two bytes.
    pub fn text(&mut self) -> Option<String> {
        let count = self.short()?;
        let flags = self.byte()?;
        self.letters(count.into(), flags)
    }

    /// A text with its length in one byte.
    pub fn short_text(&mut self) -> Option<String> {
        let count = self.byte()?;
        let flags = self.byte()?;
        self.letters(count.into(), flags)
    }

    /// `count` letters, of one or two bytes as the flags say. Where they go on in the next part, that begins with new flags.
    fn letters(&mut self, count: usize, flags: u8) -> Option<String> {
        let mut units = Vec::new();
        let mut wide = flags & 1 != 0;
        while units.len() < count {
            if self.rest().is_empty() {
                self.settle()?;
                wide = self.byte()? & 1 != 0;
            }
            let wanted = count - units.len();
            let rest = self.rest();
            let before = units.len();
            if wide {
                units.extend(rest.as_chunks::<2>().0.iter().take(wanted).map(|unit| u16::from_le_bytes(*unit)));
                self.offset += 2 * (units.len() - before);
            } else {
                units.extend(rest.iter().take(wanted).map(|byte| u16::from(*byte)));
                self.offset += units.len() - before;
            }
            // Half a letter at the end of a part, or nothing after the flags.
            if units.len() == before {
                self.offset += self.rest().len();
            }
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// The table of all texts of the workbook; those after a damaged one are missing.
    pub fn table(mut self) -> Vec<String> {
        let Some(count) = u32_at(self.rest(), 4) else { return Vec::new() };
        let mut texts = Vec::new();
        if self.skip(8).is_some() {
            while texts.len() < count as usize {
                match self.table_text() {
                    Some(text) => texts.push(text),
                    None => break,
                }
            }
        }
        texts
    }

    /// A text that may carry what its letters look like, and how they are pronounced.
    fn table_text(&mut self) -> Option<String> {
        let count = self.short()?;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.short()? } else { 0 };
        let extra = if flags & 4 != 0 { [self.short()?, self.short()?] } else { [0, 0] };
        let text = self.letters(count.into(), flags)?;
        self.skip(usize::from(runs) * 4)?;
        self.skip(usize::from(extra[0]) | usize::from(extra[1]) << 16)?;
        Some(text)
    }
}
