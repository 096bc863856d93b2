//! The kinds of parameters, by the names that mappings and settings use.

use std::fmt;

use crate::text::nearest;

/// A kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Where the data of a job comes from.
    Source,
    /// The pseudonym that replaces the patient's ID.
    PseudoId,
    /// The pseudonym that replaces the patient's name.
    PseudoName,
    /// Free text.
    Description,
    /// The UNC path that sources are relative to.
    RootSourcePath,
    /// The anonymization project.
    Project,
    /// The UNC path to write to.
    DestinationPath,
    /// The PIMS key file to take pseudonyms from.
    PimsKey,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 8] = [
        Kind::Source,
        Kind::PseudoId,
        Kind::PseudoName,
        Kind::Description,
        Kind::RootSourcePath,
        Kind::Project,
        Kind::DestinationPath,
        Kind::PimsKey,
    ];

    /// The kind of this name. Case and surrounding spaces do not count; the names that older files use are known too.
    pub fn from_name(name: &str) -> Option<Kind> {
        let name = name.trim();
        let old = [("patient_id", Kind::PseudoId), ("patient_name", Kind::PseudoName), ("project_name", Kind::Project)];
        let all = Kind::ALL.iter().map(|kind| (kind.name(), *kind));
        all.chain(old).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
    }

    /// The name in a mapping and in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Source => "source",
            Kind::PseudoId => "pseudo_id",
            Kind::PseudoName => "pseudo_name",
            Kind::Description => "description",
            Kind::RootSourcePath => "root_source_path",
            Kind::Project => "project",
            Kind::DestinationPath => "destination_path",
            Kind::PimsKey => "pims_key",
        }
    }

    /// What the parameter does, in a few words.
    pub fn explanation(self) -> &'static str {
        match self {
            Kind::Source => "Data to anonymize comes from this source",
            Kind::PseudoId => "Pseudonym for Patient ID to set in anonymized data",
            Kind::PseudoName => "Pseudonym for Patient name to set in anonymized data",
            Kind::Description => "Job description, free text",
            Kind::RootSourcePath => "Path sources are all relative to this UNC path",
            Kind::Project => "Anonymize according to this project",
            Kind::DestinationPath => "Write data to this UNC path after anonymization",
            Kind::PimsKey => "Use this PIMS project to pseudonymize",
        }
    }

    /// What to do about an unknown name: the nearest known one, or all of them.
    pub fn hint(name: &str) -> String {
        match nearest(name.trim(), Kind::ALL.map(Kind::name)) {
            Some(known) => format!("did you mean '{known}'?"),
            None => format!("the names are {}", Kind::ALL.map(Kind::name).join(", ")),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_round() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(Kind::from_name(&format!(" {} ", kind.name().to_uppercase())), Some(kind));
        }
    }

    #[test]
    fn old_names_are_known() {
        assert_eq!(Kind::from_name("patient_id"), Some(Kind::PseudoId));
        assert_eq!(Kind::from_name("Patient_Name "), Some(Kind::PseudoName));
        assert_eq!(Kind::from_name("project_name"), Some(Kind::Project));
        assert_eq!(Kind::from_name(""), None);
        assert_eq!(Kind::from_name("pseudo name"), None);
    }

    #[test]
    fn the_hint_names_the_nearest() {
        assert_eq!(Kind::hint("sorce"), "did you mean 'source'?");
        assert_eq!(Kind::hint("psuedo_name"), "did you mean 'pseudo_name'?");
        assert!(Kind::hint("telephone").contains("root_source_path"));
    }
}
