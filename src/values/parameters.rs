//! Named values, each kind at most once.

use super::Kind;

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
}

#[cfg(test)]
mod tests {
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
}
