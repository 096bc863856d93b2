//! Job ids, as they are typed and shown.

use std::str::FromStr;

use crate::api::JobId;
use crate::commands::console::Console;
use crate::error::{Error, Result};

/// More ids than this in one command are a typing mistake (`1-999999999`).
const MOST: i64 = 1_000_000;

/// What a person types for job ids: `4`, `4-6`, or `1,4-6`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids(Vec<JobId>);

impl FromStr for Ids {
    type Err = String;

    fn from_str(text: &str) -> Result<Ids, String> {
        let mut ids = vec![];
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            ids.extend(range(part)?);
        }
        if ids.is_empty() {
            return Err("expected a job id (4), a range (4-6) or a list (1,4-6)".to_owned());
        }
        Ok(Ids(ids))
    }
}

fn range(part: &str) -> Result<impl Iterator<Item = JobId>, String> {
    let (first, last) = match part.strip_prefix('-') {
        Some(_) => (part, part),
        None => part.split_once('-').unwrap_or((part, part)),
    };
    let number = |text: &str| text.trim().parse::<i64>();
    match (number(first), number(last)) {
        (Ok(first), Ok(last)) if first < 1 || last < 1 => {
            Err(format!("'{part}' is not a job id: they are numbers from 1 on"))
        }
        (Ok(first), Ok(last)) if first > last => {
            Err(format!("the range '{part}' ends before it starts; did you mean {last}-{first}?"))
        }
        (Ok(first), Ok(last)) if last.saturating_sub(first) >= MOST => Err(format!("the range '{part}' is too long")),
        (Ok(first), Ok(last)) => Ok((first..=last).map(JobId)),
        _ if part.contains('-') => Err(format!("'{part}' looks like a range, but is not of the form 4-6")),
        _ => Err(format!("'{part}' is not a job id: expected a number (4), a range (4-6) or a list (1,4-6)")),
    }
}

/// Job ids on a command line: some of them, or `-` for those on standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// The ids themselves.
    Ids(Ids),
    /// Those on standard input, one item per line.
    Input,
}

impl FromStr for Typed {
    type Err = String;

    fn from_str(text: &str) -> Result<Typed, String> {
        if text == "-" { Ok(Typed::Input) } else { text.parse().map(Typed::Ids) }
    }
}

/// All ids that were typed or piped in, each once, in their order.
///
/// # Errors
/// [`Error::Contents`] with each line of standard input that is not an id; [`Error::Refused`] if there is nothing on it.
pub fn read(console: &Console, typed: Vec<Typed>) -> Result<Vec<JobId>> {
    let mut all = vec![];
    for one in typed {
        match one {
            Typed::Ids(ids) => all.push(ids),
            Typed::Input => all.extend(piped(console)?),
        }
    }
    Ok(flatten(all))
}

fn piped(console: &Console) -> Result<Vec<Ids>> {
    let all =
        console.parsed_items(|item| item.without_comment().parse().map_err(|fault: String| item.problem(fault)))?;
    if all.is_empty() { Err(nothing_piped()) } else { Ok(all) }
}

/// No job ids were piped in where some are expected.
pub fn nothing_piped() -> Error {
    Error::refused("there are no job ids on standard input: nothing was done", "")
}

/// No job ids were given where some are expected.
pub fn none_given(command: &str) -> Error {
    Error::refused("no job ids given", format!("name them: anon {command} 12 14-16"))
}

/// All ids, each once, in the order in which they were typed.
pub fn flatten(ids: Vec<Ids>) -> Vec<JobId> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter().flat_map(|ids| ids.0).filter(|id| seen.insert(*id)).collect()
}

/// `1-3,7`, in order: short, and ready to be typed again.
pub fn shown<'a>(ids: impl IntoIterator<Item = &'a JobId>) -> String {
    let mut ranges: Vec<(JobId, JobId)> = vec![];
    for id in ids {
        match ranges.last_mut() {
            Some((_, last)) if last.0.checked_add(1) == Some(id.0) => *last = *id,
            _ => ranges.push((*id, *id)),
        }
    }
    let text = |(first, last): &(JobId, JobId)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<i64> {
        flatten(vec![text.parse().unwrap()]).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn ids_ranges_and_lists() {
        assert_eq!(read("7"), [7]);
        assert_eq!(read("1,4-6, 5"), [1, 4, 5, 6]);
        // From a file with Windows line breaks.
        assert_eq!(read("12\r"), [12]);
    }

    #[test]
    fn invalid_ids_are_explained() {
        let fault = |text: &str| text.parse::<Ids>().unwrap_err();
        assert!(fault("5-x").contains("looks like a range"));
        assert!(fault("7-5").contains("did you mean 5-7?"));
        assert!(fault("1-999999999").contains("too long"));
        assert!(fault("abc").contains("is not a job id"));
        assert!(fault(",").contains("expected"));
        assert!(fault("-9223372036854775808-5").contains("range"));
        for none in ["0", "-1", "0-5"] {
            assert!(fault(none).contains("from 1 on"), "{none}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed(ids in proptest::collection::vec(1..50_i64, 1..20)) {
            let ids = flatten(ids.into_iter().map(|id| Ids(vec![JobId(id)])).collect());
            prop_assert_eq!(read(&shown(&ids)), ids.iter().map(|id| id.0).collect::<Vec<_>>());
        }
    }
}
