//! What may keep files from being anonymized, as far as their headers tell.

use schemars::JsonSchema;
use serde::Serialize;

use crate::dicom::{Description, Pixels};

/// Why files may be held back, fail, or go astray. A risk, not a prediction: only the server knows its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Files that are named and not there.
    Missing,
    /// Files that cannot be opened.
    Unreadable,
    /// Files that are not DICOM.
    NotDicom,
    /// DICOM whose header is not understood.
    Damaged,
    /// DICOM that ends before its picture does.
    CutOff,
    /// Files of more than one patient.
    SeveralPatients,
    /// Files that are named more than once.
    NamedTwice,
    /// Files that are another file of the row once more.
    Copies,
    /// Files that also belong to another row.
    InTwoRows,
    /// BurnedInAnnotation says so.
    BurnedIn,
    /// Ultrasound.
    Ultrasound,
    /// Pictures of pictures.
    SecondaryCapture,
    /// Screens that were kept.
    Screen,
    /// PDF and other documents.
    Document,
    /// Structured reports.
    Report,
    /// The index of a disc.
    Directory,
    /// A manufacturer's own kind of file.
    PrivateClass,
    /// Neither picture nor document nor report.
    NoPixels,
}

/// What is likely to happen to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// They may wait on the server until somebody looks at them: the job then stays at UPLOADED.
    HeldBack,
    /// They may fail, or be left out.
    Failure,
    /// They may end up under the wrong pseudonym, or twice.
    Mixture,
}

