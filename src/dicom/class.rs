//! SOP classes: what DICOM calls the kind of a file. Their names are those of PS3.6.

use std::fmt;

use dicom_core::dictionary::{UidDictionary, UidDictionaryEntryRef};
use dicom_dictionary_std::sop_class::registry;
use dicom_dictionary_std::uids;

use crate::text::nearest;

/// What every UID of the standard begins with. Another one is of a manufacturer.
const STANDARD: &str = "1.2.840.10008.";

/// What the classes begin with that files can be of (PS3.4, B.5).
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";

/// The longest UID (PS3.5, 9.1).
const LONGEST: usize = 64;

/// Keywords that are meant more often than others. The dictionary knows all of them, but cannot be leafed through.
const USUAL: [&str; 24] = [
    "CTImageStorage",
    "EnhancedCTImageStorage",
    "MRImageStorage",
    "EnhancedMRImageStorage",
    "MRSpectroscopyStorage",
    "PositronEmissionTomographyImageStorage",
    "NuclearMedicineImageStorage",
    "UltrasoundImageStorage",
    "UltrasoundMultiFrameImageStorage",
    "ComputedRadiographyImageStorage",
    "DigitalXRayImageStorageForPresentation",
    "DigitalMammographyXRayImageStorageForPresentation",
    "BreastTomosynthesisImageStorage",
    "XRayAngiographicImageStorage",
    "XRayRadiofluoroscopicImageStorage",
    "SecondaryCaptureImageStorage",
    "SegmentationStorage",
    "RTDoseStorage",
    "RTPlanStorage",
    "RTStructureSetStorage",
    "EncapsulatedPDFStorage",
    "XRayRadiationDoseSRStorage",
    "OphthalmicTomographyImageStorage",
    "VLWholeSlideMicroscopyImageStorage",
];

/// An SOP class, by its UID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SopClass(String);

/// Why a text is not a SOP class of files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is not a SOP class of DICOM files")]
pub struct UnknownClass {
    /// The text.
    pub found: String,
    /// The keyword that was probably meant.
    pub nearest: Option<&'static str>,
}

impl SopClass {
    /// What a header says, if that is a UID.
    pub fn of(value: &[u8]) -> Option<SopClass> {
        let uid = std::str::from_utf8(value).ok()?;
        is_uid(uid).then(|| SopClass(uid.to_owned()))
    }

    /// What someone typed: a UID, or the keyword that PS3.6 has for a class that files can be of, such as `CTImageStorage`. Nobody
    /// can tell whether a class of a manufacturer exists.
    ///
    /// # Errors
    /// [`UnknownClass`], which knows the nearest usual keyword.
    pub fn parse(typed: &str) -> Result<SopClass, UnknownClass> {
        let typed = typed.trim();
        let is_storage = |entry: &UidDictionaryEntryRef<'_>| entry.uid.starts_with(STORAGE);
        let known = registry().by_uid(typed).or_else(|| registry().by_keyword(typed)).filter(|entry| is_storage(entry));
        match known {
            Some(entry) => Ok(SopClass(entry.uid.to_owned())),
            None if is_uid(typed) && !typed.starts_with(STANDARD) => Ok(SopClass(typed.to_owned())),
            None => Err(UnknownClass { found: typed.to_owned(), nearest: nearest(typed, USUAL) }),
        }
    }

    /// The UID.
    pub fn uid(&self) -> &str {
        &self.0
    }

    /// What PS3.6 calls it: `CT Image Storage`.
    pub fn name(&self) -> Option<&'static str> {
        Some(registry().by_uid(&self.0)?.name)
    }

    /// Whether it is not of the standard but of a manufacturer.
    pub fn is_private(&self) -> bool {
        !self.0.starts_with(STANDARD)
    }

    /// Pictures of ultrasound.
    #[expect(deprecated, reason = "old files have the retired classes")]
    pub fn is_ultrasound(&self) -> bool {
        [
            uids::ULTRASOUND_IMAGE_STORAGE,
            uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE,
            uids::ENHANCED_US_VOLUME_STORAGE,
            uids::PHOTOACOUSTIC_IMAGE_STORAGE,
            uids::ULTRASOUND_IMAGE_STORAGE_RETIRED,
            uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE_RETIRED,
        ]
        .contains(&self.uid())
    }

    /// Pictures of pictures: of a film, a screen, a sheet of paper (PS3.3, A.8).
    pub fn is_secondary_capture(&self) -> bool {
        self.is_in("7")
    }

    /// PDF and other documents within a DICOM file (PS3.3, A.45).
    pub fn is_document(&self) -> bool {
        self.is_in("104")
    }

    /// Structured reports (PS3.3, A.35).
    pub fn is_report(&self) -> bool {
        self.is_in("88")
    }

    /// The index of a file-set.
    pub fn is_directory(&self) -> bool {
        self.0 == uids::MEDIA_STORAGE_DIRECTORY_STORAGE
    }

    /// Whether its UID is this arc of the storage classes, or below it.
    fn is_in(&self, arc: &str) -> bool {
        let rest = self.0.strip_prefix(STORAGE).and_then(|rest| rest.strip_prefix(arc));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Its name, or its UID where it has none.
impl fmt::Display for SopClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or(&self.0))
    }
}

fn is_uid(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= LONGEST && text.contains('.') && text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_typed_as_uid_or_as_keyword() {
        let uid = |typed: &str| SopClass::parse(typed).map(|class| class.uid().to_owned());
        assert_eq!(uid("CTImageStorage").as_deref(), Ok("1.2.840.10008.5.1.4.1.1.2"));
        assert_eq!(uid(" 1.2.840.10008.5.1.4.1.1.2 ").as_deref(), Ok("1.2.840.10008.5.1.4.1.1.2"));
        assert_eq!(uid("1.3.12.2.1107.5.9.1").as_deref(), Ok("1.3.12.2.1107.5.9.1"));
        assert_eq!(SopClass::parse("CTImageStorage").unwrap().to_string(), "CT Image Storage");
    }

    #[test]
    fn other_sop_classes_are_refused() {
        for (typed, nearest) in [
            ("CTImageStorrage", Some("CTImageStorage")),
            ("ctimagestorage", Some("CTImageStorage")),
            ("Verification", None),
            ("1.2.840.10008.1.2.1", None),
            ("1.2.840.10008.5.1.4.1.1.99999", None),
            ("CT", None),
            ("1.2..3", None),
            ("", None),
        ] {
            assert_eq!(SopClass::parse(typed), Err(UnknownClass { found: typed.to_owned(), nearest }), "{typed}");
        }
    }

    #[test]
    fn the_usual_keywords_are_keywords() {
        for keyword in USUAL {
            assert!(SopClass::parse(keyword).is_ok(), "{keyword}");
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        let class = |keyword: &str| SopClass::parse(keyword).unwrap();
        assert!(class("UltrasoundMultiFrameImageStorage").is_ultrasound());
        assert!(class("MultiFrameTrueColorSecondaryCaptureImageStorage").is_secondary_capture());
        assert!(class("EncapsulatedPDFStorage").is_document() && class("EncapsulatedSTLStorage").is_document());
        assert!(class("XRayRadiationDoseSRStorage").is_report());
        assert!(SopClass::of(b"1.2.840.10008.1.3.10").unwrap().is_directory());
        assert!(SopClass::of(b"1.3.12.2.1107.5.9.1").unwrap().is_private());
        let lensometry = class("LensometryMeasurementsStorage");
        assert!(!lensometry.is_secondary_capture() && !lensometry.is_private(), "78 is not 7");
        assert_eq!(SopClass::of(b"nonsense"), None);
    }
}
