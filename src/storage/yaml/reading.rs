use std::collections::HashMap;
use std::path::Path;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::{Content, Entries, Node};
use crate::problem::{Place, Problem, Problems};
use crate::text::encoding::{Decoded, Encoding, decode};

/// The files that `anon` reads have three levels.
const DEEPEST: usize = 64;

/// So many values are read of any file; of a larger one, a value for each eight bytes, since the selection of a million files is one.
const MOST: usize = 1_000_000;

/// Reads a YAML file: UTF-8, with or without a byte order mark, or UTF-16 with one. An empty file is nothing.
///
/// It takes a small multiple of the size of the file: what is nested more than 64 deep, holds more values than any
/// file of ours of its size, or repeats itself (`*name`) to more than its size is refused. Of a key that is there twice the last value counts, as in AnonAPI.
/// Tags have no meaning but those of YAML's own types.
///
/// # Errors
/// What is wrong first, with its line, and without a value of the file: that may be a token.
pub fn read(bytes: &[u8], path: &Path, hint: &str) -> Result<Node, Problems> {
    let problem = |problem: Problem| Problems::new(path, vec![problem.hint(hint)]);
    let text = text_of(bytes).map_err(problem)?;
    let mut tree = Tree::new(text.len());
    let mut parser = Parser::new_from_str(&text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| problem(scanned(&error)))?;
        tree.add(event, &span.start).map_err(problem)?;
    }
    Ok(tree.root.unwrap_or_else(|| Content::Bare(String::new()).into()))
}

fn text_of(bytes: &[u8]) -> Result<String, Problem> {
    match decode(bytes) {
        Ok(Decoded { encoding: Encoding::CodePage(_), .. }) => {
            let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let line = 1 + bytes[..valid].iter().filter(|byte| **byte == b'\n').count();
            Err(Problem::new(Place::Line(line), "holds a character that is not UTF-8"))
        }
        Ok(decoded) => Ok(decoded.text),
        Err(error) => Err(Problem::new(Place::Whole, error.found)),
    }
}

fn scanned(error: &ScanError) -> Problem {
    Problem::new(place(error.marker()), error.info())
}

fn place(mark: &Marker) -> Place {
    Place::Line(mark.line())
}

/// What was read so far.
struct Tree {
    /// The lists and mappings that have begun, the innermost last.
    open: Vec<Open>,
    root: Option<Node>,
    has_document: bool,
    anchors: HashMap<usize, Node>,
    values: usize,
    /// How many values there may be.
    most: usize,
    /// How many bytes repetitions may still add.
    allowance: usize,
}

struct Open {
    node: Node,
    anchor: usize,
    /// Of a mapping: the key whose value comes next.
    key: Option<Node>,
    /// Of a mapping: where each key is.
    known: HashMap<String, usize>,
}

impl Tree {
    fn new(size: usize) -> Tree {
        let most = MOST.max(size / 8);
        Tree {
            open: vec![],
            root: None,
            has_document: false,
            anchors: HashMap::new(),
            values: 0,
            most,
            allowance: size,
        }
    }

    fn add(&mut self, event: Event<'_>, mark: &Marker) -> Result<(), Problem> {
        let wrong = |what: String| Err(Problem::new(place(mark), what));
        match event {
            Event::DocumentStart(_) if std::mem::replace(&mut self.has_document, true) => {
                return wrong("a second document begins here ('---')".to_owned());
            }
            Event::Scalar(text, style, anchor, tag) => {
                let text = text.into_owned();
                let content = if is_bare(style, tag.as_deref()) { Content::Bare(text) } else { Content::Text(text) };
                self.put(Node { content, line: mark.line() }, anchor, mark)?;
            }
            Event::SequenceStart(anchor, _) => self.open.push(Open::new(Content::List(vec![]), anchor, mark)),
            Event::MappingStart(anchor, _) => {
                self.open.push(Open::new(Content::Mapping(Entries::default()), anchor, mark))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { node, anchor, .. }) = self.open.pop() {
                    self.put(node, anchor, mark)?;
                }
            }
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return wrong("repeats what is not complete yet".to_owned());
                };
                let mut node = node.clone();
                self.pay(&node, mark)?;
                node.line = mark.line();
                self.put(node, 0, mark)?;
            }
            _ => {}
        }
        if self.open.len() > DEEPEST {
            return wrong(format!("is nested more than {DEEPEST} deep"));
        }
        Ok(())
    }

    /// A value is complete.
    fn put(&mut self, node: Node, anchor: usize, mark: &Marker) -> Result<(), Problem> {
        self.values += 1;
        if self.values > self.most {
            return Err(Problem::new(place(mark), format!("holds more than {} values", self.most)));
        }
        if anchor > 0 {
            self.pay(&node, mark)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut parent.node.content {
            Content::List(items) => items.push(node),
            Content::Mapping(entries) => match parent.key.take() {
                Some(key) => enter(entries, &mut parent.known, key, node),
                // However nothing is spelt, it is one key.
                None if node.is_null() => parent.key = Some(Node { content: Content::Bare("null".to_owned()), ..node }),
                None if node.as_key().is_some() => parent.key = Some(node),
                None => return Err(Problem::new(place(mark), "a list or a mapping cannot be a key")),
            },
            Content::Text(_) | Content::Bare(_) => {}
        }
        Ok(())
    }

    /// Each copy of a value counts.
    fn pay(&mut self, node: &Node, mark: &Marker) -> Result<(), Problem> {
        match self.allowance.checked_sub(size(node)) {
            Some(rest) => self.allowance = rest,
            None => return Err(Problem::new(place(mark), "repeats itself (with '&name' and '*name') beyond measure")),
        }
        Ok(())
    }
}

/// Whether a value is a number or the like if it looks so. PyYAML can write `!!int "1"` as well.
fn is_bare(style: ScalarStyle, tag: Option<&Tag>) -> bool {
    match tag.filter(|tag| tag.is_yaml_core_schema()) {
        Some(tag) => tag.suffix != "str",
        None => style == ScalarStyle::Plain,
    }
}

fn enter(entries: &mut Entries, known: &mut HashMap<String, usize>, key: Node, value: Node) {
    let at = *known.entry(key.as_key().unwrap_or_default().to_owned()).or_insert(entries.0.len());
    match entries.0.get_mut(at) {
        Some(entry) => *entry = (key, value),
        None => entries.0.push((key, value)),
    }
}

/// About as many bytes as it takes in a file.
fn size(node: &Node) -> usize {
    match &node.content {
        Content::Text(text) | Content::Bare(text) => text.len() + 2,
        Content::List(items) => 2 + items.iter().map(size).sum::<usize>(),
        Content::Mapping(entries) => 2 + entries.0.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
    }
}

impl Open {
    fn new(content: Content, anchor: usize, mark: &Marker) -> Open {
        Open { node: Node { content, line: mark.line() }, anchor, key: None, known: HashMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_how_many_values_are_read() {
        let mut tree = Tree::new(0);
        tree.values = MOST - 2;
        let mut parser = Parser::new_from_str("- a\n- b\n- c\n");
        let events = std::iter::from_fn(|| parser.next_event().and_then(Result::ok));
        let fault = events.map(|(event, span)| tree.add(event, &span.start)).find_map(Result::err).unwrap();
        assert_eq!((fault.place, fault.message.as_str()), (Place::Line(3), "holds more than 1000000 values"));
        // As many files as fit into the largest selection.
        assert!(Tree::new("- folder/1.dcm\n".len() * 10 * MOST).most > 10 * MOST);
    }
}
