//! What a job is made of: sources, pseudonyms, paths.
//!
//! A [`Parameter`](Kind) is a name with a value. They come from three places, and the most specific one wins: the defaults in
//! the settings, the options of a mapping, and a row of it.

use crate::error::{Error, Result};

mod kind;
mod nearest;
mod source;

pub use kind::Kind;
pub use nearest::nearest;
pub use source::{Source, SourceError};

/// A small ordered collection of parameters, each kind at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    list: Vec<(Kind, String)>,
}

impl Parameters {
    /// No parameters yet.
    pub fn new() -> Parameters {
        Parameters::default()
    }

    /// Collects pairs in their order; of a kind that comes twice, the last value counts.
    pub fn from_pairs<S: Into<String>>(pairs: impl IntoIterator<Item = (Kind, S)>) -> Parameters {
        let pairs = pairs.into_iter();
        let mut parameters = Parameters { list: Vec::with_capacity(pairs.size_hint().0) };
        for (kind, value) in pairs {
            parameters.set(kind, value);
        }
        parameters
    }

    /// The value of a parameter. An empty value counts as absent.
    pub fn get(&self, kind: Kind) -> Option<&str> {
        let (_, value) = self.list.iter().find(|(known, _)| *known == kind)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Sets a parameter, in the place that it already has or at the end.
    pub fn set(&mut self, kind: Kind, value: impl Into<String>) {
        match self.list.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, old)) => *old = value.into(),
            None => self.list.push((kind, value.into())),
        }
    }

    /// All parameters in their order, those with an empty value too.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str)> {
        self.list.iter().map(|(kind, value)| (*kind, value.as_str()))
    }

    /// True if there is none at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// These parameters on top of `base`: a value of its own wins, an empty one lets the base shine through.
    #[must_use]
    pub fn over(&self, base: &Parameters) -> Parameters {
        let mut merged = base.clone();
        for (kind, value) in self.iter() {
            if !value.is_empty() || merged.get(kind).is_none() {
                merged.set(kind, value);
            }
        }
        merged
    }

    /// Reads one default as the settings hold it: `project,NOT_SET`.
    ///
    /// # Errors
    /// [`Error::Refused`] that names the text if there is no comma in it or the name is unknown.
    pub fn parse_default(text: &str) -> Result<(Kind, String)> {
        let expected = "write it as 'name,value', such as 'project,Wetenschap-Algemeen'";
        let Some((name, value)) = text.split_once([',', ';']) else {
            return Err(Error::refused(format!("'{text}' is no default parameter: it has no comma"), expected));
        };
        match Kind::from_name(name) {
            Some(kind) => Ok((kind, value.trim().to_owned())),
            None => Err(Error::refused(format!("unknown parameter '{}'", name.trim()), Kind::hint(name))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn own_values_win_and_empty_ones_do_not() {
        let options = Parameters::from_pairs([(Kind::Project, "A"), (Kind::DestinationPath, r"\\s\out")]);
        let row = Parameters::from_pairs([(Kind::Project, "B"), (Kind::DestinationPath, ""), (Kind::Description, "")]);
        let merged = row.over(&options);
        assert_eq!(merged.get(Kind::Project), Some("B"));
        assert_eq!(merged.get(Kind::DestinationPath), Some(r"\\s\out"));
        assert_eq!(merged.get(Kind::Description), None);
        assert_eq!(merged.iter().count(), 3);
    }

    #[test]
    fn a_kind_is_held_once() {
        let parameters = Parameters::from_pairs([(Kind::Project, "A"), (Kind::PimsKey, "1"), (Kind::Project, "B")]);
        assert_eq!(parameters.iter().collect::<Vec<_>>(), [(Kind::Project, "B"), (Kind::PimsKey, "1")]);
    }

    #[test]
    fn defaults_of_the_settings() {
        assert_eq!(Parameters::parse_default("project,NOT_SET").unwrap(), (Kind::Project, "NOT_SET".to_owned()));
        assert_eq!(
            Parameters::parse_default(r"destination_path,\\s\a,b").unwrap(),
            (Kind::DestinationPath, r"\\s\a,b".to_owned())
        );
        let unknown = Parameters::parse_default("projct,x").unwrap_err();
        assert_eq!(unknown.to_string(), "unknown parameter 'projct'");
        assert!(unknown.hint().unwrap().contains("'project'"), "{:?}", unknown.hint());
        assert!(Parameters::parse_default("project").unwrap_err().to_string().contains("no comma"));
    }
}
