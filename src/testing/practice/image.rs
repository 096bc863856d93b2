//! Small images like those of scanners: everything that PS3.3 requires, and pixels that viewers can show.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::picture::Picture;
use crate::testing::uid::uid;

/// Who a practice patient is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patient {
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    /// As DICOM has dates: 19610312.
    pub(super) born: &'static str,
    pub(super) sex: &'static str,
}

/// How a study was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    Ct,
    Mr,
    /// With the patient's name burned into each image.
    Ultrasound,
}

/// A study of a practice patient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Study {
    pub(super) patient: Patient,
    pub(super) modality: Modality,
    pub(super) accession_number: &'static str,
    /// Made from the accession number if there is none.
    pub(super) uid: Option<&'static str>,
}

/// The side of a slice, in pixels.
const SIDE: u16 = 128;

/// How many slices a series would have if it were whole.
const SLICES: u16 = 8;

impl Modality {
    fn class(self) -> &'static str {
        match self {
            Modality::Ct => uids::CT_IMAGE_STORAGE,
            Modality::Mr => uids::MR_IMAGE_STORAGE,
            Modality::Ultrasound => uids::ULTRASOUND_IMAGE_STORAGE,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Modality::Ct => "CT",
            Modality::Mr => "MR",
            Modality::Ultrasound => "US",
        }
    }
}

/// A data set that is being filled.
struct Filling(InMemDicomObject);

impl Filling {
    fn text(&mut self, vr: VR, values: &[(Tag, &str)]) {
        for (tag, value) in values {
            self.0.put(DataElement::new(*tag, vr, PrimitiveValue::from(*value)));
        }
    }

    fn numbers(&mut self, values: &[(Tag, u16)]) {
        for (tag, value) in values {
            self.0.put(DataElement::new(*tag, VR::US, PrimitiveValue::from(*value)));
        }
    }
}

impl Study {
    pub(super) fn uid(&self) -> String {
        self.uid.map_or_else(|| self.made_uid("study", 0, 0), str::to_owned)
    }

    pub(super) fn series_uid(&self, series: u16) -> String {
        self.made_uid("series", series, 0)
    }

    pub(super) fn image_uid(&self, series: u16, number: u16) -> String {
        self.made_uid("image", series, number)
    }

