use clap::Args;

use crate::commands::context::Context;
use crate::error::Result;
use crate::settings::Settings;

/// Show all servers; the active one has a star
#[derive(Args)]
#[command(after_help = "Examples:
  anon server list")]
pub struct List {}

impl List {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        context.console.print("Available servers (* = active):\n");
        context.console.print_lines(lines(settings));
        Ok(())
    }
}

/// One line for each server, the URLs below each other.
pub fn lines(settings: &Settings) -> String {
    if settings.servers.is_empty() {
        return "  none; add one with 'anon server add NAME URL'".to_owned();
    }
    let width = settings.servers.iter().map(|server| server.name.chars().count()).max().unwrap_or(0);
    let line = |server: &crate::settings::Server| {
        let active = settings.active_server_name.as_deref() == Some(server.name.as_str());
        format!("{} {:width$} {}", if active { '*' } else { ' ' }, server.name, server.url)
    };
    settings.servers.iter().map(line).collect::<Vec<_>>().join("\n")
}
