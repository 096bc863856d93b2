use clap::Args;

use crate::dicom::SopClass;
use crate::error::{Error, Result};
use crate::plan::Planned;

/// The kinds of files that jobs take.
#[derive(Args)]
pub struct Kinds {
    /// Only files of this SOP class, by its UID or by its DICOM keyword (CTImageStorage); repeatable
    #[arg(long, value_name = "UID|KEYWORD")]
    sop_class: Vec<String>,
}

impl Kinds {
    /// Restricts the jobs of these rows to files of these kinds. Returns the kinds, each once.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything that is not a SOP class.
    pub fn restrict(&self, rows: &mut [Planned]) -> Result<Vec<SopClass>> {
        let mut classes: Vec<SopClass> = vec![];
        for typed in &self.sop_class {
            let class = SopClass::parse(typed).map_err(|unknown| {
                let hint = match unknown.nearest {
                    Some(keyword) => format!("did you mean '{keyword}'?"),
                    None => "type its UID or its keyword from DICOM PS3.6, annex A, such as CTImageStorage".to_owned(),
                };
                Error::usage(unknown.to_string(), hint)
            })?;
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        let uids: Vec<String> = classes.iter().map(|class| class.uid().to_owned()).collect();
        rows.iter_mut().for_each(|row| row.job.sop_classes.clone_from(&uids));
        Ok(classes)
    }
}
