//! Which files a job asks for.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::OpenFileOptions;

use super::deidentify::Image;
use super::share::Share;
use crate::selection::Selection;
use crate::testing::job::FakeJob;
use crate::testing::messages;

/// One file that a job asks for.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// As the server knows it.
    name: String,
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

/// How PACS responds to a request for a study.
#[derive(Debug, Clone)]
pub(super) struct Study {
    pub(super) images: Vec<Arc<[u8]>>,
    pub(super) answers: Answers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    Always,
    /// Not at the first attempt.
    Late,
    Never,
}

impl Item {
    /// Reads the file, all of it or up to an attribute.
    pub(super) fn read(&self, until: Option<Tag>) -> Result<Image, String> {
        let options = until.into_iter().fold(OpenFileOptions::new(), OpenFileOptions::read_until);
        let image = match &self.data {
            Data::File(path) => options.open_file(path),
            Data::Bytes(bytes) => options.from_reader(Cursor::new(bytes)),
        };
        image.map_err(|error| format!("'{}' is not a DICOM file that can be read: {error}", self.name))
    }
}

/// A text of an image; empty if there is none.
pub(super) fn text(image: &Image, tag: Tag) -> String {
    let text = image.get(tag).and_then(|element| element.to_str().ok());
    text.unwrap_or_default().trim_matches(['\0', ' ']).to_owned()
}

/// The files that the job asks for at this attempt, or why it fails.
pub(super) fn items(
    job: &FakeJob,
    attempt: u32,
    share: &Share,
    pacs: &BTreeMap<String, Study>,
) -> Result<Vec<Item>, String> {
    if job.text("source_type") == "WADO" {
        return from_pacs(job, attempt, pacs);
    }
    from_share(job.text("source_path"), share).map_err(|cause| messages::pre_processing(job.id(), &cause))
}

fn from_pacs(job: &FakeJob, attempt: u32, pacs: &BTreeMap<String, Study>) -> Result<Vec<Item>, String> {
    let asked = job.text("source_instance_id");
    let study = match asked.strip_prefix("accession_number:") {
        Some(number) => pacs.get(number.trim()),
        None => pacs.values().find(|study| study.uid().as_deref() == Some(asked)),
    };
    match study {
        Some(study) if study.answers == Answers::Never => Err(messages::pacs_bad_request(job.id())),
        Some(study) if study.answers == Answers::Always || attempt > 1 => {
            let item = |bytes: &Arc<[u8]>| Item { name: asked.to_owned(), data: Data::Bytes(Arc::clone(bytes)) };
            let classes = job.text("source_sop_class_filter_list");
            let wanted = |item: &Item| {
                let class = item.read(Some(tags::STUDY_DATE)).map(|image| text(&image, tags::SOP_CLASS_UID));
                classes.is_empty() || class.is_ok_and(|class| classes.split(',').any(|wanted| wanted.trim() == class))
            };
            Ok(study.images.iter().map(item).filter(wanted).collect())
        }
        _ => Err(messages::pacs_not_found(job.id())),
    }
}

impl Study {
    fn uid(&self) -> Option<String> {
        let first = Item { name: String::new(), data: Data::Bytes(Arc::clone(self.images.first()?)) };
        first.read(Some(tags::SERIES_INSTANCE_UID)).ok().map(|image| text(&image, tags::STUDY_INSTANCE_UID))
    }
}

fn from_share(source: &str, share: &Share) -> Result<Vec<Item>, String> {
    let (is_selection, path) = match source.strip_prefix("fileselection:") {
        Some(path) => (true, path),
        None => (false, source),
    };
    let local = share.local(path).ok_or_else(|| format!("'{path}' is not on the share {}", share.name()))?;
    if !local.exists() {
        return Err(format!("'{path}' does not exist"));
    }
    let paths = if is_selection {
        let selection = Selection::read(&local).map_err(|error| error.to_string())?;
        let folder = local.parent().unwrap_or(&local);
        selection.selected_paths.iter().map(|path| folder.join(path)).collect()
    } else {
        let mut found = Vec::new();
        walk(&local, &mut found).map_err(|error| format!("'{path}': {}", crate::text::plain(&error)))?;
        found.sort();
        found
    };
    if paths.is_empty() {
        return Err(format!("'{path}' holds no files"));
    }
    let base = if is_selection { local.parent().unwrap_or(&local).to_owned() } else { local };
    let item = |file: PathBuf| {
        let relative = file.strip_prefix(&base).unwrap_or(&file).to_string_lossy().into_owned();
        Item { name: relative, data: Data::File(file) }
    };
    Ok(paths.into_iter().map(item).collect())
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        return std::fs::read_dir(path)?.try_for_each(|entry| walk(&entry?.path(), found));
    }
    found.push(path.to_owned());
    Ok(())
}
