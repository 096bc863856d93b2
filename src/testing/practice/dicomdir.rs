//! A DICOMDIR, as CDs from other hospitals have it (PS3.3, Basic Directory IOD).

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::image::Study;
use crate::testing::uid::uid;

/// Begins an item whose length is not told: as each directory record does, and nothing else in these files.
const ITEM: [u8; 8] = [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];

/// The bytes of a DICOMDIR for the first images of a study's first series; each is given with the parts of its path.
pub(super) fn dicomdir(study: &Study, paths: &[[&str; 2]]) -> Vec<u8> {
    let records = 3 + paths.len();
    // Records tell where in the file others are, which is known once it has been written. Its length does not depend on that.
    let draft = written(study, paths, &vec![0; records]);
    let starts = draft.windows(ITEM.len()).enumerate().filter(|(_, window)| *window == ITEM);
    let offsets: Vec<u32> = starts.map(|(at, _)| at as u32).collect();
    assert_eq!(offsets.len(), records);
    written(study, paths, &offsets)
}

fn written(study: &Study, paths: &[[&str; 2]], offsets: &[u32]) -> Vec<u8> {
    let mut records = vec![
        record("PATIENT", 0, offsets[1], patient(study)),
        record("STUDY", 0, offsets[2], of_study(study)),
        record("SERIES", 0, offsets[3], series(study)),
    ];
    for (path, number) in paths.iter().zip(1..) {
        let next = offsets.get(3 + usize::from(number)).copied().unwrap_or_default();
        records.push(record("IMAGE", next, 0, image(study, path, number)));
    }
    let dataset = InMemDicomObject::from_element_iter([
        text(tags::FILE_SET_ID, VR::CS, "PRACTICE"),
        offset(tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY, offsets[0]),
        offset(tags::OFFSET_OF_THE_LAST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY, offsets[0]),
        DataElement::new(tags::FILE_SET_CONSISTENCY_FLAG, VR::US, PrimitiveValue::from(0_u16)),
        DataElement::new(tags::DIRECTORY_RECORD_SEQUENCE, VR::SQ, DataSetSequence::from(records)),
    ]);
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::MEDIA_STORAGE_DIRECTORY_STORAGE)
        .media_storage_sop_instance_uid(uid(&[b"practice", b"dicomdir", study.accession_number.as_bytes()]));
    let mut bytes = Vec::new();
    let file = dataset.with_meta(meta).unwrap_or_else(|error| panic!("{error}"));
    file.write_all(&mut bytes).unwrap_or_else(|error| panic!("{error}"));
    bytes
}

type Element = DataElement<InMemDicomObject>;

fn record(kind: &str, next: u32, lower: u32, keys: Vec<Element>) -> InMemDicomObject {
    let head = [
        offset(tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD, next),
        DataElement::new(tags::RECORD_IN_USE_FLAG, VR::US, PrimitiveValue::from(0xFFFF_u16)),
        offset(tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY, lower),
        text(tags::DIRECTORY_RECORD_TYPE, VR::CS, kind),
    ];
    InMemDicomObject::from_element_iter(head.into_iter().chain(keys))
}

fn patient(study: &Study) -> Vec<Element> {
    vec![text(tags::PATIENT_NAME, VR::PN, study.patient.name), text(tags::PATIENT_ID, VR::LO, study.patient.id)]
}

fn of_study(study: &Study) -> Vec<Element> {
    vec![
        text(tags::STUDY_DATE, VR::DA, "20200212"),
        text(tags::STUDY_TIME, VR::TM, "101500"),
        text(tags::ACCESSION_NUMBER, VR::SH, study.accession_number),
        text(tags::STUDY_DESCRIPTION, VR::LO, "Practice"),
        text(tags::STUDY_INSTANCE_UID, VR::UI, &study.uid()),
        text(tags::STUDY_ID, VR::SH, "1"),
    ]
}

fn series(study: &Study) -> Vec<Element> {
    vec![
        text(tags::MODALITY, VR::CS, study.code()),
        text(tags::SERIES_INSTANCE_UID, VR::UI, &study.series_uid(1)),
        text(tags::SERIES_NUMBER, VR::IS, "1"),
    ]
}

fn image(study: &Study, path: &[&str; 2], number: u16) -> Vec<Element> {
    vec![
        text(tags::REFERENCED_FILE_ID, VR::CS, &path.join("\\")),
        text(tags::REFERENCED_SOP_CLASS_UID_IN_FILE, VR::UI, study.class()),
        text(tags::REFERENCED_SOP_INSTANCE_UID_IN_FILE, VR::UI, &study.image_uid(1, number)),
        text(tags::REFERENCED_TRANSFER_SYNTAX_UID_IN_FILE, VR::UI, uids::EXPLICIT_VR_LITTLE_ENDIAN),
        text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string()),
    ]
}

fn text(tag: Tag, vr: VR, value: &str) -> Element {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}

fn offset(tag: Tag, value: u32) -> Element {
    DataElement::new(tag, VR::UL, PrimitiveValue::from(value))
}
