//! Small DICOM files.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

/// The bytes of a small, valid DICOM file (PS3.10, explicit VR little endian) without an image: a preamble, the file meta
/// group, and who and what it belongs to.
///
/// # Panics
/// If an identifier is one that DICOM cannot hold.
pub fn dicom_file(patient_id: &str, study_instance_uid: &str, sop_instance_uid: &str) -> Vec<u8> {
    DicomFile::new(patient_id, study_instance_uid, sop_instance_uid).bytes()
}

/// A small DICOM file that is being made.
///
/// ```
/// use anonapi::testing::DicomFile;
///
/// let bytes = DicomFile::new("1234567", "1.2.3", "1.2.3.4").with("BurnedInAnnotation", "YES").with_pixels().bytes();
/// assert_eq!(&bytes[128..132], b"DICM");
/// ```
#[derive(Debug, Clone)]
pub struct DicomFile {
    data: InMemDicomObject,
}

impl DicomFile {
    /// Of the class MR Image Storage, without an image.
    pub fn new(patient_id: &str, study_instance_uid: &str, sop_instance_uid: &str) -> DicomFile {
        let file = DicomFile { data: InMemDicomObject::new_empty() };
        file.with("SOPClassUID", uids::MR_IMAGE_STORAGE)
            .with("SOPInstanceUID", sop_instance_uid)
            .with("Modality", "MR")
            .with("PatientName", &format!("Test^{patient_id}"))
            .with("PatientID", patient_id)
            .with("StudyInstanceUID", study_instance_uid)
    }

    /// Sets an attribute, named by the keyword that PS3.6 has for it.
    ///
    /// # Panics
    /// If DICOM has no such attribute.
    #[must_use]
    pub fn with(mut self, keyword: &str, value: &str) -> DicomFile {
        let entry = StandardDataDictionary.by_name(keyword).unwrap_or_else(|| panic!("DICOM has no {keyword}"));
        let value = PrimitiveValue::from(value);
        self.data.put(DataElement::new(entry.tag(), entry.vr().relaxed(), value));
        self
    }

    /// Gives it an image of 2 x 2 pixels.
    #[must_use]
    pub fn with_pixels(mut self) -> DicomFile {
        for (tag, number) in [(tags::ROWS, 2u16), (tags::COLUMNS, 2), (tags::BITS_ALLOCATED, 8)] {
            self.data.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
        }
        self.data.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(vec![0u8, 64, 128, 255])));
        self
    }

    /// The bytes of the file: PS3.10, explicit VR little endian.
    ///
    /// # Panics
    /// If a value is one that DICOM cannot hold.
    pub fn bytes(self) -> Vec<u8> {
        let text = |tag| self.data.element(tag).ok().and_then(|element| element.to_str().ok()).unwrap_or_default();
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .media_storage_sop_class_uid(text(tags::SOP_CLASS_UID))
            .media_storage_sop_instance_uid(text(tags::SOP_INSTANCE_UID));
        let mut bytes = Vec::new();
        let object = self.data.with_meta(meta).unwrap_or_else(|error| panic!("{error}"));
        object.write_all(&mut bytes).unwrap_or_else(|error| panic!("{error}"));
        bytes
    }
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
