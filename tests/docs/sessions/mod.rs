//! What pages show of sessions is what really happens.
//!
//! A block whose language is `console` is a session: each `$ anon …` is run, and what follows it is what it prints, both streams as
//! they come. Of a line `…` it may print anything in that place. `$ cd FOLDER` and `$ export NAME=VALUE` work, too. A comment before a block prepares what the reader is told in words:
//!
//! | `<!-- session: … -->` | |
//! |---|---|
//! | `practice` | a new home folder, `/home/jane`, in which the sandbox was started: the practice folder is `anon-sandbox` |
//! | `new` | a new home folder without settings, and a new server |
//! | `connected` | the same, with that server in the settings |
//! | `write FILE` | the next block is the content of a file |
//! | `shows FILE` | the next block has to be the content of a file |
//! | `lists FOLDER` | the next block has to be the files of a folder |
//! | `guide` | the next block has to be the commands that the sandbox prints |
//! | `pass STEPS` | time passes on the server: a job takes four steps, and waits at most one before |
//!
//! A page that is followed from its first line to its last has one `practice`, and needs little else.

mod pictures;
mod varying;
mod world;

use super::markdown::blocks;
use super::{compare, pages, root, text_of};
use varying::keep_what_fits;
use world::{Start, World};

#[test]
fn print_what_the_pages_say() {
    let mut sessions = 0;
    for page in pages() {
        let text = text_of(&page);
        let replayed = replay(&text, &mut sessions);
        compare(&page, &replayed);
    }
    assert!(sessions > 10, "only {sessions} sessions were found");
}

/// A page that one follows has nothing in it that only the test does: whoever begins with the practice folder gets as far.
#[test]
fn what_is_to_be_followed_needs_nothing_but_the_practice_folder() {
    for page in ["README.md", "docs/sandbox.md", "docs/session.md", "docs/tutorial-pacs.md", "docs/tutorial-share.md"] {
        let text = text_of(&root().join(page));
        let mut steps = text.lines().filter_map(step);
        assert_eq!(steps.next(), Some("practice"), "{page}");
        let hidden: Vec<&str> = steps.filter(|step| !LOOKING.iter().any(|looking| step.starts_with(looking))).collect();
        assert_eq!(hidden, [""; 0], "{page}");
    }
}

/// What the steps begin with that only look, or wait.
const LOOKING: [&str; 4] = ["shows ", "lists ", "guide", "pass "];

/// What a comment tells the test to do.
fn step(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- session: ")?.strip_suffix(" -->")
}

/// The page with the output that its sessions really have.
fn replay(text: &str, sessions: &mut usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut world = None;
    let mut out: Vec<String> = vec![];
    let mut next = 0;
    let mut shown = None;
    for block in blocks(text) {
        for line in &lines[next..block.first] {
            if let Some(step) = step(line) {
                shown = prepare(&mut world, step, &block.lines).or(shown);
            }
            out.push((*line).to_owned());
        }
        next = block.first + block.lines.len();
        if let Some(content) = shown.take() {
            out.extend(keep_what_fits(&block.lines, &content));
        } else if block.language == "console" {
            *sessions += 1;
            let world = world.as_mut().expect("'<!-- session: practice -->' comes before a session");
            out.extend(world.run(&block.lines));
        } else {
            out.extend(block.lines.iter().map(|line| (*line).to_owned()));
        }
    }
    out.extend(lines[next..].iter().map(|line| (*line).to_owned()));
    out.join("\n") + "\n"
}

/// Does what a comment says. Returns what the next block has to be, if that is what it says.
fn prepare(world: &mut Option<World>, step: &str, next_block: &[&str]) -> Option<String> {
    let words: Vec<&str> = step.splitn(2, ' ').collect();
    let start = match words[..] {
        ["practice"] => Some(Start::Practice),
        ["new"] => Some(Start::New),
        ["connected"] => Some(Start::Connected),
        _ => None,
    };
    if let Some(start) = start {
        *world = Some(World::new(start));
        return None;
    }
    let world = world.as_mut().expect("'<!-- session: practice -->' comes first");
    match words[..] {
        ["write", file] => world.write(file, &(next_block.join("\n") + "\n")),
        ["shows", file] => return Some(world.content(file)),
        ["lists", folder] => return Some(world.files(folder)),
        ["guide"] => return Some(world.guide()),
        ["pass", steps] => world.pass(steps.parse().unwrap()),
        _ => panic!("unknown step: {step}"),
    }
    None
}
