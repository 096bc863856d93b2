//! Pictures that nobody mistakes for a patient's.

/// Grey values, from 0 to 1000, row by row.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) pixels: Vec<u16>,
}

/// Letters and digits, three pixels wide and five high: a row is three bits.
const GLYPHS: [(char, u16); 38] = [
    ('A', 0b010_101_111_101_101),
    ('B', 0b110_101_110_101_110),
    ('C', 0b011_100_100_100_011),
    ('D', 0b110_101_101_101_110),
    ('E', 0b111_100_110_100_111),
    ('F', 0b111_100_110_100_100),
    ('G', 0b011_100_101_101_011),
    ('H', 0b101_101_111_101_101),
    ('I', 0b111_010_010_010_111),
    ('J', 0b001_001_001_101_010),
    ('K', 0b101_101_110_101_101),
    ('L', 0b100_100_100_100_111),
    ('M', 0b101_111_111_101_101),
    ('N', 0b110_101_101_101_101),
    ('O', 0b010_101_101_101_010),
    ('P', 0b110_101_110_100_100),
    ('Q', 0b010_101_101_110_011),
    ('R', 0b110_101_110_101_101),
    ('S', 0b011_100_010_001_110),
    ('T', 0b111_010_010_010_010),
    ('U', 0b101_101_101_101_111),
    ('V', 0b101_101_101_101_010),
    ('W', 0b101_101_111_111_101),
    ('X', 0b101_101_010_101_101),
    ('Y', 0b101_101_010_010_010),
    ('Z', 0b111_001_010_100_111),
    ('0', 0b111_101_101_101_111),
    ('1', 0b010_110_010_010_111),
    ('2', 0b110_001_010_100_111),
    ('3', 0b110_001_010_001_110),
    ('4', 0b101_101_111_001_001),
    ('5', 0b111_100_110_001_110),
    ('6', 0b011_100_111_101_111),
    ('7', 0b111_001_010_010_010),
    ('8', 0b111_101_111_101_111),
    ('9', 0b111_101_111_001_110),
    ('-', 0b000_000_111_000_000),
    ('^', 0b010_101_000_000_000),
];

impl Picture {
    /// What a function of the place says: from -1 to 1, left to right and top to bottom.
    fn of(width: u16, height: u16, grey: impl Fn(f64, f64) -> f64) -> Picture {
        let at = |index: u16, of: u16| (2.0 * f64::from(index) + 1.0) / f64::from(of) - 1.0;
        let rows = (0..height).map(|y| at(y, height));
        let pixels = rows.flat_map(|y| (0..width).map(move |x| (at(x, width), y)));
        let pixels = pixels.map(|(x, y)| grey(x, y).clamp(0.0, 1000.0) as u16).collect();
        Picture { width, height, pixels }
    }

    /// A slice through something round, at a height from 0 to 1: a rim, a gradient, and two discs that wander from slice to slice.
    pub(super) fn slice(height: f64, side: u16) -> Picture {
        Picture::of(side, side, |x, y| {
            let radius = (x * x / 0.64 + y * y / 0.81).sqrt();
            let disc = |cx: f64, cy: f64, r: f64| (x - cx).hypot(y - cy) < r;
            match radius {
                1.0.. => 0.0,
                0.92.. => 900.0,
                _ if disc(0.35 - 0.5 * height, -0.2, 0.18) => 650.0,
                _ if disc(-0.3, 0.1 + 0.3 * height, 0.12 + 0.1 * height) => 150.0,
                _ => 380.0 + 120.0 * x + 60.0 * y,
            }
        })
    }

    /// A fan with an echo, as of ultrasound.
    pub(super) fn fan(width: u16, height: u16) -> Picture {
        Picture::of(width, height, |x, y| {
            let depth = x.hypot(y + 1.0);
            let is_inside = depth < 1.9 && x.abs() < 0.7 * (y + 1.0);
            let speckle = ((x * 91.0).sin() * (y * 67.0).cos()).abs();
            let vessel = (depth - 1.2).abs() < 0.12;
            if !is_inside {
                0.0
            } else if vessel {
                80.0
            } else {
                (250.0 + 500.0 * speckle) * (1.1 - 0.4 * depth)
            }
        })
    }

    /// Writes into the picture; each letter takes four by six times the scale. What has no letter is a space.
    pub(super) fn write(&mut self, left: u16, top: u16, scale: u16, text: &str) {
        for (letter, number) in text.to_uppercase().chars().zip(0..) {
            let Some((_, bits)) = GLYPHS.iter().find(|(known, _)| *known == letter) else { continue };
            for bit in (0..15).filter(|bit| bits >> (14 - bit) & 1 == 1) {
                let (x, y) = (left + scale * (4 * number + bit % 3), top + scale * (bit / 3));
                self.fill(x, y, scale);
            }
        }
    }

    fn fill(&mut self, left: u16, top: u16, side: u16) {
        for y in (top..top + side).filter(|y| *y < self.height) {
            for x in (left..left + side).filter(|x| *x < self.width) {
                self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)] = 1000;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_can_be_read() {
        let mut picture = Picture::of(9, 5, |_, _| 0.0);
        picture.write(0, 0, 1, "t-L");
        let rows = picture.pixels.chunks(9).map(|row| row.iter().map(|&grey| if grey > 0 { '#' } else { '.' }));
        let rows: Vec<String> = rows.map(Iterator::collect).collect();
        // The last letter is cut off.
        assert_eq!(rows, ["###.....#", ".#......#", ".#..###.#", ".#......#", ".#......#"]);
    }

    #[test]
    fn slices_differ() {
        let (low, high) = (Picture::slice(0.1, 64), Picture::slice(0.9, 64));
        assert_ne!(low.pixels, high.pixels);
        assert!(low.pixels.iter().all(|grey| *grey <= 1000));
        assert_eq!(low.pixels[0], 0, "there is nothing in the corners");
    }
}
