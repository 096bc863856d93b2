//! Small DICOM files.

use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

/// The bytes of a small, valid DICOM file (PS3.10, explicit VR little endian) without an image: a preamble, the file meta
/// group, and who and what it belongs to.
///
/// # Panics
/// If an identifier is one that DICOM cannot hold.
pub fn dicom_file(patient_id: &str, study_instance_uid: &str, sop_instance_uid: &str) -> Vec<u8> {
    let element = |tag, vr, value: &str| DataElement::new(tag, vr, PrimitiveValue::from(value));
    let dataset = InMemDicomObject::from_element_iter([
        element(tags::SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE),
        element(tags::SOP_INSTANCE_UID, VR::UI, sop_instance_uid),
        element(tags::MODALITY, VR::CS, "MR"),
        element(tags::PATIENT_NAME, VR::PN, &format!("Test^{patient_id}")),
        element(tags::PATIENT_ID, VR::LO, patient_id),
        element(tags::STUDY_INSTANCE_UID, VR::UI, study_instance_uid),
    ]);
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::MR_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(sop_instance_uid);
    let mut bytes = Vec::new();
    let object = dataset.with_meta(meta).unwrap_or_else(|error| panic!("{error}"));
    object.write_all(&mut bytes).unwrap_or_else(|error| panic!("{error}"));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_be_read_back() {
        let bytes = dicom_file("12345", "1.2.3", "1.2.3.4");
        assert_eq!(&bytes[128..132], b"DICM");
        let object = dicom_object::from_reader(&bytes[128..]).unwrap();
        assert_eq!(object.element(tags::PATIENT_ID).unwrap().to_str().unwrap(), "12345");
        assert_eq!(object.element(tags::STUDY_INSTANCE_UID).unwrap().to_str().unwrap(), "1.2.3");
        assert_eq!(object.meta().media_storage_sop_instance_uid(), "1.2.3.4");
    }
}
