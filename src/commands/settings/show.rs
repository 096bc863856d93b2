use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::console::View;
use crate::commands::context::Context;
use crate::commands::create::show_defaults::{Parameter, parameters};
use crate::commands::server::list::Servers;
use crate::error::Result;
use crate::settings::Settings;
use crate::text::or_empty;

/// Show all settings except the token
#[derive(Args)]
#[command(after_help = "Examples:
  anon settings show")]
pub struct Show {}

impl Show {
    pub fn run(self, context: &Context) -> Result<()> {
        let settings = context.settings()?;
        let view = SettingsView::of(settings, context.settings_file().path());
        context.console.show(&view, |console| console.print_lines(settings.shown()));
        Ok(())
    }
}

/// The settings, without the token.
#[derive(Serialize, JsonSchema)]
pub struct SettingsView {
    /// The settings file.
    settings_file: String,
    #[serde(flatten)]
    servers: Servers,
    /// The user's name on the servers.
    user_name: String,
    /// Whether there is a token. Only `anon settings user info` shows it.
    has_token: bool,
    /// Whether certificates are checked.
    validate_ssl: bool,
    /// The mapping that `map` and `create` work on.
    active_mapping: Option<String>,
    /// What every new mapping starts with.
    job_default_parameters: Vec<Parameter>,
}

impl SettingsView {
    fn of(settings: &Settings, path: &Path) -> SettingsView {
        SettingsView {
            settings_file: path.display().to_string(),
            servers: Servers::of(settings),
            user_name: settings.user_name.clone(),
            has_token: !settings.user_token.reveal().is_empty(),
            validate_ssl: settings.validate_ssl,
            active_mapping: settings.active_mapping_file.as_ref().map(|path| path.display().to_string()),
            job_default_parameters: parameters(&settings.job_default_parameters),
        }
    }
}

impl View for SettingsView {
    const COLUMNS: &'static [&'static str] = &["name", "value"];

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        let mut rows = vec![
            row("settings_file", self.settings_file.clone()),
            row("user_name", self.user_name.clone()),
            row("has_token", self.has_token.to_string()),
            row("validate_ssl", self.validate_ssl.to_string()),
            row("active_mapping", or_empty(&self.active_mapping)),
        ];
        rows.extend(
            self.servers.rows().into_iter().map(|server| row(&format!("server {}", server[0]), server[1].clone())),
        );
        let defaults = self.job_default_parameters.iter();
        rows.extend(defaults.map(|one| row(&format!("job_default_parameters {}", one.name), one.value.clone())));
        rows
    }
}
