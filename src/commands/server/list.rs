use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::{Console, RowsIn, View};
use crate::commands::context::Context;
use crate::error::Result;
use crate::settings::{Server, Settings};

/// List all servers; a star marks the active one
#[derive(Args)]
#[command(after_help = "Examples:
  anon server list")]
pub struct List {}

impl List {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        context.console.show(&Servers::of(settings), |console| show(console, settings));
        Ok(())
    }
}

/// The servers in the settings.
#[derive(Serialize, JsonSchema)]
pub struct Servers {
    pub servers: Vec<ServerView>,
}

/// A server in the settings.
#[derive(Serialize, JsonSchema)]
pub struct ServerView {
    /// Its name in the settings.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Whether commands talk to this one.
    active: bool,
}

impl Servers {
    /// Those of these settings.
    pub fn of(settings: &Settings) -> Servers {
        let active = settings.active_server_name.as_deref();
        let view = |server: &Server| {
            let active = active == Some(server.name.as_str());
            ServerView { name: server.name.clone(), url: server.url.clone(), active }
        };
        Servers { servers: settings.servers.iter().map(view).collect() }
    }
}

impl View for Servers {
    const COLUMNS: &'static [&'static str] = &["name", "url", "active"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["servers"])];
}

/// The servers in the settings, with URLs aligned, and what is wrong with the choice of the active one.
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
