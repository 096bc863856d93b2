use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::batch::Batch;
use crate::commands::console::{RowsIn, View};
use crate::commands::context::Context;
use crate::error::Result;

/// Show the batch of this folder: its job ids and their server
#[derive(Args)]
#[command(after_help = "Examples:
  anon batch info")]
pub struct Info {}

impl Info {
    pub fn run(self, context: &Context) -> Result<()> {
        let batch = context.batch().load()?;
        context.console.show(&BatchView::of(&batch), |console| console.print_lines(batch.to_yaml()));
        super::warn_of_others(context, &batch);
        Ok(())
    }
}

/// The batch of a folder.
#[derive(Serialize, JsonSchema)]
pub struct BatchView {
    /// The name of the server that its jobs are on.
    server: String,
    /// The URL of that server.
    url: String,
    /// The jobs, in the order of their numbers.
    job_ids: Vec<i64>,
    /// Entries in the file that are not ids.
    not_ids: Vec<String>,
}

impl BatchView {
    fn of(batch: &Batch) -> BatchView {
        BatchView {
            server: batch.server.name.clone(),
            url: batch.server.url.clone(),
            job_ids: batch.job_ids.iter().map(|id| id.0).collect(),
            not_ids: batch.not_ids.clone(),
        }
    }
}

impl View for BatchView {
    const COLUMNS: &'static [&'static str] = &["job_id", "server", "url"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["job_ids"])];
}