    pub(super) fn class(&self) -> &'static str {
        self.modality.class()
    }

    pub(super) fn code(&self) -> &'static str {
        self.modality.code()
    }

    fn made_uid(&self, what: &str, series: u16, number: u16) -> String {
        let numbers = format!("{series}.{number}");
        uid(&[b"practice", self.accession_number.as_bytes(), what.as_bytes(), numbers.as_bytes()])
    }

    /// The bytes of a DICOM file: the image with this number (from 1) of a series.
    pub(super) fn image(&self, series: u16, number: u16) -> Vec<u8> {
        let mut data = Filling(InMemDicomObject::new_empty());
        self.describe(&mut data, series, number);
        match self.modality {
            Modality::Ct | Modality::Mr => self.slice(&mut data, series, number),
            Modality::Ultrasound => self.ultrasound(&mut data),
        }
        let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
        let file = data.0.with_meta(meta).unwrap_or_else(|error| panic!("{error}"));
        let mut bytes = Vec::new();
        file.write_all(&mut bytes).unwrap_or_else(|error| panic!("{error}"));
        bytes
    }

    /// Whose image it is and where it was made: what a server replaces.
    fn describe(&self, data: &mut Filling, series: u16, number: u16) {
        let Patient { name, id, born, sex } = self.patient;
        let series_number = series.to_string();
        data.text(VR::CS, &[(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100"), (tags::PATIENT_SEX, sex)]);
        data.text(VR::PN, &[(tags::PATIENT_NAME, name), (tags::REFERRING_PHYSICIAN_NAME, "Practice^Doctor")]);
        data.text(VR::LO, &[(tags::PATIENT_ID, id), (tags::INSTITUTION_NAME, "Hospital of Practice")]);
        data.text(VR::LO, &[(tags::MANUFACTURER, "anon"), (tags::MANUFACTURER_MODEL_NAME, "practice")]);
        data.text(VR::LO, &[(tags::STUDY_DESCRIPTION, "Practice"), (tags::SERIES_DESCRIPTION, "Practice images")]);
        data.text(VR::DA, &[(tags::PATIENT_BIRTH_DATE, born), (tags::STUDY_DATE, "20200212")]);
        data.text(VR::DA, &[(tags::SERIES_DATE, "20200212"), (tags::CONTENT_DATE, "20200212")]);
        data.text(VR::TM, &[(tags::STUDY_TIME, "101500"), (tags::CONTENT_TIME, "101730")]);
        data.text(VR::SH, &[(tags::ACCESSION_NUMBER, self.accession_number), (tags::STUDY_ID, "1")]);
        data.text(VR::CS, &[(tags::MODALITY, self.code()), (tags::LATERALITY, "")]);
        data.text(VR::UI, &[(tags::SOP_CLASS_UID, self.class())]);
        data.text(VR::UI, &[(tags::SOP_INSTANCE_UID, &self.image_uid(series, number))]);
        data.text(VR::UI, &[(tags::STUDY_INSTANCE_UID, &self.uid())]);
        data.text(VR::UI, &[(tags::SERIES_INSTANCE_UID, &self.series_uid(series))]);
        data.text(VR::IS, &[(tags::SERIES_NUMBER, &series_number), (tags::INSTANCE_NUMBER, &number.to_string())]);
        // A private attribute, which no one else understands.
        data.text(VR::LO, &[(Tag(0x0009, 0x0010), "PRACTICE"), (Tag(0x0009, 0x1001), name)]);
    }

    fn slice(&self, data: &mut Filling, series: u16, number: u16) {
        let mut picture = Picture::slice(f64::from(number) / f64::from(SLICES), SIDE);
        picture.write(4, 4, 2, "PRACTICE");
        picture.write(4, SIDE - 14, 2, &format!("{} {series}-{number}", self.code()));
        let position = format!("-64\\-64\\{}", 5 * number);
        data.text(VR::CS, &[(tags::PATIENT_POSITION, "HFS")]);
        data.text(VR::UI, &[(tags::FRAME_OF_REFERENCE_UID, &self.made_uid("frame", 0, 0))]);
        data.text(VR::LO, &[(tags::POSITION_REFERENCE_INDICATOR, "")]);
        data.text(VR::DS, &[(tags::PIXEL_SPACING, "1\\1"), (tags::SLICE_THICKNESS, "5")]);
        data.text(VR::DS, &[(tags::IMAGE_ORIENTATION_PATIENT, "1\\0\\0\\0\\1\\0")]);
        data.text(VR::DS, &[(tags::IMAGE_POSITION_PATIENT, &position)]);
        data.text(VR::IS, &[(tags::ACQUISITION_NUMBER, "1")]);
        if self.modality == Modality::Ct {
            // From -1000 (air) to 1000 (bone), stored from 24.
            picture.pixels.iter_mut().for_each(|grey| *grey = 24 + 2 * *grey);
            data.text(VR::CS, &[(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL")]);
            data.text(VR::DS, &[(tags::RESCALE_INTERCEPT, "-1024"), (tags::RESCALE_SLOPE, "1"), (tags::KVP, "120")]);
            data.text(VR::DS, &[(tags::WINDOW_CENTER, "0"), (tags::WINDOW_WIDTH, "2000")]);
        } else {
            data.text(VR::CS, &[(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\OTHER")]);
            data.text(VR::CS, &[(tags::SCANNING_SEQUENCE, "SE"), (tags::SEQUENCE_VARIANT, "NONE")]);
            data.text(VR::CS, &[(tags::SCAN_OPTIONS, ""), (tags::MR_ACQUISITION_TYPE, "2D")]);
            data.text(VR::DS, &[(tags::REPETITION_TIME, "500"), (tags::ECHO_TIME, "15")]);
            data.text(VR::IS, &[(tags::ECHO_TRAIN_LENGTH, "1")]);
            data.text(VR::DS, &[(tags::WINDOW_CENTER, "500"), (tags::WINDOW_WIDTH, "1000")]);
        }
        pixels(data, &picture, 12);
        let words = PrimitiveValue::U16(picture.pixels.into());
        data.0.put(DataElement::new(tags::PIXEL_DATA, VR::OW, words));
    }

    fn ultrasound(&self, data: &mut Filling) {
        let mut picture = Picture::fan(160, 120);
        picture.write(3, 3, 1, &format!("{} {}", self.patient.name, self.patient.born));
        picture.write(3, 112, 1, "PRACTICE");
        data.text(VR::CS, &[(tags::BURNED_IN_ANNOTATION, "YES"), (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY")]);
        data.text(VR::CS, &[(tags::PATIENT_ORIENTATION, "")]);
        pixels(data, &picture, 8);
        let bytes: Vec<u8> = picture.pixels.iter().map(|grey| (grey / 4) as u8).collect();
        data.0.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(bytes)));
    }
}

fn pixels(data: &mut Filling, picture: &Picture, bits: u16) {
    data.text(VR::CS, &[(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")]);
    data.numbers(&[
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, picture.height),
        (tags::COLUMNS, picture.width),
        (tags::BITS_ALLOCATED, bits.next_multiple_of(8)),
        (tags::BITS_STORED, bits),
        (tags::HIGH_BIT, bits - 1),
        (tags::PIXEL_REPRESENTATION, 0),
    ]);
}
