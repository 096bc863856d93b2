//! What becomes of each attribute: the Basic Application Level Confidentiality Profile.
//!
//! `basic_profile.tsv` holds the column 'Basic Prof.' of PS3.15, table E.1-1, edition 2024b: tag, code and name of each attribute
//! that is listed by its tag. Where the table lets the code depend on the type of the attribute (`X/Z`, `Z/D`), the first counts.

use std::collections::HashMap;
use std::sync::LazyLock;

use dicom_core::Tag;

/// What becomes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Sequences are kept with what is left of their items.
    Keep,
    Remove,
    Empty,
    /// It gets a value that says nothing.
    Dummy,
    /// It gets a new UID, the same one for the same UID.
    NewUid,
}

static LISTED: LazyLock<HashMap<Tag, Action>> =
    LazyLock::new(|| include_str!("basic_profile.tsv").lines().map(parse).collect());

fn parse(line: &str) -> (Tag, Action) {
    let parsed = (|| {
        let (tag, rest) = line.split_once('\t')?;
        let tag = Tag(u16::from_str_radix(tag.get(..4)?, 16).ok()?, u16::from_str_radix(tag.get(4..)?, 16).ok()?);
        let action = match rest.chars().next()? {
            'X' => Action::Remove,
            'Z' => Action::Empty,
            'D' => Action::Dummy,
            'U' => Action::NewUid,
            _ => return None,
        };
        Some((tag, action))
    })();
    parsed.unwrap_or_else(|| panic!("not a line of the table: {line}"))
}

/// What becomes of the attribute with this tag.
pub(super) fn action(tag: Tag) -> Action {
    match tag {
        // Private attributes, curves, overlays and their comments; and what only counts bytes.
        Tag(group, _) if group % 2 == 1 => Action::Remove,
        Tag(0x5000..=0x50FF, _) | Tag(0x6000..=0x60FF, 0x3000 | 0x4000) | Tag(_, 0) => Action::Remove,
        tag => LISTED.get(&tag).copied().unwrap_or(Action::Keep),
    }
}

#[cfg(test)]
mod tests {
    use dicom_core::DataDictionary;
    use dicom_core::dictionary::DataDictionaryEntry;
    use dicom_dictionary_std::{StandardDataDictionary, tags};

    use super::*;

    #[test]
    fn the_table_says_what_the_standard_says() {
        assert_eq!(LISTED.len(), 617);
        for (tag, expected) in [
            (tags::PATIENT_NAME, Action::Empty),
            (tags::PATIENT_BIRTH_DATE, Action::Empty),
            (tags::PATIENT_ADDRESS, Action::Remove),
            (tags::INSTITUTION_NAME, Action::Remove),
            (tags::CLINICAL_TRIAL_SUBJECT_ID, Action::Dummy),
            (tags::SOP_INSTANCE_UID, Action::NewUid),
            (tags::SOP_CLASS_UID, Action::Keep),
            (tags::PIXEL_DATA, Action::Keep),
            (tags::WINDOW_CENTER, Action::Keep),
            (Tag(0x0009, 0x0010), Action::Remove),
            (Tag(0x5004, 0x3000), Action::Remove),
            (Tag(0x6002, 0x3000), Action::Remove),
            (Tag(0x6002, 0x0010), Action::Keep),
            (Tag(0x0008, 0x0000), Action::Remove),
        ] {
            assert_eq!(action(tag), expected, "{tag}");
        }
    }

    /// A tag that was mistyped would be one that nobody knows.
    #[test]
    fn each_line_names_an_attribute() {
        let unknown: Vec<&Tag> = LISTED.keys().filter(|tag| StandardDataDictionary.by_tag(**tag).is_none()).collect();
        assert_eq!(unknown, Vec::<&Tag>::new());
        for line in include_str!("basic_profile.tsv").lines().filter(|line| line.contains("\tU\t")) {
            let entry = StandardDataDictionary.by_tag(parse(line).0).unwrap();
            assert_eq!(entry.vr().exact(), Some(dicom_core::VR::UI), "{line}");
        }
    }
}
