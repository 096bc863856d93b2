use clap::Args;

use super::open_mapping;
use crate::context::Context;
use crate::error::{Problems, Result};
use crate::plan::plan;

/// Read the active mapping as 'create from-mapping' would, and report all that is wrong with it
///
/// Example: anon map check
#[derive(Args)]
pub struct Check {}

impl Check {
    pub fn run(self, context: &Context) -> Result<()> {
        let (path, document) = open_mapping(context)?;
        let plan = plan(document.mapping(), &context.settings()?.job_default_parameters, &path);
        if !plan.problems.is_empty() {
            return Err(Problems { path, list: plan.problems }.into());
        }
        let rows = document.mapping().rows.len();
        context.console.print(format_args!("{}: {rows} rows, nothing wrong", path.display()));
        Ok(())
    }
}
