//! One folder per group, one file per command: its arguments and what it does.

/// A group of commands, as clap parses it, and its `run`, which runs the command that was typed.
macro_rules! group {
    ($group:ident { $($(#[$attribute:meta])* $command:ident($arguments:ty),)+ }) => {
        #[derive(clap::Subcommand)]
        pub enum $group {
            $($(#[$attribute])* $command($arguments),)+
        }

        impl $group {
            pub fn run(self, context: &$crate::commands::context::Context) -> $crate::error::Result<()> {
                match self {
                    $($group::$command(command) => command.run(context),)+
                }
            }
        }
    };
}

pub mod batch;
pub mod complete;
pub mod completions;
pub mod console;
pub mod context;
pub mod create;
pub mod doctor;
pub mod job;
pub mod man;
pub mod map;
pub mod select;
pub mod server;
pub mod settings;
pub mod status;

mod calls;
mod ids;
mod inspected;
mod jobs;
mod opted_out;
mod scanning;

/// The shapes of what commands show with `--format json`, by the names of their files in `docs/schema`.
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    use schemars::schema_for;
    vec![
        ("acted", schema_for!(jobs::ActedView)),
        ("batch", schema_for!(batch::info::BatchView)),
        ("batch-errors", schema_for!(batch::show_error::BatchErrors)),
        ("batch-report", schema_for!(batch::report::BatchReport)),
        ("batch-status", schema_for!(batch::status::BatchStatus)),
        ("batch-watch", schema_for!(batch::watch::BatchWatch)),
        ("complaints", schema_for!(console::Complaints)),
        ("created", schema_for!(create::view::CreatedView)),
        ("done", schema_for!(console::Done)),
        ("defaults", schema_for!(create::show_defaults::Defaults)),
        ("doctor", schema_for!(doctor::Diagnosis)),
        ("job-details", schema_for!(job::info::JobDetails)),
        ("jobs", schema_for!(jobs::JobsView)),
        ("journal", schema_for!(create::journal::JournalView)),
        ("map-check", schema_for!(map::check::CheckView)),
        ("map-check-files", schema_for!(map::check::CheckFilesView)),
        ("mapping", schema_for!(map::status::MappingView)),
        ("select-status-files", schema_for!(select::status::SelectionFilesView)),
        ("selection", schema_for!(select::status::SelectionView)),
        ("server-status", schema_for!(server::status::ServerStatus)),
        ("servers", schema_for!(server::list::Servers)),
        ("settings", schema_for!(settings::show::SettingsView)),
        ("status", schema_for!(status::Overview)),
    ]
}
