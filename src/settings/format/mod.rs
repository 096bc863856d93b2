use std::path::{Path, PathBuf};

use super::{Server, Settings};
use crate::api::Token;
use crate::error::Result;
use crate::problem::{Problem, Problems};
use crate::storage::yaml::{self, Entries, Node};
use crate::values::{Kind, Parameters};

const HINT: &str = "correct it with 'anon settings edit' or an editor, or move it away to start with default settings";

impl Settings {
    /// Reads the settings as any version of AnonAPI or `anon` wrote them: a missing key means the default, an empty one nothing.
    ///
    /// # Errors
    /// [`crate::Error::Contents`] with the file and line. The token and its neighbours are never quoted.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Settings> {
        let entries = yaml::read(bytes, path, HINT)?.into_entries("the settings");
        let settings = entries.and_then(from_entries);
        Ok(settings.map_err(|problem| Problems::new(path, vec![problem.hint(HINT)]))?)
    }

    /// The text of the file, as AnonAPI writes it.
    pub(super) fn to_file(&self) -> String {
        self.to_yaml(self.user_token.reveal())
    }

    pub(super) fn to_yaml(&self, token: &str) -> String {
        let mapping = self.active_mapping_file.as_ref().map(|path| path.to_string_lossy());
        let servers = self.servers.iter().map(|Server { name, url }| (Node::text(name), Node::text(url)));
        let defaults = self.job_default_parameters.iter().map(|(kind, value)| format!("{},{value}", kind.name()));
        let known = [
            ("active_mapping_file", Node::text_or_null(mapping.as_deref())),
            ("active_server_name", Node::text_or_null(self.active_server_name.as_deref())),
            ("job_default_parameters", Node::list(defaults.map(Node::text))),
            ("servers", Node::mapping(servers)),
            ("user_name", Node::text_or_null(Some(self.user_name.as_str()).filter(|name| !name.is_empty()))),
            ("user_token", Node::text_or_null(Some(token).filter(|token| !token.is_empty()))),
            ("validate_ssl", Node::truth(self.validate_ssl)),
        ];
        let known = known.map(|(key, value)| (Node::text(key), value));
        yaml::emit(&Node::mapping(known.into_iter().chain(self.other.clone())))
    }
}

fn from_entries(mut entries: Entries) -> Result<Settings, Problem> {
    let mut settings = Settings::default();
    let mut text = |key: &str| entries.take(key).map(|node| node.into_text(key)).transpose();
    // Nothing is an empty name, not the one that a new file has.
    if let Some(name) = text("user_name")? {
        settings.user_name = name.unwrap_or_default();
    }
    if let Some(token) = text("user_token")? {
        settings.user_token = Token::new(token.unwrap_or_default());
    }
    if let Some(name) = text("active_server_name")? {
        settings.active_server_name = name.filter(|name| !name.is_empty());
    }
    if let Some(path) = text("active_mapping_file")? {
        settings.active_mapping_file = path.filter(|path| !path.is_empty()).map(PathBuf::from);
    }
    if let Some(flag) = entries.take("validate_ssl") {
        settings.validate_ssl = truth(flag)?;
    }
    if let Some(servers) = entries.take("servers") {
        settings.servers.clear();
        for (name, url) in named(servers, "servers")? {
            let server = Server::named(name, &url);
            if server.url != url {
                settings.passwords_in.push(server.name.clone());
            }
            settings.servers.push(server);
        }
    }
    // The name in older versions.
    let older = entries.take("create_job_defaults");
    if let Some(defaults) = entries.take("job_default_parameters").or(older) {
        settings.job_default_parameters = parameters(defaults)?;
    }
    settings.other = entries;
    Ok(settings)
}

/// Names and texts; nothing is an empty text.
fn named(node: Node, name: &str) -> Result<Vec<(String, String)>, Problem> {
    let entries = node.into_entries(name)?.into_iter();
    entries.map(|(key, value)| Ok((text_of(key, name)?, text_of(value, name)?))).collect()
}

fn text_of(node: Node, name: &str) -> Result<String, Problem> {
    Ok(node.into_text(name)?.unwrap_or_default())
}

/// `true`, or what people type for it. Nothing is the default.
fn truth(node: Node) -> Result<bool, Problem> {
    let place = node.place();
    let Some(text) = node.into_text("validate_ssl")? else { return Ok(true) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" => Ok(true),
        "false" | "no" | "off" | "n" | "0" => Ok(false),
        _ => Err(Problem::new(place, "validate_ssl must be true or false")),
    }
}

/// The defaults for new jobs: a list of `name,value`, or in older files a mapping.
fn parameters(node: Node) -> Result<Parameters, Problem> {
    const NAME: &str = "job_default_parameters";
    let mut parameters = Parameters::default();
    if !node.is_list() {
        for (name, value) in named(node, NAME)? {
            // Older files may have other defaults too, which no job has any longer.
            if let Some(kind) = Kind::from_name(&name).filter(|_| !value.trim().is_empty()) {
                parameters.set(kind, value.trim());
            }
        }
        return Ok(parameters);
    }
    for item in node.into_list(NAME)? {
        let place = item.place();
        let text = text_of(item, NAME)?;
        let (name, value) = text.split_once([',', ';']).unwrap_or((&text, ""));
        match Kind::from_name(name) {
            Some(kind) => parameters.set(kind, value.trim()),
            None if text.is_empty() => {}
            None => return Err(Problem::new(place, format!("'{name}' in {NAME} is not a parameter of a job"))),
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests;
