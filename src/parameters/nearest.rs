//! The known name that someone probably meant.

/// Names longer than this are no typing errors.
const LONGEST: usize = 64;

/// The candidate that is nearest to `name`, if one is near enough to have been meant.
///
/// Near enough is one typing error in three letters: a letter missing, added, other, or swapped with its neighbour. Case
/// does not count.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if name.len() > LONGEST {
        return None;
    }
    let near = |candidate: &'a str| {
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(LONGEST).collect();
        let errors = typing_errors(&name, &letters);
        (errors <= letters.len().max(name.len()).div_ceil(3)).then_some((errors, candidate))
    };
    let best = candidates.into_iter().filter_map(near).min_by_key(|(errors, _)| *errors);
    best.map(|(_, candidate)| candidate)
}

/// The least number of single-letter changes and swaps of neighbours that make one of the other.
fn typing_errors(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = above[column] + usize::from(letter != other);
            let mut least = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == to[column - 1] && from[row - 1] == *other {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(from: &str, to: &str) -> usize {
        typing_errors(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>())
    }

    #[test]
    fn counts_typing_errors() {
        assert_eq!(errors("", "abc"), 3);
        assert_eq!(errors("abc", ""), 3);
        assert_eq!(errors("kitten", "sitting"), 3);
        assert_eq!(errors("fodler", "folder"), 1);
        assert_eq!(errors("folder", "folder"), 0);
    }

    #[test]
    fn finds_what_was_meant() {
        let known = ["folder", "fileselection", "study_instance_uid", "accession_number"];
        assert_eq!(nearest("fodler", known), Some("folder"));
        assert_eq!(nearest("FILE_SELECTION", known), Some("fileselection"));
        assert_eq!(nearest("accesion_nr", known), Some("accession_number"));
        assert_eq!(nearest("C", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"folder".repeat(10_000), known), None);
    }
}
