//! What a job brings to its destination.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use dicom_dictionary_std::tags;

use super::Delivery;
use super::deidentify::{Pseudonym, deidentify};
use super::source::{self, Item};
use crate::api::JobId;
use crate::testing::job::FakeJob;
use crate::testing::{messages, uid};

/// The file that is written next to the images.
const NOTICE: &str = "FOR PRACTICE ONLY\r\n\r\n\
    The images in this folder were anonymized by the sandbox of 'anon'. It is there to practise with.\r\n\
    Never use it for patients' data: it does not look for names in pixels or in free text.\r\n";

/// The images of a job that is on its way, brought to their destination once.
#[derive(Debug)]
pub(in crate::testing) struct Shipment {
    delivery: Arc<Delivery>,
    images: Vec<Item>,
    attempt: u32,
    outcome: OnceLock<Result<(), String>>,
}

impl Shipment {
    pub(super) fn new(delivery: Arc<Delivery>, images: Vec<Item>, attempt: u32) -> Shipment {
        Shipment { delivery, images, attempt, outcome: OnceLock::new() }
    }

    /// Writes the images as the job, now done, wants them, or says why that failed. Afterwards it only repeats that.
    pub(in crate::testing) fn send(&self, job: &FakeJob) -> Result<(), String> {
        self.outcome.get_or_init(|| self.write(job)).clone()
    }

    fn write(&self, job: &FakeJob) -> Result<(), String> {
        let destination = job.text("destination_path");
        let failed = |cause: &str| messages::not_moved(job.id(), destination, cause);
        let Some(folder) = self.delivery.share.local(destination) else {
            return Err(failed(&format!("it is not on the share {}", self.delivery.share.name())));
        };
        if self.attempt == 1 && self.delivery.full.as_ref().is_some_and(|full| folder.starts_with(full)) {
            return Err(messages::disk_full(job.id(), destination));
        }
        let folder = folder.join(job.id().to_string());
        if self.attempt == 1 && folder.exists() {
            return Err(failed(&format!("'{}' is there already", folder.display())));
        }
        self.write_into(&folder, job).map_err(|cause| failed(&cause))
    }

    fn write_into(&self, folder: &Path, job: &FakeJob) -> Result<(), String> {
        let in_words = |error: io::Error| crate::text::plain(&error);
        let new_uid = |uid: &str| self.new_uid(job.id(), uid);
        let mut names = BTreeMap::new();
        for (item, number) in self.images.iter().zip(1..) {
            let image = item.read(None)?;
            let name = source::text(&image, tags::PATIENT_NAME);
            let pseudonym = self.pseudonym(job, &source::text(&image, tags::PATIENT_ID));
            let anonymous = deidentify(image, &pseudonym, &new_uid)?;
            let subfolder = folder.join(file_name(&pseudonym.name));
            fs::create_dir_all(&subfolder).map_err(in_words)?;
            let path = subfolder.join(format!("{number:04}.dcm"));
            anonymous.write_to_file(path).map_err(|error| error.to_string())?;
            names.insert(name, pseudonym.name);
        }
        fs::write(folder.join("FOR PRACTICE ONLY.txt"), NOTICE).map_err(in_words)?;
        let names: Vec<String> = names.iter().map(|(name, now)| format!("'{name}' is now '{now}'")).collect();
        self.delivery.tell(&format!(
            "job {}: {} images are in '{}'. PatientName: {}. For practice only, never for patients' data",
            job.id(),
            self.images.len(),
            folder.display(),
            names.join(", ")
        ));
        Ok(())
    }

    /// The pseudonyms of the job. If it has none, PIMS would know some; here they are made up, one for each patient.
    fn pseudonym(&self, job: &FakeJob, patient: &str) -> Pseudonym {
        let given = |field| Some(job.text(field)).filter(|text| !text.is_empty()).map(str::to_owned);
        let (name, id) = (given("source_anonymizedpatientname"), given("source_anonymizedpatientid"));
        let made_up = || format!("PIMS{:08X}", uid::hash(&[&self.delivery.key, patient.as_bytes()]) as u32);
        let name = name.or_else(|| id.clone()).unwrap_or_else(made_up);
        let id = id.unwrap_or_else(|| name.clone());
        Pseudonym { name, id }
    }

    /// The same for the same UID of the same job.
    fn new_uid(&self, job: JobId, uid: &str) -> String {
        uid::uid(&[&self.delivery.key, job.to_string().as_bytes(), uid.as_bytes()])
    }
}

/// A pseudonym as the name of a folder, on every system.
fn file_name(pseudonym: &str) -> String {
    let safe = |c: char| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { '_' } else { c };
    let name: String = pseudonym.chars().map(safe).collect();
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_make_names_of_folders() {
        assert_eq!(file_name("anon_patientA"), "anon_patientA");
        assert_eq!(file_name(r"..\..\up"), ".._.._up");
        assert_eq!(file_name("Anon^A/B: 1"), "Anon^A_B_ 1");
        assert_eq!(file_name(".."), "_");
        assert_eq!(file_name("A. "), "A");
    }
}