/// What to say about a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its name for scripts.
    pub name: &'static str,
    /// What the files are, in a word or two.
    pub title: &'static str,
    /// What is likely to happen to them.
    pub effect: Consequence,
    /// Why.
    pub why: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl Risk {
    /// All of them, the gravest first.
    pub const ALL: [Risk; 18] = [
        Risk::Missing,
        Risk::Unreadable,
        Risk::NotDicom,
        Risk::Damaged,
        Risk::CutOff,
        Risk::SeveralPatients,
        Risk::NamedTwice,
        Risk::Copies,
        Risk::InTwoRows,
        Risk::BurnedIn,
        Risk::Ultrasound,
        Risk::SecondaryCapture,
        Risk::Screen,
        Risk::Document,
        Risk::Report,
        Risk::Directory,
        Risk::PrivateClass,
        Risk::NoPixels,
    ];

    /// What a file is at risk for because of what it says of itself.
    pub(crate) fn of(file: &Description) -> Vec<Risk> {
        let class = file.class.as_ref();
        let is = |kind: fn(&crate::dicom::SopClass) -> bool| class.is_some_and(kind);
        if file.identity.is_directory || is(|class| class.is_directory()) {
            return vec![Risk::Directory];
        }
        let (document, report) = (is(|class| class.is_document()), is(|class| class.is_report()));
        let (capture, ultrasound) = (is(|class| class.is_secondary_capture()), is(|class| class.is_ultrasound()));
        let captured = capture || file.converted && !document && !report;
        [
            (Risk::CutOff, file.pixels == Pixels::CutOff),
            (Risk::BurnedIn, file.burned_in && !document),
            (Risk::Ultrasound, ultrasound || file.modality.as_deref() == Some("US")),
            (Risk::SecondaryCapture, captured),
            (Risk::Screen, file.screen && !captured && !report),
            (Risk::Document, document),
            (Risk::Report, report),
            (Risk::PrivateClass, is(|class| class.is_private())),
            (Risk::NoPixels, file.pixels == Pixels::None && !document && !report),
        ]
        .into_iter()
        .filter_map(|(risk, is)| is.then_some(risk))
        .collect()
    }

    /// What to say about it.
    pub fn about(self) -> About {
        use Consequence::{Failure, HeldBack, Mixture};
        let about = |name, title, effect, why, advice| About { name, title, effect, why, advice };
        match self {
            Risk::Missing => about(
                "missing",
                "not there",
                Failure,
                "They are listed, but do not exist. The job fails, or goes on without them.",
                SELECT_AGAIN,
            ),
            Risk::Unreadable => about(
                "unreadable",
                "cannot be opened",
                Failure,
                "If this computer cannot read them, the server may not be able to either.",
                "ask the owner of the share for access, or check whether a program has them open",
            ),
            Risk::NotDicom => about(
                "not_dicom",
                "not DICOM",
                Failure,
                "They lack the 132 bytes that every DICOM file begins with (PS3.10, 7.1). The server takes all files of a folder.",
                "'anon map add-study-folders' and 'anon select add' select only DICOM files",
            ),
            Risk::Damaged => about(
                "damaged",
                "damaged",
                Failure,
                "The header is cut off, makes no sense, or is in a form that anon cannot read.",
                "copy them again from their source, or leave them out",
            ),
            Risk::CutOff => about(
                "cut_off",
                "cut off",
                Failure,
                "They end before the picture does, as after an interrupted copy.",
                "copy them again from their source",
            ),
            Risk::SeveralPatients => about(
                "several_patients",
                "several patients",
                Mixture,
                "All files of a row get the same pseudonym. Patients are told apart by PatientID, then by name and birth date.",
                "give each patient a folder or a selection of its own",
            ),
            Risk::NamedTwice => {
                about("named_twice", "named twice", Mixture, "The selection lists them more than once.", SELECT_AGAIN)
            }
            Risk::Copies => about(
                "copies",
                "copies",
                Mixture,
                "Another file of the row has the same SOPInstanceUID (0008,0018), under another name. They come out twice, or one in \
                 place of the other.",
                "look for copies of files or folders among the files of the row, and leave them out",
            ),
            Risk::InTwoRows => about(
                "in_two_rows",
                "in two rows",
                Mixture,
                "Both jobs take them: they are delivered twice, perhaps under two pseudonyms.",
                "correct the sources with 'anon map edit'",
            ),
            Risk::BurnedIn => about(
                "burned_in_annotation",
                "burned-in text",
                HeldBack,
                "BurnedInAnnotation (0028,0301) is YES: the picture says who the patient is and when it was made (PS3.3, C.7.6.1). \
                 To remove that may take somebody who looks at it (PS3.15, E.3.1).",
                QUARANTINE,
            ),
            Risk::Ultrasound => about(
                "ultrasound",
                "ultrasound",
                HeldBack,
                "Ultrasound machines usually write the patient's name, id and date into the picture (PS3.15, E.3.1), whatever BurnedInAnnotation says.",
                QUARANTINE,
            ),
            Risk::SecondaryCapture => about(
                "secondary_capture",
                "secondary capture",
                HeldBack,
                "They were made from a film, a screen or a sheet of paper (SOP class or ConversionType (0008,0064); PS3.3, A.8 and \
                 C.8.6.1), and show what was written there.",
                LEAVE_OUT,
            ),
            Risk::Screen => about(
                "screen",
                "kept screen",
                HeldBack,
                "ImageType (0008,0008) says that it is a saved screen or a page of numbers, with whatever was written there.",
                LEAVE_OUT,
            ),
            Risk::Document => about(
                "document",
                "document",
                HeldBack,
                "A document, such as a PDF, is inside (PS3.3, A.45), and may name the patient anywhere. DICOM's own profile replaces it \
                 whole (PS3.15, table E.1-1).",
                LEAVE_OUT,
            ),
            Risk::Report => about(
                "structured_report",
                "structured report",
                HeldBack,
                "Their text can name the patient anywhere (PS3.3, A.35; PS3.15, E.3.4).",
                LEAVE_OUT,
            ),
            Risk::Directory => about(
                "dicomdir",
                "DICOMDIR",
                Failure,
                "The index of a CD or USB stick is not an image, and names all patients on it (PS3.3, annex F).",
                "leave it out: anon select add PATTERN --exclude-pattern DICOMDIR",
            ),
            Risk::PrivateClass => about(
                "private_class",
                "private kind",
                Failure,
                "They have a manufacturer's own SOP class. No standard says what is in them.",
                LEAVE_OUT,
            ),
            Risk::NoPixels => about(
                "no_pixel_data",
                "no picture",
                Failure,
                "They have no pixel data: plans, contours, measurements, raw data. A server that is set up for images may reject them.",
                "ask your trial bureau whether the project accepts them, or leave them out",
            ),
        }
    }
}

