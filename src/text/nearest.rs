//! The known name that someone probably meant.

/// Longer names are not typing errors.
const LONGEST: usize = 64;

/// The candidate that is nearest to `name`, if one is near enough to have been meant.
///
/// Near enough is one typing error in three letters: a letter missing, added, other, or swapped with its neighbour. Case
/// does not count.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = name.chars().take(LONGEST + 1).count();
    if letters > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let near = |candidate: &'a str| {
        let errors = strsim::osa_distance(&name, &candidate.to_lowercase());
        (errors <= candidate.chars().count().max(letters).div_ceil(3)).then_some((errors, candidate))
    };
    candidates.into_iter().filter_map(near).min_by_key(|(errors, _)| *errors).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

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
