use std::collections::HashMap;
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::{Content, Entries, Node};
use crate::problem::{Place, Problem, Problems};
use crate::text::encoding::{Decoded, Encoding, decode};

/// The files that `anon` reads have three levels.
const DEEPEST: usize = 64;

/// So many values are read of any file; of a larger one, a value for each eight bytes, since the selection of a million files is one.
const MOST: usize = 1_000_000;

/// Reads a YAML file: UTF-8, with or without a byte order mark, or UTF-16 with one. An empty file is nothing.
///
/// It takes a small multiple of the size of the file: what is nested more than 64 deep, holds more values than any file of ours of
/// its size, or repeats itself (`*name`) to more than its size is refused. Of a key that is there twice the last value counts, as in
/// AnonAPI. Tags have no meaning but those of YAML's own types.
///
/// # Errors
/// The first error, with its line but without any value from the file, which may be a token.
pub fn read(bytes: &[u8], path: &Path, hint: &str) -> Result<Node, Problems> {
    let problem = |problem: Problem| Problems::new(path, vec![problem.hint(hint)]);
    let text = text_of(bytes).map_err(problem)?;
    Reader::new(&text).document().map_err(problem)
}

fn text_of(bytes: &[u8]) -> Result<String, Problem> {
    match decode(bytes) {
        Ok(Decoded { encoding: Encoding::CodePage(_), .. }) => {
            let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let line = 1 + bytes[..valid].iter().filter(|byte| **byte == b'\n').count();
            Err(Problem::new(Place::Line(line), "contains a character that is not UTF-8"))
        }
        Ok(decoded) => Ok(decoded.text),
        Err(error) => Err(Problem::new(Place::Whole, error.found)),
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    values: usize,
    /// How many values there may be.
    most: usize,
    /// How many bytes repetitions may still add.
    allowance: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        let (parser, size) = (Parser::new_from_str(text), text.len());
        Reader { parser, anchors: HashMap::new(), values: 0, most: most_values(size), allowance: size }
    }

    fn document(mut self) -> Result<Node, Problem> {
        let mut root = None;
        while let Some((event, line)) = self.next()? {
            match event {
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(Problem::new(Place::Line(line), "a second document begins here ('---')"));
                }
                Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                    root = Some(self.node(event, line, 0)?);
                }
                _ => {}
            }
        }
        Ok(root.unwrap_or_default())
    }

    /// What comes next, and its line.
    fn next(&mut self) -> Result<Option<(Event<'a>, usize)>, Problem> {
        let next = self.parser.next_event().transpose();
        let next = next.map_err(|error| Problem::new(Place::Line(error.marker().line()), error.info()))?;
        Ok(next.map(|(event, span)| (event, span.start.line())))
    }

    /// The value that an event begins, inside this many lists and mappings.
    fn node(&mut self, event: Event<'a>, line: usize, depth: usize) -> Result<Node, Problem> {
        let wrong = |what: String| Problem::new(Place::Line(line), what);
        if depth > DEEPEST {
            return Err(wrong(format!("is nested more than {DEEPEST} deep")));
        }
        let (content, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = text.into_owned();
                (if is_bare(style, tag.as_deref()) { Content::Bare(text) } else { Content::Text(text) }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = vec![];
                while let Some(item) = self.inner(depth)? {
                    items.push(item);
                }
                (Content::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => (Content::Mapping(self.entries(depth)?), anchor),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| wrong("repeats something that is not complete yet".to_owned()))?;
                self.pay(&node, line)?;
                (node.content, 0)
            }
            _ => (Node::default().content, 0),
        };
        self.values += 1;
        if self.values > self.most {
            return Err(wrong(format!("holds more than {} values", self.most)));
        }
        let node = Node { content, line };
        if anchor > 0 {
            self.pay(&node, line)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// The next value of a list or a mapping, until it ends.
    fn inner(&mut self, depth: usize) -> Result<Option<Node>, Problem> {
        match self.next()? {
            None | Some((Event::SequenceEnd | Event::MappingEnd, _)) => Ok(None),
            Some((event, line)) => self.node(event, line, depth + 1).map(Some),
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Entries, Problem> {
        let mut entries = Entries::default();
        let mut known = HashMap::new();
        while let Some(mut key) = self.inner(depth)? {
            // However nothing is spelt, it is one key.
            if key.is_null() {
                key.content = Content::Bare("null".to_owned());
            }
            let Some(name) = key.as_key() else {
                return Err(Problem::new(key.place(), "a list or a mapping cannot be a key"));
            };
            let at = *known.entry(name.to_owned()).or_insert(entries.0.len());
            let entry = (key, self.inner(depth)?.unwrap_or_default());
            match entries.0.get_mut(at) {
                Some(earlier) => *earlier = entry,
                None => entries.0.push(entry),
            }
        }
        Ok(entries)
    }

    /// Each copy of a value counts.
    fn pay(&mut self, node: &Node, line: usize) -> Result<(), Problem> {
        let beyond = || Problem::new(Place::Line(line), "repeats itself (with '&name' and '*name') too often");
        self.allowance = self.allowance.checked_sub(size(node)).ok_or_else(beyond)?;
        Ok(())
    }
}

fn most_values(size: usize) -> usize {
    MOST.max(size / 8)
}

/// Whether a value is a number or the like if it looks so. PyYAML can write `!!int "1"` as well.
fn is_bare(style: ScalarStyle, tag: Option<&Tag>) -> bool {
    match tag.filter(|tag| tag.is_yaml_core_schema()) {
        Some(tag) => tag.suffix != "str",
        None => style == ScalarStyle::Plain,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_how_many_values_are_read() {
        let mut reader = Reader::new("- a\n- b\n- c\n");
        reader.values = MOST - 2;
        let fault = reader.document().unwrap_err();
        assert_eq!((fault.place, fault.message.as_str()), (Place::Line(3), "holds more than 1000000 values"));
        // As many files as fit into the largest selection.
        assert!(most_values("- folder/1.dcm\n".len() * 10 * MOST) > 10 * MOST);
    }
}