const SELECT_AGAIN: &str = "make the selection again with 'anon map add-study-folders' or 'anon select add'";
const QUARANTINE: &str =
    "if the job stays at UPLOADED, send its id to a server admin: someone has to tell the server where the text is";
const LEAVE_OUT: &str = "leave them out: select the others with 'anon select add'";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dicom::SopClass;

    fn image(keyword: &str) -> Description {
        Description { class: SopClass::parse(keyword).ok(), pixels: Pixels::There, ..Description::default() }
    }

    #[test]
    fn a_plain_image_is_at_no_risk() {
        assert_eq!(Risk::of(&image("CTImageStorage")), []);
        assert_eq!(Risk::of(&Description { pixels: Pixels::Unknown, ..image("EnhancedCTImageStorage") }), []);
    }

    #[test]
    fn each_kind_has_its_risk() {
        for (keyword, risk) in [
            ("UltrasoundImageStorage", Risk::Ultrasound),
            ("SecondaryCaptureImageStorage", Risk::SecondaryCapture),
            ("1.3.12.2.1107.5.9.1", Risk::PrivateClass),
        ] {
            assert_eq!(Risk::of(&image(keyword)), [risk], "{keyword}");
        }
        let without = |keyword| Risk::of(&Description { pixels: Pixels::None, ..image(keyword) });
        assert_eq!(without("EncapsulatedPDFStorage"), [Risk::Document]);
        assert_eq!(without("ComprehensiveSRStorage"), [Risk::Report]);
        assert_eq!(without("RTStructureSetStorage"), [Risk::NoPixels]);
        let directory = Description { class: SopClass::of(b"1.2.840.10008.1.3.10"), ..Description::default() };
        assert_eq!(Risk::of(&directory), [Risk::Directory]);
    }

    #[test]
    fn attributes_count_as_well_as_the_class() {
        let ct = || image("CTImageStorage");
        let risks = |file: Description| Risk::of(&file);
        assert_eq!(risks(Description { burned_in: true, ..ct() }), [Risk::BurnedIn]);
        assert_eq!(risks(Description { modality: Some("US".to_owned()), ..ct() }), [Risk::Ultrasound]);
        assert_eq!(risks(Description { converted: true, screen: true, ..ct() }), [Risk::SecondaryCapture]);
        assert_eq!(risks(Description { screen: true, ..ct() }), [Risk::Screen]);
        assert_eq!(risks(Description { pixels: Pixels::CutOff, ..ct() }), [Risk::CutOff]);
        let pdf =
            Description { pixels: Pixels::None, converted: true, burned_in: true, ..image("EncapsulatedPDFStorage") };
        assert_eq!(risks(pdf), [Risk::Document], "PS3.3, C.8.6.1 and C.24.2 ask for both attributes in these, too");
    }

    #[test]
    fn each_is_explained_once() {
        let names: HashSet<&str> = Risk::ALL.iter().map(|risk| risk.about().name).collect();
        assert_eq!(names.len(), Risk::ALL.len());
        for risk in Risk::ALL {
            assert!(risk.about().why.ends_with('.') && !risk.about().advice.ends_with('.'), "{risk:?}");
        }
        let mut sorted = Risk::ALL;
        sorted.sort_unstable();
        assert_eq!(sorted, Risk::ALL, "the order of the list is that of the type");
    }
}
