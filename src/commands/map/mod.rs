mod activate;
mod add_accession_numbers;
mod add_selection;
mod add_study_folders;
pub mod check;
mod delete;
mod edit;
mod folders;
mod init;
mod list_options;
mod rows;
mod set;
pub mod status;

use std::path::PathBuf;

use crate::commands::context::Context;
use crate::error::Result;
use crate::plan::{self, Plan};

group!(Map {
    Activate(activate::Activate),
    AddAccessionNumbers(add_accession_numbers::AddAccessionNumbers),
    AddSelection(add_selection::AddSelection),
    AddStudyFolders(add_study_folders::AddStudyFolders),
    Check(check::Check),
    Delete(delete::Delete),
    Edit(edit::Edit),
    Init(init::Init),
    Set(set::Set),
    Status(status::Status),
});

/// Plans a job for each row of the mapping, and warns about anything doubtful.
///
/// # Errors
/// [`crate::Error::Contents`] with everything that is wrong, in the file itself and with the jobs in it.
pub fn planned(context: &Context) -> Result<(PathBuf, Plan)> {
    let path = context.mapping_path()?;
    let plan = plan::read(&path, &context.settings()?.job_default_parameters)?;
    context.console.warn_of(&path, &plan.warnings);
    plan.refuse_problems(&path)?;
    Ok((path, plan))
}
