//! How many patients some files belong to, without knowing who they are.

use std::collections::{HashMap, HashSet};

use super::Identity;

/// How many patients some files belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Patients {
    /// How many different PatientIDs there are.
    pub ids: usize,
    /// How many people have the same PatientID, by their names and birth dates: the most for one PatientID. Without any PatientID,
    /// how many people there are.
    pub people_with_one_id: usize,
    /// How many files have no PatientID.
    pub files_without_id: u64,
    /// How many different StudyInstanceUIDs there are.
    pub studies: usize,
}

/// Whose some files are. Hashes only.
#[derive(Debug, Default)]
pub struct Identities {
    by_id: HashMap<u64, Person>,
    without_id: Person,
    studies: HashSet<u64>,
}

/// What the files say that have one PatientID, or none.
#[derive(Debug, Default)]
struct Person {
    files: u64,
    names: HashSet<u64>,
    birth_dates: HashSet<u64>,
}

impl Person {
    fn add(&mut self, identity: &Identity) {
        self.files += 1;
        self.names.extend(identity.name);
        self.birth_dates.extend(identity.birth_date);
    }

    /// The minimum number of people. A name or birth date that is missing in some files does not make two people.
    fn count(&self) -> usize {
        self.names.len().max(self.birth_dates.len()).max(usize::from(self.files > 0))
    }
}

impl Identities {
    /// Takes a file into account. The index of a file-set belongs to nobody.
    pub fn add(&mut self, identity: &Identity) {
        if identity.is_directory {
            return;
        }
        self.studies.extend(identity.study);
        match identity.patient {
            Some(id) => self.by_id.entry(id).or_default().add(identity),
            None => self.without_id.add(identity),
        }
    }

    /// How many patients all of them belong to.
    pub fn patients(&self) -> Patients {
        let people = self.by_id.values().map(Person::count).max();
        Patients {
            ids: self.by_id.len(),
            people_with_one_id: people.unwrap_or_else(|| self.without_id.count()),
            files_without_id: self.without_id.files,
            studies: self.studies.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(patient: u64, name: u64, birth_date: u64) -> Identity {
        let said = |value| (value > 0).then_some(value);
        Identity { patient: said(patient), name: said(name), birth_date: said(birth_date), ..Identity::default() }
    }

    fn of(files: &[Identity]) -> (usize, usize, u64) {
        let mut identities = Identities::default();
        files.iter().for_each(|file| identities.add(file));
        let patients = identities.patients();
        (patients.ids, patients.people_with_one_id, patients.files_without_id)
    }

    #[test]
    fn ids_tell_patients_apart_and_names_those_with_one_id() {
        assert_eq!(of(&[file(1, 1, 1), file(1, 1, 1)]), (1, 1, 0));
        assert_eq!(of(&[file(1, 1, 1), file(2, 1, 1)]), (2, 1, 0));
        assert_eq!(of(&[file(1, 1, 1), file(1, 2, 1)]), (1, 2, 0));
        assert_eq!(of(&[file(1, 1, 1), file(1, 1, 2)]), (1, 2, 0));
        assert_eq!(of(&[file(0, 1, 1), file(0, 2, 2)]), (0, 2, 2));
        assert_eq!(of(&[file(1, 1, 1), file(0, 1, 1)]), (1, 1, 1));
    }

    #[test]
    fn missing_values_do_not_distinguish_patients() {
        assert_eq!(of(&[file(1, 1, 1), file(1, 0, 0), file(1, 1, 0)]), (1, 1, 0));
        assert_eq!(of(&[file(0, 0, 0)]), (0, 1, 1));
        let index = Identity { is_directory: true, ..file(0, 3, 0) };
        assert_eq!(of(&[file(1, 1, 1), index]), (1, 1, 0));
    }
}
