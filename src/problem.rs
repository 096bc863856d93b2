//! What is wrong in a file, and where.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where in a file a problem is. In order: the whole file, lines, cells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// A line, counted from 1.
    Line(usize),
    /// A cell of a spreadsheet, such as sheet `Sheet1`, cell `B7`.
    Cell {
        /// The name of the sheet.
        sheet: String,
        /// The cell in A1 notation.
        cell: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Line(line) => write!(f, ", line {line}"),
            Place::Cell { sheet, cell } => write!(f, ", sheet '{sheet}', cell {cell}"),
        }
    }
}

/// One thing that is wrong in a file: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(place: Place, message: impl Into<String>) -> Problem {
        Problem { place, message: message.into(), hint: None }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    /// What is wrong and what to do, without the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// All that is wrong in one file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file.
    pub path: PathBuf,
    /// At least one problem.
    pub list: Vec<Problem>,
}

/// A file that is not a mapping or list at all has a problem on every line: those past the first twenty are only counted.
pub const SHOWN: usize = 20;

impl Problems {
    /// Sorts problems into the order of the file. The caller has at least one; see [`Problems::none_or`].
    pub fn new(path: &Path, mut list: Vec<Problem>) -> Problems {
        // Cells come in the order of the sheet already.
        let line = |problem: &Problem| match problem.place {
            Place::Whole => 0,
            Place::Line(line) => line,
            Place::Cell { .. } => usize::MAX,
        };
        list.sort_by_key(line);
        Problems { path: path.to_owned(), list }
    }

    /// One problem with the file as a whole.
    pub fn whole(path: &Path, message: impl Into<String>, hint: impl Into<String>) -> Problems {
        Problems::new(path, vec![Problem::new(Place::Whole, message).hint(hint)])
    }

    /// Succeeds if nothing is wrong.
    ///
    /// # Errors
    /// The problems, if there are any.
    pub fn none_or(path: &Path, list: Vec<Problem>) -> Result<(), Problems> {
        if list.is_empty() { Ok(()) } else { Err(Problems::new(path, list)) }
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    /// One line for each problem: `FILE, line N: what is wrong; what to do`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = lines(&self.path, &self.list);
        for (index, line) in lines.enumerate() {
            let separator = if index > 0 { "\n" } else { "" };
            write!(f, "{separator}{line}")?;
        }
        Ok(())
    }
}

/// A line for each of the first [`SHOWN`] problems of a file, and one that counts the others.
pub fn lines<'a>(path: &'a Path, list: &'a [Problem]) -> impl Iterator<Item = String> + 'a {
    let shown = if list.len() > SHOWN + 1 { SHOWN } else { list.len() };
    let more = (list.len() > shown).then(|| format!("{}: {} more like these", path.display(), list.len() - shown));
    list[..shown].iter().map(|problem| format!("{}{}: {problem}", path.display(), problem.place)).chain(more)
}

/// `line 7`, `lines 7 and 9`, `lines 7, 9 and 12 more`: the first ten are named.
pub fn numbered(lines: &[usize]) -> String {
    const NAMED: usize = 10;
    let mut named: Vec<String> = lines.iter().take(NAMED).map(usize::to_string).collect();
    let last = match lines.len() - named.len() {
        0 => named.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    if named.is_empty() { format!("line {last}") } else { format!("lines {} and {last}", named.join(", ")) }
}

/// Merges problems that are the same on several lines into the first, which names the other lines.
pub fn merged<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> Vec<Problem> {
    let list: Vec<&Problem> = problems.into_iter().collect();
    let mut lines: HashMap<(&str, Option<&str>), Vec<usize>> = HashMap::new();
    for problem in &list {
        if let Place::Line(line) = problem.place {
            lines.entry((&problem.message, problem.hint.as_deref())).or_default().push(line);
        }
    }
    let mut groups = vec![];
    for problem in &list {
        match (&problem.place, lines.get(&(problem.message.as_str(), problem.hint.as_deref()))) {
            (Place::Line(line), Some(all)) if all.len() > 1 => {
                if all[0] == *line {
                    let message = format!("{} (also {})", problem.message, numbered(&all[1..]));
                    groups.push(Problem { message, ..(*problem).clone() });
                }
            }
            _ => groups.push((*problem).clone()),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_come_in_the_order_of_the_file_and_the_many_are_counted() {
        let list: Vec<Problem> = (1..=500).rev().map(|line| Problem::new(Place::Line(line), "wrong")).collect();
        let text = Problems::new(Path::new("f"), list).to_string();
        assert_eq!(text.lines().count(), SHOWN + 1);
        assert!(text.starts_with("f, line 1: wrong\nf, line 2: wrong\n"), "{text}");
        assert!(text.ends_with("f: 480 more like these"), "{text}");
    }

    #[test]
    fn the_same_on_several_lines_becomes_one() {
        let odd = |line: usize| Problem::new(Place::Line(line), "odd");
        let list = [odd(3), Problem::new(Place::Line(4), "wrong"), odd(5), Problem::new(Place::Whole, "odd")];
        let texts: Vec<String> =
            merged(&list).iter().map(|problem| format!("{}: {}", problem.place, problem.message)).collect();
        assert_eq!(texts, [", line 3: odd (also line 5)", ", line 4: wrong", ": odd"]);
        let many: Vec<Problem> = (1..=100).map(odd).collect();
        assert_eq!(merged(&many)[0].message, "odd (also lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 89 more)");
        assert_eq!(merged(&many).len(), 1);
    }

    #[test]
    fn one_problem_more_than_the_cap_is_shown_itself() {
        let list = vec![Problem::new(Place::Whole, "wrong").hint("mend it"); SHOWN + 1];
        let text = Problems::new(Path::new("f"), list).to_string();
        assert!(text.ends_with("f: wrong; mend it"), "{text}");
    }
}
