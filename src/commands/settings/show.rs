use std::path::Path;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::commands::console::{RowsIn, View};
use crate::commands::context::Context;
use crate::commands::create::show_defaults::{Parameter, parameters};
use crate::commands::server::list::Servers;
use crate::error::Result;
use crate::settings::Settings;

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
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["settings"])];

    /// A row for each thing that can be set.
    fn for_csv(&self) -> Value {
        let mut rows = vec![
            json!({"name": "settings_file", "value": self.settings_file}),
            json!({"name": "user_name", "value": self.user_name}),
            json!({"name": "has_token", "value": self.has_token}),
            json!({"name": "validate_ssl", "value": self.validate_ssl}),
            json!({"name": "active_mapping", "value": self.active_mapping}),
        ];
        let servers = self.servers.servers.iter();
        rows.extend(servers.map(|one| json!({"name": format!("server {}", one.name), "value": one.url})));
        let defaults = self.job_default_parameters.iter();
        rows.extend(
            defaults.map(|one| json!({"name": format!("job_default_parameters {}", one.name), "value": one.value})),
        );
        json!({ "settings": rows })
    }
}
