//! A delivered image beside its source.

use std::path::Path;

use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, Tag, open_file};

use super::Result;

const SHOWN: [(&str, Tag); 6] = [
    ("PatientName", tags::PATIENT_NAME),
    ("PatientID", tags::PATIENT_ID),
    ("PatientBirthDate", tags::PATIENT_BIRTH_DATE),
    ("InstitutionName", tags::INSTITUTION_NAME),
    ("StudyDescription", tags::STUDY_DESCRIPTION),
    ("Modality", tags::MODALITY),
];

/// Shows both images side by side. The pseudonym must be in the place of the patient, and the pixels must be the same.
pub fn compare(source: &Path, delivered: &Path, pseudonym: &str) -> Result<()> {
    let (before, after) = (open_file(source)?, open_file(delivered)?);
    println!("    {:<18}{:<24}delivered", "", "source");
    for (name, tag) in SHOWN {
        println!("    {name:<18}{:<24}{}", text(&before, tag), text(&after, tag));
    }
    let pixels = |image: &DefaultDicomObject| -> Result<Vec<u8>> {
        Ok(image.element(tags::PIXEL_DATA)?.to_bytes()?.into_owned())
    };
    let same = pixels(&before)? == pixels(&after)?;
    let size = format!("{} bytes", pixels(&before)?.len());
    println!("    {:<18}{size:<24}{}", "pixels", if same { "the same" } else { "others" });

    let differ = |tag| text(&before, tag) != text(&after, tag);
    if !same {
        return Err("the delivered image has other pixels than its source".into());
    }
    if text(&after, tags::PATIENT_NAME) != pseudonym || text(&after, tags::PATIENT_ID) != pseudonym {
        return Err(format!("the delivered image is not under the pseudonym '{pseudonym}'").into());
    }
    if !differ(tags::SOP_INSTANCE_UID) || !differ(tags::STUDY_INSTANCE_UID) {
        return Err("the delivered image has the UIDs of its source".into());
    }
    Ok(())
}

fn text(image: &DefaultDicomObject, tag: Tag) -> String {
    let text = image.get(tag).and_then(|element| element.to_str().ok()).unwrap_or_default();
    text.trim_end_matches(['\0', ' ']).to_owned()
}
