//! An image without what tells who the patient is.

use dicom_core::value::{DataSetSequence, Value};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::mem::InMemElement;
use dicom_object::{FileDicomObject, FileMetaTableBuilder, InMemDicomObject};

use super::profile::{Action, action};

/// A DICOM file in memory.
pub(super) type Image = FileDicomObject<InMemDicomObject>;

/// What each image says of how it was made.
pub(super) const METHOD: &str = "Sandbox of anon, for practice only: attributes of PS3.15 E.1-1";

/// What stands in the place of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pseudonym {
    pub(super) name: String,
    pub(super) id: String,
}

/// The image under its pseudonym: its pixels are the same, its UIDs are new.
///
/// # Errors
/// When the image lacks what every DICOM file has, in words.
pub(super) fn deidentify(
    image: Image,
    pseudonym: &Pseudonym,
    new_uid: &dyn Fn(&str) -> String,
) -> Result<Image, String> {
    let syntax = image.meta().transfer_syntax().to_owned();
    let mut dataset = cleaned(image.into_inner(), new_uid);
    let mut put = |tag: Tag, vr: VR, value: &str| dataset.put_str(tag, vr, value);
    put(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    put(tags::PATIENT_NAME, VR::PN, &pseudonym.name);
    put(tags::PATIENT_ID, VR::LO, &pseudonym.id);
    put(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES");
    put(tags::DEIDENTIFICATION_METHOD, VR::LO, METHOD);
    put(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, "REMOVED");
    dataset.with_meta(FileMetaTableBuilder::new().transfer_syntax(syntax)).map_err(|error| error.to_string())
}

fn cleaned(dataset: InMemDicomObject, new_uid: &dyn Fn(&str) -> String) -> InMemDicomObject {
    let kept = dataset.into_iter().filter_map(|element| clean(element, new_uid));
    // Built anew, so that no length stays that counted what is gone.
    InMemDicomObject::from_element_iter(kept)
}

fn clean(element: InMemElement, new_uid: &dyn Fn(&str) -> String) -> Option<InMemElement> {
    let (tag, vr) = (element.header().tag, element.vr());
    match (action(tag), element.into_value()) {
        (Action::Remove, _) => None,
        (Action::Empty, Value::Sequence(_)) => Some(DataElement::new(tag, vr, DataSetSequence::empty())),
        (Action::Empty, _) => Some(DataElement::empty(tag, vr)),
        (Action::Dummy, Value::Primitive(_)) => Some(DataElement::new(tag, vr, dummy(vr, new_uid))),
        (Action::NewUid, Value::Primitive(value)) => {
            let uids: Vec<String> = value.to_str().split('\\').map(|uid| renewed(uid, new_uid)).collect();
            Some(DataElement::new(tag, vr, PrimitiveValue::Strs(uids.into())))
        }
        (_, Value::Sequence(items)) => {
            let items: Vec<_> = items.into_items().into_iter().map(|item| cleaned(item, new_uid)).collect();
            Some(DataElement::new(tag, vr, DataSetSequence::from(items)))
        }
        (_, value) => Some(DataElement::new(tag, vr, value)),
    }
}

/// What the standard itself has named stays: a well-known frame of reference, say.
fn renewed(uid: &str, new_uid: &dyn Fn(&str) -> String) -> String {
    let uid = uid.trim_end_matches(['\0', ' ']);
    let is_standard = uid.starts_with("1.2.840.10008.");
    if uid.is_empty() || is_standard { uid.to_owned() } else { new_uid(uid) }
}

/// A value that fits the representation and says nothing.
fn dummy(vr: VR, new_uid: &dyn Fn(&str) -> String) -> PrimitiveValue {
    match vr {
        VR::DA => "19000101".into(),
        VR::TM => "000000".into(),
        VR::DT => "19000101000000".into(),
        VR::AS => "000Y".into(),
        VR::DS | VR::IS => "0".into(),
        VR::UI => new_uid("").into(),
        VR::AE | VR::CS | VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT => "ANONYMIZED".into(),
        _ => PrimitiveValue::Empty,
    }
}

#[cfg(test)]
mod tests;
