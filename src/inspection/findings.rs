//! What was found in the files of one row.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::risk::Risk;
use crate::dicom::{Described, Description, Identities, Patients};
use crate::scan::Named;

/// More kinds of images than a study ever has: what says so is damaged.
const MOST_MODALITIES: usize = 20;

/// What was found in the files of one row. No value of a patient is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// How many files there are, missing ones included.
    pub files: u64,
    /// How many of them are DICOM.
    pub dicom: u64,
    /// How large all of them are, in bytes.
    pub bytes: u64,
    /// Whose they are, and from how many studies.
    pub patients: Patients,
    /// How many different SeriesInstanceUIDs there are.
    pub series: usize,
    /// The different Modalities.
    pub modalities: BTreeSet<String>,
    /// The files worth mentioning.
    pub risks: BTreeMap<Risk, Named>,
}

impl Findings {
    /// How many files are at this risk.
    pub fn count(&self, risk: Risk) -> u64 {
        self.risks.get(&risk).map_or(0, |named| named.count)
    }

    /// How many patients the files belong to, as far as known.
    pub fn patients(&self) -> usize {
        self.patients.ids.max(self.patients.people_with_one_id)
    }
}

/// What the threads find, in any order.
#[derive(Debug, Default)]
pub(super) struct Tally {
    findings: Findings,
    identities: Identities,
    series: HashSet<u64>,
    instances: HashSet<u64>,
    /// Files that are not the first with their SOPInstanceUID. Which ones depends on the order, how many does not.
    copies: u64,
}

impl Tally {
    /// Takes in a file that was read.
    pub(super) fn read(&mut self, name: &str, bytes: u64, described: Described) {
        self.findings.files += 1;
        self.findings.bytes += bytes;
        match described {
            Described::Other => self.risk(Risk::NotDicom, name),
            Described::Unreadable => {
                self.findings.dicom += 1;
                self.risk(Risk::Damaged, name);
            }
            Described::Dicom(file) => self.dicom(name, file),
        }
    }

    fn dicom(&mut self, name: &str, file: Description) {
        self.findings.dicom += 1;
        Risk::of(&file).into_iter().for_each(|risk| self.risk(risk, name));
        self.identities.add(&file.identity);
        self.series.extend(file.series);
        self.copies += u64::from(file.instance.is_some_and(|instance| !self.instances.insert(instance)));
        if let Some(modality) = file.modality
            && self.findings.modalities.len() < MOST_MODALITIES
        {
            self.findings.modalities.insert(modality);
        }
    }

    /// Takes in a file that could not be read.
    pub(super) fn failed(&mut self, name: &str, risk: Risk) {
        self.findings.files += 1;
        self.risk(risk, name);
    }

    /// Adds what there is to say about a file.
    pub(super) fn risk(&mut self, risk: Risk, name: &str) {
        self.findings.risks.entry(risk).or_default().add(name);
    }

    /// The findings, once all files are in.
    pub(super) fn finish(self) -> Findings {
        let mut findings = self.findings;
        findings.patients = self.identities.patients();
        findings.series = self.series.len();
        if findings.patients() > 1 {
            findings.risks.insert(Risk::SeveralPatients, Named::many(findings.dicom));
        }
        if self.copies > 0 {
            findings.risks.insert(Risk::Copies, Named::many(self.copies));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::{Identity, Pixels};

    fn file(patient: u64, series: u64, modality: &str) -> Described {
        Described::Dicom(Description {
            identity: Identity { patient: Some(patient), study: Some(series / 10), ..Identity::default() },
            series: Some(series),
            modality: Some(modality.to_owned()),
            pixels: Pixels::There,
            ..Description::default()
        })
    }

    #[test]
    fn files_are_added_up() {
        let mut tally = Tally::default();
        tally.read("a", 10, file(1, 11, "CT"));
        tally.read("b", 20, file(1, 12, "SR"));
        tally.read("c", 30, file(1, 21, "CT"));
        tally.read("d", 1, Described::Other);
        tally.failed("e", Risk::Missing);
        let found = tally.finish();
        assert_eq!((found.files, found.dicom, found.bytes), (5, 3, 61));
        assert_eq!((found.patients(), found.patients.studies, found.series), (1, 2, 3));
        assert_eq!(found.modalities, ["CT".to_owned(), "SR".to_owned()].into());
        assert_eq!((found.count(Risk::NotDicom), found.count(Risk::Missing)), (1, 1));
        assert_eq!(found.count(Risk::SeveralPatients), 0);
    }

    #[test]
    fn copies_are_counted_by_their_uids() {
        let mut tally = Tally::default();
        for instance in [Some(1), Some(2), Some(1), Some(1), None, None] {
            let Described::Dicom(description) = file(1, 1, "CT") else { unreachable!() };
            tally.read("a", 1, Described::Dicom(Description { instance, ..description }));
        }
        assert_eq!(tally.finish().risks, BTreeMap::from([(Risk::Copies, Named::many(2))]));
    }

    #[test]
    fn several_patients_are_a_risk_for_all_files() {
        let mut tally = Tally::default();
        for patient in 1..=3 {
            tally.read("a", 1, file(patient, 1, "CT"));
        }
        let found = tally.finish();
        assert_eq!((found.patients(), found.count(Risk::SeveralPatients)), (3, 3));
    }
}
