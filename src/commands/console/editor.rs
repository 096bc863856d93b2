use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use super::Console;
use crate::error::{Error, Result};
use crate::storage::require_plain;
use crate::text::plain;

/// Whether the user is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editing {
    /// The editor was closed.
    Ended,
    /// It was only started.
    GoesOn,
}

/// Opens a file for the user, and says with what: with `$VISUAL` or `$EDITOR` if set, otherwise with the program that the desktop
/// has for such files, otherwise with an editor that is there.
///
/// # Errors
/// When the editor cannot be started, or there is none.
pub fn open_in_editor(console: &Console, path: &Path) -> Result<Editing> {
    // An editor waits for ever at a pipe that somebody has put there.
    require_plain(path)?;
    let named = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()).map(|value| (*name, value)));
    if let Some((variable, command)) = named {
        console.note(format_args!("Opening '{}' with '{command}' ({variable})", path.display()));
        return run(variable, &command, path);
    }
    let nowhere = || {
        io::Error::new(io::ErrorKind::NotFound, "this computer has neither a desktop nor an editor for the terminal")
    };
    let desktop = if has_desktop() { open::that_detached(path) } else { Err(nowhere()) };
    let Err(error) = desktop else {
        console.note(format_args!("Opened '{}' with the default program for such files", path.display()));
        return Ok(Editing::GoesOn);
    };
    if let Some((name, program)) = found_editor() {
        console.note(format_args!("Opening '{}' with {name}", path.display()));
        let ended = Command::new(program).arg(path).status();
        return ended.map(|_| Editing::Ended).map_err(|error| no_editor(path, &error));
    }
    Err(no_editor(path, &error))
}

/// Without a display, the desktop's opener would start a browser for terminals, or nothing.
fn has_desktop() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// An installed editor, by name and by path. Editors for terminals need one.
fn found_editor() -> Option<(&'static str, PathBuf)> {
    let candidates: &[&str] = match (cfg!(windows), io::stdin().is_terminal() && io::stdout().is_terminal()) {
        (true, _) => &["notepad.exe"],
        (false, true) => &["nano", "vi"],
        (false, false) => &[],
    };
    let folders = std::env::var_os("PATH")?;
    candidates.iter().find_map(|name| {
        let program = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())?;
        Some((*name, program))
    })
}

fn no_editor(path: &Path, error: &io::Error) -> Error {
    Error::refused(
        format!("cannot start a program for '{}': {}", path.display(), plain(error)),
        "open the file yourself, or name an editor in the environment variable EDITOR",
    )
}

/// The variable may hold arguments too (`code --wait`); a program whose path has spaces is quoted.
fn run(variable: &str, command: &str, path: &Path) -> Result<Editing> {
    let words = words(command);
    let Some((program, arguments)) = words.split_first() else { return Ok(Editing::Ended) };
    let hint = "correct the variable, or unset it to use the desktop's own program";
    match wait_for(program, arguments, path) {
        Ok(status) if status.success() => Ok(Editing::Ended),
        Ok(status) => Err(Error::refused(format!("the editor '{program}' ({variable}) ended with {status}"), "")),
        Err(error) => {
            let why = plain(&error);
            Err(Error::refused(format!("the editor '{program}' that {variable} names cannot be started: {why}"), hint))
        }
    }
}

fn wait_for(program: &str, arguments: &[String], path: &Path) -> io::Result<ExitStatus> {
    let run = |program: &str| Command::new(program).args(arguments).arg(path).status();
    match run(program) {
        // Windows finds only `.exe` by itself, and the `code` of Visual Studio Code is `code.cmd`.
        Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::NotFound => {
            let scripts = ["cmd", "bat"].map(|kind| format!("{program}.{kind}"));
            // One that is not there would be reported by the shell that runs scripts, in words of its own.
            let mut found =
                scripts.iter().filter(|script| !script.contains(['/', '\\']) || Path::new(script).is_file());
            found.find_map(|script| run(script).ok()).ok_or(error)
        }
        outcome => outcome,
    }
}

fn words(command: &str) -> Vec<String> {
    let mut words = vec![];
    // A path with spaces and without quotes, as Windows users set it.
    let mut ends = command.match_indices(' ').map(|(at, _)| at).chain([command.len()]);
    let bare = ends.find(|&end| Path::new(&command[..end]).is_file()).unwrap_or(0);
    words.extend(Some(command[..bare].to_owned()).filter(|word| !word.is_empty()));
    let command = &command[bare..];
    let mut word = String::new();
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()))
            }
            (_, c) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_with_arguments_and_spaces() {
        assert_eq!(words("code --wait"), ["code", "--wait"]);
        assert_eq!(
            words(r#""C:\Program Files\Notepad++\notepad++.exe" -multiInst"#),
            [r"C:\Program Files\Notepad++\notepad++.exe", "-multiInst"]
        );
    }

    #[test]
    fn a_path_with_spaces_needs_no_quotes() {
        let folder = tempfile::Builder::new().prefix("Program Files ").tempdir().unwrap();
        let program = folder.path().join("my editor.exe");
        std::fs::write(&program, "").unwrap();
        let program = program.to_str().unwrap();
        assert_eq!(words(program), [program]);
        assert_eq!(words(&format!("{program} -n 'a b'")), [program, "-n", "a b"]);
    }

    #[test]
    fn a_missing_editor_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        for editor in [format!("\"{}\" -n", missing.display()), "no-such-editor -n".to_owned()] {
            let error = run("EDITOR", &editor, &folder.path().join("a.txt")).unwrap_err().to_string();
            assert!(error.contains("that EDITOR names cannot be started"), "{error}");
        }
    }

    #[test]
    fn an_editor_that_is_a_script_is_found_without_its_extension() {
        let folder = tempfile::tempdir().unwrap();
        let editor = folder.path().join("code");
        let file = folder.path().join("a b.txt");
        let script = if cfg!(windows) {
            "@echo %~nx1> %~dp0out\r\n"
        } else {
            "#!/bin/sh\nbasename \"$1\" > \"$(dirname \"$0\")/out\"\n"
        };
        std::fs::write(if cfg!(windows) { editor.with_extension("cmd") } else { editor.clone() }, script).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        run("EDITOR", &format!("\"{}\"", editor.display()), &file).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("out")).unwrap().trim_end(), "a b.txt");
    }
}
