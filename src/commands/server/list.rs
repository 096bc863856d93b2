use clap::Args;

use crate::commands::console::Console;
use crate::commands::context::Context;
use crate::error::Result;
use crate::settings::{Server, Settings};

/// Show all servers; the active one has a star
#[derive(Args)]
#[command(after_help = "Examples:
  anon server list")]
pub struct List {}

impl List {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        show(&context.console, settings);
        Ok(())
    }
}

/// The servers of the settings, the URLs below each other, and what is wrong with the choice of the active one.
pub fn show(console: &Console, settings: &Settings) {
    console.print("Available servers (* = active):\n");
    if settings.servers.is_empty() {
        console.print("  none; add one with 'anon server add NAME URL'");
    }
    let active = settings.active_server_name.as_deref();
    let width = settings.servers.iter().map(|server| server.name.chars().count()).max().unwrap_or(0);
    for Server { name, url } in &settings.servers {
        let star = if active == Some(name) { '*' } else { ' ' };
        console.print(format_args!("{star} {name:width$} {url}"));
    }
    if let Some(name) = active.filter(|_| settings.active_server().is_err()) {
        let remedy = "choose one with 'anon server activate NAME'";
        console.warn(format_args!("the active server '{name}' is not in the list of servers; {remedy}"));
    }
}
