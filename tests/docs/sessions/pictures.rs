//! Pictures of terminals, in docs/pictures: what the program really prints, in its colours.

use anstyle_svg::Term;

use super::varying::keep_what_fits;
use super::world::{Start, World};
use crate::{compare, root, text_of};

/// How wide the terminal is, in characters.
const WIDTH: usize = 100;

struct Picture {
    file: &'static str,
    /// What happens in the practice folder, in this order.
    steps: &'static [Step],
}

enum Step {
    /// Commands that are not in the picture.
    Before(&'static [&'static str]),
    /// A command, and the answers to its questions as sessions on pages have them.
    Shown(&'static [&'static str]),
    /// Time passes on the server: a job takes four steps.
    Pass(f64),
}

use Step::{Before, Pass, Shown};

const PICTURES: [Picture; 2] = [SESSION, CHECK];

const SESSION: Picture = Picture {
    file: "session.svg",
    steps: &[
        Before(&[
            "$ cd pacs_project",
            "$ anon map init",
            "$ anon map set project Wetenschap-Algemeen",
            "$ anon map set destination_path //server/share/myoutput",
        ]),
        Shown(&["$ anon map add-accession-numbers --input-file accession_numbers.xlsx"]),
        Shown(&["$ anon map check"]),
        Shown(&["$ anon create from-mapping", "Are you sure? [y/N]: y"]),
        Pass(5.0),
        Shown(&["$ anon batch status --patient-name"]),
    ],
};

const CHECK: Picture = Picture {
    file: "check.svg",
    steps: &[
        Before(&[
            "$ cd share/exercises",
            "$ anon map init",
            "$ anon map add-study-folders --input-file ../../exercises/folders.csv",
            "$ anon map set root_source_path //server/share/exercises",
            "$ anon map set project Wetenschap-Algemeen",
            "$ anon map set destination_path //server/share/anonymizeddata",
        ]),
        Shown(&["$ anon map check --files"]),
    ],
};

#[test]
fn pictures_show_what_the_program_prints() {
    for picture in &PICTURES {
        let path = root().join("docs/pictures").join(picture.file);
        let drawn = Term::new().render_svg(&terminal(picture.steps)) + "\n";
        let found = if path.exists() { text_of(&path) } else { String::new() };
        let told: Vec<&str> = found.lines().collect();
        compare(&path, &(keep_what_fits(&told, &drawn).join("\n") + "\n"));
    }
}

/// What the terminal shows, with the codes of its colours.
fn terminal(steps: &[Step]) -> String {
    let mut world = World::new(Start::Practice);
    world.run(&["$ cd anon-sandbox", "$ export ANON_SETTINGS=\"$PWD/settings.yml\""]);
    let mut shown = String::new();
    for step in steps {
        match step {
            Before(commands) => drop(world.run(commands)),
            Pass(steps) => world.pass(*steps),
            Shown(command) => {
                world.run(&["$ export CLICOLOR_FORCE=1"]);
                for line in world.run(command) {
                    let line = match line.strip_prefix("$ ") {
                        Some(command) => format!("\x1b[1;32m$\x1b[0m \x1b[1m{command}\x1b[0m"),
                        None => line,
                    };
                    shown.extend([folded(&line).as_str(), "\n"]);
                }
            }
        }
    }
    shown
}

/// A line cut where the terminal ends. The codes of colours take no room.
fn folded(line: &str) -> String {
    let mut folded = String::new();
    let (mut column, mut is_code) = (0, false);
    for c in line.chars() {
        is_code |= c == '\x1b';
        if !is_code {
            if column == WIDTH {
                folded.push('\n');
                column = 0;
            }
            column += 1;
        }
        folded.push(c);
        is_code &= c != 'm';
    }
    folded
}

#[test]
fn lines_end_where_the_terminal_ends() {
    let line = format!("\x1b[1m{}\x1b[0m{}", "a".repeat(WIDTH - 1), "bc");
    assert_eq!(folded(&line), format!("\x1b[1m{}\x1b[0mb\nc", "a".repeat(WIDTH - 1)));
}
