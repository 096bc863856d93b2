/// `1 row`, `2 rows`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", agreeing(count, "", "s"))
}

/// The word that agrees with a number: `is` or `are`.
pub fn agreeing<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

/// A value as text, and none as an empty one.
pub fn or_empty<T: ToString>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

/// A number of bytes as file managers show it: `512 bytes`, `1.5 MB`.
pub fn sized(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return counted(bytes as usize, "byte");
    }
    let (mut size, mut unit) = (bytes as f64 / 1000.0, 0);
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// A number with a comma after each thousand: `65,002`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "row")), ["0 rows", "1 row", "2 rows"]);
        assert_eq!([0, 1, 2].map(|count| agreeing(count, "is", "are")), ["are", "is", "are"]);
    }

    #[test]
    fn sizes_have_the_unit_that_fits() {
        let sizes = [1, 999, 1000, 999_949, 999_950, 31_200_000_000, u64::MAX].map(sized);
        assert_eq!(sizes, ["1 byte", "999 bytes", "1.0 kB", "999.9 kB", "1.0 MB", "31.2 GB", "18446744.1 TB"]);
    }

    #[test]
    fn large_numbers_are_read_in_threes() {
        assert_eq!([0, 999, 1000, 65_002, 1_234_567].map(grouped), ["0", "999", "1,000", "65,002", "1,234,567"]);
    }
}
