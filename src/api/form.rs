/// The arguments of a call, in the order in which they were given.
///
/// They travel as an `application/x-www-form-urlencoded` body, on GET too. A list repeats its key; an absent value is left
/// out; booleans are written `True` and `False`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// No arguments.
    pub fn new() -> Form {
        Form::default()
    }

    /// Adds one argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Form {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds an argument if it has a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl ToString>) -> Form {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a boolean, as the API spells it.
    #[must_use]
    pub fn with_bool(self, name: &str, value: bool) -> Form {
        self.with(name, if value { "True" } else { "False" })
    }

    /// Adds a list: the name is repeated for each value.
    #[must_use]
    pub fn with_all<T: ToString>(self, name: &str, values: impl IntoIterator<Item = T>) -> Form {
        values.into_iter().fold(self, |form, value| form.with(name, value))
    }

    /// The names and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether an argument of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn lists_repeat_their_key_and_absent_values_are_left_out() {
        let form =
            Form::new().with_all("job_ids", [1, 2]).with_some("description", None::<String>).with_bool("on", true);
        let pairs: Vec<_> = form.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["job_ids=1", "job_ids=2", "on=True"]);
    }
}
