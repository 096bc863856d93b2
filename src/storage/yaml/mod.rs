//! YAML, read with its lines and within limits, and written as PyYAML writes it.
//!
//! What is read are texts: `1.10`, `on` and `12:30` stay as they were typed, whatever a reader of YAML 1.1 or 1.2 would take
//! them for, and only what is empty or null is nothing. What is written is pure ASCII (AnonAPI opens its files in the locale's
//! encoding), and in quotes where YAML 1.1 would take it for something else than a text, which the YAML 1.2 writers leave bare.

mod reading;
mod writing;

pub use reading::read;
pub use writing::{emit, scalar};

use crate::problem::{Place, Problem};

/// A value in a YAML file.
#[derive(Debug, Clone)]
pub struct Node {
    content: Content,
    /// Counted from 1; 0 if it is from no file.
    line: usize,
}

/// The keys and values of a mapping, in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entries(Vec<(Node, Node)>);

#[derive(Debug, Clone, PartialEq)]
enum Content {
    /// A text, in quotes where it needs them.
    Text(String),
    /// What stood without quotes, and is written so again: a text, a number, a truth, nothing.
    Bare(String),
    List(Vec<Node>),
    Mapping(Entries),
}

/// Two values are the same wherever they stand.
impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        self.content == other.content
    }
}

/// Nothing, as where a value was left out.
impl Default for Node {
    fn default() -> Node {
        Content::Bare(String::new()).into()
    }
}

impl Node {
    /// A text.
    pub fn text(text: impl Into<String>) -> Node {
        Content::Text(text.into()).into()
    }

    /// A text, or null.
    pub fn text_or_null(text: Option<&str>) -> Node {
        text.map_or_else(|| Content::Bare("null".to_owned()).into(), Node::text)
    }

    /// A truth.
    pub fn truth(value: bool) -> Node {
        Content::Bare(value.to_string()).into()
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Node>) -> Node {
        Content::List(items.into_iter().collect()).into()
    }

    /// A mapping, in this order.
    pub fn mapping(entries: impl IntoIterator<Item = (Node, Node)>) -> Node {
        Content::Mapping(Entries(entries.into_iter().collect())).into()
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        if self.line == 0 { Place::Whole } else { Place::Line(self.line) }
    }

    /// Whether it is empty or null: nothing, and not the word.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Bare(word) if matches!(word.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text as it was typed; `None` for nothing.
    ///
    /// # Errors
    /// If it is a list or a mapping. `name` is what to call it; what it holds is not quoted, for that may be a token.
    pub fn into_text(self, name: &str) -> Result<Option<String>, Problem> {
        match self.content {
            _ if self.is_null() => Ok(None),
            Content::Text(text) | Content::Bare(text) => Ok(Some(text)),
            Content::List(_) | Content::Mapping(_) => Err(self.is_no(name, "a text")),
        }
    }

    /// The items of a list; none for nothing.
    ///
    /// # Errors
    /// If it is not a list.
    pub fn into_list(self, name: &str) -> Result<Vec<Node>, Problem> {
        match self.content {
            _ if self.is_null() => Ok(vec![]),
            Content::List(items) => Ok(items),
            _ => Err(self.is_no(name, "a list")),
        }
    }

    /// The entries of a mapping; none for nothing.
    ///
    /// # Errors
    /// If it is not a mapping.
    pub fn into_entries(self, name: &str) -> Result<Entries, Problem> {
        match self.content {
            _ if self.is_null() => Ok(Entries::default()),
            Content::Mapping(entries) => Ok(entries),
            _ => Err(self.is_no(name, "lines of the form 'name: value'")),
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.content, Content::List(_))
    }

    fn as_key(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) | Content::Bare(text) => Some(text),
            Content::List(_) | Content::Mapping(_) => None,
        }
    }

    fn is_no(&self, name: &str, expected: &str) -> Problem {
        let found = match self.content {
            Content::Text(_) | Content::Bare(_) => "a text",
            Content::List(_) => "a list",
            Content::Mapping(_) => "lines of the form 'name: value'",
        };
        Problem::new(self.place(), format!("{name}: found {found}, expected {expected}"))
    }
}

impl From<Content> for Node {
    fn from(content: Content) -> Node {
        Node { content, line: 0 }
    }
}

impl Entries {
    /// Takes the value of a key out.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.0.iter().position(|(known, _)| known.as_key() == Some(key))?;
        Some(self.0.remove(at).1)
    }

    /// Takes the value of a key out: nothing, if it is missing.
    pub fn take_or_nothing(&mut self, key: &str) -> Node {
        self.take(key).unwrap_or_default()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Entries {
    type Item = (Node, Node);
    type IntoIter = std::vec::IntoIter<(Node, Node)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests;
