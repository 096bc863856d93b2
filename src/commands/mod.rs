//! One folder per group, one file per command: its arguments and what it does.

pub mod batch;
pub mod completions;
pub mod console;
pub mod context;
pub mod create;
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
mod scanning;

/// The shapes of what commands show with `--format json`, by the names of their files in `docs/schema`.
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    use schemars::schema_for;
    vec![
        ("acted", schema_for!(jobs::ActedView)),
        ("complaints", schema_for!(console::Complaints)),
        ("jobs", schema_for!(jobs::JobsView)),
        ("map-check", schema_for!(map::check::CheckView)),
        ("map-check-files", schema_for!(map::check::CheckFilesView)),
        ("select-status-files", schema_for!(select::status::SelectionFilesView)),
        ("servers", schema_for!(server::list::Servers)),
    ]
}
