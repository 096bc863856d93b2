//! Delivering images, so that `anon` can be practised to the end.

mod deidentify;
mod profile;
mod share;
mod shipment;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dicom_dictionary_std::tags;

use self::share::Share;
pub(super) use self::shipment::Shipment;
use self::source::{Answers, Item, Study};
use super::job::FakeJob;
use super::life::{End, Fate};
use super::messages;
use crate::error::Result;

/// Has a [`FakeIdis`](super::FakeIdis) deliver images. **For practice, and never for patients' data.**
///
/// A folder of this computer pretends to be a share, and some studies pretend to be in PACS. Before a job is `DONE`, its images are
/// written below its destination, in a folder that is called after the job and one that is called after the pseudonym:
///
/// - PatientName and PatientID are the job's pseudonyms; if it has none, each patient gets one that is made up;
/// - the attributes that the Basic Application Level Confidentiality Profile lists (DICOM PS3.15, table E.1-1) are removed, emptied or
///   replaced, also within sequences, and private attributes are removed. Where the table leaves a choice, the first counts;
/// - UIDs are new, and the same for all images of a job that had the same;
/// - the pixels are as they were.
///
/// What it does not do, and a real server does: look for names in pixels, in free text and in names of files of other formats, keep
/// what a project needs (dates, descriptions), keep UIDs and dates in step between jobs, or prove anything to anybody.
///
/// A job fails with the messages of real servers: if one of its patients has opted out, if its data is not there or is no DICOM, if
/// PACS does not have the study, if its destination is not on the share or is full. Images with burned-in annotation are held back,
/// and keep their job at `UPLOADED`.
///
/// ```
/// use std::time::Duration;
///
/// use anonapi::api::{Client, NewJob, Token};
/// use anonapi::testing::{Delivery, FakeIdis, Life, dicom_file};
/// # let folder = tempfile::tempdir()?;
/// # let share = folder.path();
/// std::fs::create_dir(share.join("patient1"))?;
/// std::fs::write(share.join("patient1/image.dcm"), dicom_file("12345", "1.2.3", "1.2.3.4"))?;
///
/// let delivery = Delivery::new(r"\\server\share", share)?;
/// let idis = FakeIdis::builder().life(Life::passing(Duration::from_secs(60))).delivery(delivery).start();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Delivery {
    share: Share,
    pacs: BTreeMap<String, Study>,
    opted_out: BTreeSet<String>,
    full: Option<PathBuf>,
    /// From which new UIDs are made: another one each time.
    key: [u8; 16],
    observer: Option<Observer>,
}

#[derive(Clone)]
struct Observer(Arc<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl Delivery {
    /// `folder` pretends to be the share `\\server\share`.
    ///
    /// # Errors
    /// If `share` is not a UNC path.
    pub fn new(share: &str, folder: impl AsRef<Path>) -> Result<Delivery> {
        Ok(Delivery {
            share: Share::new(share, folder.as_ref())?,
            pacs: BTreeMap::new(),
            opted_out: BTreeSet::new(),
            full: None,
            key: *uuid::Uuid::new_v4().as_bytes(),
            observer: None,
        })
    }

    /// PACS has a study with this accession number: the bytes of its DICOM files.
    #[must_use]
    pub fn study(self, accession_number: &str, images: Vec<Vec<u8>>) -> Delivery {
        self.in_pacs(accession_number, images, Answers::Always)
    }

    /// As [`Delivery::study`], but PACS answers 404 when a job asks for it the first time.
    #[must_use]
    pub fn late_study(self, accession_number: &str, images: Vec<Vec<u8>>) -> Delivery {
        self.in_pacs(accession_number, images, Answers::Late)
    }

    /// PACS answers 400 to whoever asks for this study.
    #[must_use]
    pub fn broken_study(self, accession_number: &str) -> Delivery {
        self.in_pacs(accession_number, Vec::new(), Answers::Never)
    }

    fn in_pacs(mut self, accession_number: &str, images: Vec<Vec<u8>>, answers: Answers) -> Delivery {
        let images = images.into_iter().map(Into::into).collect();
        self.pacs.insert(accession_number.to_owned(), Study { images, answers });
        self
    }

    /// The patient with this PatientID does not want his or her data to be used for research.
    #[must_use]
    pub fn opted_out(mut self, patient_id: &str) -> Delivery {
        self.opted_out.insert(patient_id.to_owned());
        self
    }

    /// There is no space below this UNC path the first time a job is tried.
    #[must_use]
    pub fn full(mut self, path: &str) -> Delivery {
        self.full = self.share.local(path);
        self
    }

    /// Is told in words what was delivered.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&str) + Send + Sync + 'static) -> Delivery {
        self.observer = Some(Observer(Arc::new(observer)));
        self
    }

    fn tell(&self, text: &str) {
        if let Some(Observer(observer)) = &self.observer {
            observer(text);
        }
    }

    /// Looks at the data that a job asks for at this attempt, and decides what becomes of it.
    pub(super) fn examine(self: &Arc<Self>, job: &FakeJob, attempt: u32) -> (Fate, Option<Shipment>) {
        let refused = |message| (Fate { end: End::Refused(message), files: 0, held_back: 0 }, None);
        let items = match source::items(job, attempt, &self.share, &self.pacs) {
            Ok(items) => items,
            Err(message) => return refused(message),
        };
        let files = items.len() as i64;
        let sorted = match self.sort(items, job) {
            Ok(sorted) => sorted,
            Err(message) => return refused(message),
        };
        let held_back = files - sorted.images.len() as i64;
        if sorted.burned_in || sorted.images.is_empty() {
            return (Fate { end: End::Stuck, files, held_back }, None);
        }
        let shipment = Shipment::new(Arc::clone(self), sorted.images, attempt);
        (Fate { end: End::Done, files, held_back }, Some(shipment))
    }

    fn sort(&self, items: Vec<Item>, job: &FakeJob) -> Result<Sorted, String> {
        let mut sorted = Sorted::default();
        for item in items {
            let header =
                item.read(Some(tags::PIXEL_DATA)).map_err(|cause| messages::pre_processing(job.id(), &cause))?;
            let patient = source::text(&header, tags::PATIENT_ID);
            if self.opted_out.contains(&patient) && !job.ignores_opt_out() {
                return Err(messages::opted_out(job.id(), &patient));
            }
            if source::text(&header, tags::BURNED_IN_ANNOTATION) == "YES" {
                sorted.burned_in = true;
            } else if header.get(tags::ROWS).is_some() {
                sorted.images.push(item);
            }
        }
        Ok(sorted)
    }
}

/// What a job asks for.
#[derive(Default)]
struct Sorted {
    images: Vec<Item>,
    /// Whether there are images in which somebody has to look for names. Others that are no images are left out in silence.
    burned_in: bool,
}

#[cfg(test)]
mod tests;
