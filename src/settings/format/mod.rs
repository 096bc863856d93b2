use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_yaml::{Mapping, Value};

use super::{Server, Settings};
use crate::api::Token;
use crate::error::Result;
use crate::problem::Problems;
use crate::storage::yaml;
use crate::values::{Kind, Parameters};

/// The file as any version wrote it: a missing key means the default.
#[derive(Default)]
struct Raw {
    servers: Option<Entries>,
    /// Left out is not the same as null.
    active_server_name: Option<Option<String>>,
    user_name: Option<String>,
    user_token: Option<String>,
    validate_ssl: Option<Flag>,
    job_default_parameters: Option<Defaults>,
    /// What older versions called it.
    create_job_defaults: Option<Defaults>,
    active_mapping_file: Option<PathBuf>,
    /// Keys that are not known here.
    other: Mapping,
}

// By hand and not derived: with `flatten` for the other keys, serde would guess the types of all values before it knows what
// they are for, and a token of digits alone would become a number.
impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Raw;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the settings, as lines of the form 'name: value'")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut raw = Raw::default();
                while let Some(key) = map.next_key::<Value>()? {
                    match key.as_str().unwrap_or_default() {
                        "servers" => raw.servers = map.next_value()?,
                        "active_server_name" => raw.active_server_name = Some(map.next_value()?),
                        "user_name" => raw.user_name = map.next_value()?,
                        "user_token" => raw.user_token = map.next_value()?,
                        "validate_ssl" => raw.validate_ssl = map.next_value()?,
                        "job_default_parameters" => raw.job_default_parameters = map.next_value()?,
                        "create_job_defaults" => raw.create_job_defaults = map.next_value()?,
                        "active_mapping_file" => raw.active_mapping_file = map.next_value()?,
                        _ => yaml::keep(&mut raw.other, key, map.next_value()?)?,
                    }
                }
                Ok(raw)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Keys and values in the order of the file.
struct Entries(Vec<(String, Option<String>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("lines of the form 'name: value'")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries: Vec<(String, Option<String>)> = vec![];
                while let Some((key, value)) = map.next_entry()? {
                    // Of a key that is there twice, the last value counts, as in AnonAPI.
                    match entries.iter_mut().find(|(known, _)| *known == key) {
                        Some(entry) => entry.1 = value,
                        None => entries.push((key, value)),
                    }
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// The defaults for new jobs: a list of `name,value`, or in older files a mapping.
enum Defaults {
    List(Vec<String>),
    Named(Entries),
}

// By hand for the same reason: derived, a project of digits alone would be a number, and refused.
impl<'de> Deserialize<'de> for Defaults {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Defaults, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Defaults;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of 'name,value'")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Defaults, A::Error> {
                let mut list = vec![];
                while let Some(entry) = seq.next_element()? {
                    list.push(entry);
                }
                Ok(Defaults::List(list))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Defaults, A::Error> {
                Entries::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Defaults::Named)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// `true`, or what people type for it.
struct Flag(bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Flag, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" | "1" => Ok(Flag(true)),
            "false" | "no" | "off" | "n" | "0" => Ok(Flag(false)),
            _ => Err(serde::de::Error::custom("validate_ssl must be true or false")),
        }
    }
}

impl Settings {
    /// Reads the settings as any version of AnonAPI or `anon` wrote them.
    ///
    /// # Errors
    /// [`crate::Error::Contents`] with the file and line. The token and its neighbours are never quoted.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Settings> {
        let text = yaml::text(bytes, path, HINT)?;
        if text.trim().is_empty() {
            return Ok(Settings::default());
        }
        let raw: Raw = serde_yaml::from_str(text).map_err(|error| yaml::problem(path, &error, HINT))?;
        let default = Settings::default();
        let defaults = match raw.job_default_parameters.or(raw.create_job_defaults) {
            Some(defaults) => parameters(defaults, path)?,
            None => default.job_default_parameters,
        };
        let mut passwords_in = vec![];
        let mut server = |(name, url): (String, Option<String>)| {
            let url = url.unwrap_or_default();
            let server = Server::named(name, &url);
            if server.url != url {
                passwords_in.push(server.name.clone());
            }
            server
        };
        let servers = raw.servers.map_or(default.servers, |entries| entries.0.into_iter().map(&mut server).collect());
        Ok(Settings {
            servers,
            active_server_name: raw.active_server_name.unwrap_or(default.active_server_name),
            user_name: raw.user_name.unwrap_or(default.user_name),
            user_token: raw.user_token.map_or(default.user_token, Token::new),
            validate_ssl: raw.validate_ssl.is_none_or(|flag| flag.0),
            job_default_parameters: defaults,
            active_mapping_file: raw.active_mapping_file.filter(|path| !path.as_os_str().is_empty()),
            passwords_in,
            other: raw.other,
        })
    }

    /// The text of the file, as AnonAPI writes it.
    pub(super) fn to_file(&self) -> String {
        self.to_yaml(Value::from(self.user_token.reveal()))
    }

    pub(super) fn to_yaml(&self, token: Value) -> String {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let mapping = self.active_mapping_file.as_ref().map(|path| path.to_string_lossy());
        let servers: Mapping = self
            .servers
            .iter()
            .map(|server| (Value::from(server.name.as_str()), Value::from(server.url.as_str())))
            .collect();
        let defaults =
            self.job_default_parameters.iter().map(|(kind, value)| Value::from(format!("{},{value}", kind.name())));
        let mut root = Mapping::new();
        let mut put = |key: &str, value: Value| root.insert(Value::from(key), value);
        put("active_mapping_file", text(mapping.as_deref()));
        put("active_server_name", text(self.active_server_name.as_deref()));
        put("job_default_parameters", Value::Sequence(defaults.collect()));
        put("servers", Value::Mapping(servers));
        put("user_name", Value::from(self.user_name.as_str()));
        put("user_token", token);
        put("validate_ssl", Value::from(self.validate_ssl));
        root.extend(self.other.clone());
        yaml::emit(&Value::Mapping(root))
    }
}

const HINT: &str = "correct it with 'anon settings edit' or an editor, or move it away to start with default settings";

fn parameters(defaults: Defaults, path: &Path) -> Result<Parameters> {
    let is_old = matches!(defaults, Defaults::Named(_));
    let pairs: Vec<(String, String)> = match defaults {
        Defaults::List(list) => {
            let split =
                |entry: &String| entry.split_once([',', ';']).map(|(name, value)| (name.to_owned(), value.to_owned()));
            list.iter().map(|entry| split(entry).unwrap_or_else(|| (entry.clone(), String::new()))).collect()
        }
        Defaults::Named(entries) => {
            entries.0.into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect()
        }
    };
    let mut parameters = Parameters::default();
    for (name, value) in pairs {
        match Kind::from_name(&name) {
            Some(kind) => parameters.set(kind, value.trim()),
            // Older files may have other defaults too, which no job has any longer.
            None if is_old => {}
            None => {
                let message = format!("'{name}' in job_default_parameters is no parameter of a job");
                return Err(Problems::whole(path, message, HINT).into());
            }
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests;
