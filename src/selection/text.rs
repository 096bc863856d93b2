//! The YAML of a selection, as programs and people write it.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::Encoding;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Mapping, Value};

use crate::problem::{Place, Problem};
use crate::storage::yaml;

/// What the file says, before it is judged.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parsed {
    pub id: Option<String>,
    pub description: Option<String>,
    pub selected_paths: Vec<String>,
    pub other: Mapping,
}

/// UTF-8, with or without a mark, or UTF-16 with one.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes[mark..]);
        if damaged {
            return Err(Problem::new(Place::Whole, format!("is not the {} that it says it is", encoding.name()))
                .hint("save it again as UTF-8"));
        }
        return Ok(text);
    }
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        Problem::new(Place::Line(line), "holds a character that is not UTF-8").hint("save the file as UTF-8")
    })
}

pub(super) fn parse(text: &str) -> Result<Parsed, Problem> {
    simple(text).map_or_else(|| any_yaml(text), Ok)
}

/// What programs write: three keys, and one path a line. This takes a tenth of the time of YAML in general, and less memory for
/// each path; anything unusual is left to that.
pub(super) fn simple(text: &str) -> Option<Parsed> {
    let mut parsed = Parsed::default();
    let (mut in_list, mut list_seen) = (false, false);
    for line in text.lines() {
        if let Some(item) = line.strip_prefix("- ").filter(|_| in_list) {
            parsed.selected_paths.push(simple_scalar(item)?);
            continue;
        }
        in_list = false;
        match line.split_once(": ") {
            Some(("id", id)) if parsed.id.is_none() => parsed.id = Some(simple_scalar(id)?),
            Some(("description", text)) if parsed.description.is_none() => {
                parsed.description = Some(simple_scalar(text)?)
            }
            None if line == "selected_paths:" && !list_seen => (in_list, list_seen) = (true, true),
            _ => return None,
        }
    }
    list_seen.then_some(parsed)
}

/// A text that is written bare, where any reader takes it as it stands, or between single quotes.
fn simple_scalar(written: &str) -> Option<String> {
    let Some(quoted) = written.strip_prefix('\'') else {
        return (yaml::scalar(written) == written).then(|| written.to_owned());
    };
    let inside = quoted.strip_suffix('\'')?;
    let alone = inside.split("''").any(|part| part.contains('\''));
    let safe = !alone && inside.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    safe.then(|| inside.replace("''", "'"))
}

pub(super) fn any_yaml(text: &str) -> Result<Parsed, Problem> {
    match serde_yaml::from_str::<Option<Found>>(text) {
        Ok(Some(Found { paths_seen: true, parsed })) => Ok(parsed),
        Ok(Some(_)) => Err(no_selection("has no 'selected_paths'")),
        Ok(None) => Err(no_selection("is empty")),
        Err(error) => Err(described(text, &error)),
    }
}

fn no_selection(what: &str) -> Problem {
    Problem::new(Place::Whole, what).hint("delete it, and select again with 'anon select add PATTERN'")
}

fn described(text: &str, error: &serde_yaml::Error) -> Problem {
    let message = error.to_string();
    let cause = message.split(" at line ").next().unwrap_or(&message);
    let Some(location) = error.location() else {
        return no_selection(&format!("is not a file selection: {cause}"));
    };
    let place = Place::Line(location.line());
    // Python's way to write the bytes of a file name that are not UTF-8: half of a UTF-16 pair.
    let near = text.lines().skip(location.line().saturating_sub(2)).take(2);
    if let Some(line) = near.filter(|line| has_lone_surrogate(line)).last() {
        let name = line.trim().trim_start_matches('-').trim();
        return Problem::new(place, format!("the file name {name} is not UTF-8"))
            .hint("rename that file, and select again with 'anon select add PATTERN'");
    }
    Problem::new(place, format!("is not a file selection: {cause}"))
        .hint("correct it with 'anon select edit', or delete it with 'anon select delete'")
}

fn has_lone_surrogate(line: &str) -> bool {
    line.match_indices("\\u").any(|(at, _)| {
        let code = line.get(at + 2..at + 6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.is_some_and(|code| (0xD800..0xE000).contains(&code))
    })
}

/// Where a path was typed, as well as that can be told afterwards.
pub(super) fn line_of(text: &str, typed: &str) -> Place {
    let written = yaml::scalar(typed);
    let item = |line: &str| {
        let item = line.trim().trim_start_matches('-').trim();
        item == written || item.trim_matches(['"', '\'']) == typed
    };
    let holds = |line: &str| line.contains(typed) || line.contains(&written);
    let index = text.lines().position(item).or_else(|| text.lines().position(holds));
    index.map_or(Place::Whole, |index| Place::Line(index + 1))
}

struct Found {
    parsed: Parsed,
    paths_seen: bool,
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the keys description, id and selected_paths")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found { parsed: Parsed::default(), paths_seen: false };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "id" => found.parsed.id = map.next_value::<AsTyped>()?.0,
                "description" => found.parsed.description = map.next_value::<AsTyped>()?.0,
                "selected_paths" => {
                    found.paths_seen = true;
                    found.parsed.selected_paths = map.next_value::<Option<Paths>>()?.unwrap_or_default().0;
                }
                // A key that is no text, or a value that YAML 1.1 alone knows, is not worth a failure.
                _ => yaml::keep(&mut found.parsed.other, Value::String(key), map.next_value()?)?,
            }
        }
        Ok(found)
    }
}

/// A text as it was typed: `1.10`, `on` and `12:30` are no numbers, truths or times here. A null is none.
struct AsTyped(Option<String>);

impl<'de> Deserialize<'de> for AsTyped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AsTyped, D::Error> {
        Option::<String>::deserialize(deserializer).map(AsTyped)
    }
}

#[derive(Default)]
struct Paths(Vec<String>);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Paths, D::Error> {
        deserializer.deserialize_seq(PathList)
    }
}

struct PathList;

impl<'de> Visitor<'de> for PathList {
    type Value = Paths;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of paths")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Paths, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = list.next_element::<String>()? {
            paths.push(path);
        }
        Ok(Paths(paths))
    }
}
