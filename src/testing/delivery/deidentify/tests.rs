use dicom_core::value::PixelFragmentSequence;
use dicom_core::{PrimitiveValue, dicom_value};
use dicom_dictionary_std::uids;

use super::*;

fn new_uid(uid: &str) -> String {
    format!("2.25.{}", 1 + uid.bytes().map(u64::from).sum::<u64>())
}

fn text(tag: Tag, vr: VR, value: &str) -> InMemElement {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}

fn sequence(tag: Tag, items: Vec<InMemDicomObject>) -> InMemElement {
    DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
}

fn image(syntax: &str, more: Vec<InMemElement>) -> Image {
    let mut dataset = InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3.4"),
        text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3"),
        text(tags::PATIENT_NAME, VR::PN, "Doe^Jane"),
        text(tags::PATIENT_ID, VR::LO, "12345"),
    ]);
    for element in more {
        dataset.put(element);
    }
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(syntax)
        .source_application_entity_title("HOSPITAL")
        .private_information_creator_uid("1.2.3.9")
        .private_information(b"Doe^Jane".to_vec());
    dataset.with_meta(meta).unwrap()
}

/// What is in the file that is written, and its bytes.
fn delivered(image: Image, name: &str) -> (Image, Vec<u8>) {
    let pseudonym = Pseudonym { name: name.to_owned(), id: "anon1".to_owned() };
    let mut bytes = Vec::new();
    deidentify(image, &pseudonym, &new_uid).unwrap().write_all(&mut bytes).unwrap();
    (dicom_object::from_reader(&bytes[..]).unwrap(), bytes)
}

fn value(dataset: &InMemDicomObject, tag: Tag) -> String {
    dataset.element(tag).unwrap().to_str().unwrap().trim_end_matches(['\0', ' ']).to_owned()
}

fn has(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn the_patient_is_gone_and_the_pseudonym_is_there() {
    let private = InMemDicomObject::from_element_iter([text(Tag(0x0011, 0x0010), VR::LO, "Doe^Jane")]);
    let referenced = InMemDicomObject::from_element_iter([
        text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, "1.2.3.4"),
        text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::PATIENT_ADDRESS, VR::LO, "Doe^Jane's house"),
        sequence(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, vec![private]),
    ]);
    let (image, bytes) = delivered(
        image(
            uids::EXPLICIT_VR_LITTLE_ENDIAN,
            vec![
                text(tags::PATIENT_ADDRESS, VR::LO, "Doe^Jane's house"),
                text(tags::PATIENT_BIRTH_DATE, VR::DA, "19610312"),
                text(tags::CLINICAL_TRIAL_SUBJECT_ID, VR::LO, "Doe^Jane"),
                text(Tag(0x0009, 0x0010), VR::LO, "Doe^Jane"),
                text(tags::MODALITY, VR::CS, "CT"),
                sequence(tags::REFERENCED_INSTANCE_SEQUENCE, vec![referenced]),
            ],
        ),
        "anon_patientA",
    );
    assert!(!has(&bytes, "Doe^Jane") && !has(&bytes, "12345") && !has(&bytes, "HOSPITAL"));
    assert_eq!(value(&image, tags::PATIENT_NAME), "anon_patientA");
    assert_eq!(value(&image, tags::PATIENT_ID), "anon1");
    assert_eq!(value(&image, tags::PATIENT_BIRTH_DATE), "");
    assert_eq!(value(&image, tags::CLINICAL_TRIAL_SUBJECT_ID), "ANONYMIZED");
    assert_eq!(value(&image, tags::MODALITY), "CT");
    assert!(image.get(tags::PATIENT_ADDRESS).is_none());
    assert_eq!(value(&image, tags::PATIENT_IDENTITY_REMOVED), "YES");
    assert_eq!(value(&image, tags::DEIDENTIFICATION_METHOD), METHOD);
    assert!(METHOD.len() <= 64, "more is no LO");
}

#[test]
fn uids_are_new_and_fit_together() {
    let referenced = InMemDicomObject::from_element_iter([
        text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, "1.2.3.4"),
        text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
    ]);
    let frame = "1.2.840.10008.1.4.1.1";
    let (image, _) = delivered(
        image(
            uids::IMPLICIT_VR_LITTLE_ENDIAN,
            vec![
                sequence(tags::REFERENCED_INSTANCE_SEQUENCE, vec![referenced]),
                text(tags::FRAME_OF_REFERENCE_UID, VR::UI, frame),
                text(tags::FAILED_SOP_INSTANCE_UID_LIST, VR::UI, "1.2.3.4\\1.2.3.5"),
            ],
        ),
        "A",
    );
    let uid = value(&image, tags::SOP_INSTANCE_UID);
    assert_eq!(uid, new_uid("1.2.3.4"));
    assert_eq!(image.meta().media_storage_sop_instance_uid().trim_end_matches('\0'), uid);
    assert_eq!(image.meta().transfer_syntax(), uids::IMPLICIT_VR_LITTLE_ENDIAN);
    let items = image.element(tags::REFERENCED_INSTANCE_SEQUENCE).unwrap().items().unwrap();
    assert_eq!(value(&items[0], tags::REFERENCED_SOP_INSTANCE_UID), uid);
    assert_eq!(value(&items[0], tags::REFERENCED_SOP_CLASS_UID), uids::CT_IMAGE_STORAGE);
    assert_eq!(value(&image, tags::FRAME_OF_REFERENCE_UID), frame, "it is one of the standard's own");
    let list = image.element(tags::FAILED_SOP_INSTANCE_UID_LIST).unwrap().to_multi_str().unwrap();
    assert_eq!(*list, [uid, new_uid("1.2.3.5")]);
}

#[test]
fn pixels_stay_as_they_are() {
    let words = dicom_value!(U16, [1, 2, 3, 65535]);
    let (plain, _) = delivered(
        image(uids::EXPLICIT_VR_LITTLE_ENDIAN, vec![DataElement::new(tags::PIXEL_DATA, VR::OW, words.clone())]),
        "A",
    );
    assert_eq!(plain.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap(), [1, 2, 3, 65535]);

    // As JPEG is: it is not looked into.
    let fragments = PixelFragmentSequence::new_fragments(vec![vec![0xFF, 0xD8, 1, 2], vec![3, 4]]);
    let compressed = DataElement::new(tags::PIXEL_DATA, VR::OB, fragments);
    let (compressed, _) = delivered(image(uids::JPEG_BASELINE8_BIT, vec![compressed]), "A");
    let found = compressed.element(tags::PIXEL_DATA).unwrap().fragments().unwrap().to_vec();
    assert_eq!(found, [vec![0xFF, 0xD8, 1, 2], vec![3, 4]]);
    assert_eq!(compressed.meta().transfer_syntax(), uids::JPEG_BASELINE8_BIT);
}

#[test]
fn letters_of_all_kinds_are_kept() {
    let described = vec![
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100"),
        text(tags::MANUFACTURER, VR::LO, "Müller & Söhne"),
    ];
    let (image, bytes) = delivered(image(uids::EXPLICIT_VR_LITTLE_ENDIAN, described), "Zoë^漢");
    assert_eq!(value(&image, tags::PATIENT_NAME), "Zoë^漢");
    assert_eq!(value(&image, tags::MANUFACTURER), "Müller & Söhne");
    assert!(has(&bytes, "Müller & Söhne"), "as UTF-8, which the file says it is");
}
