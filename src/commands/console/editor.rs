use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::error::{Error, Result};

/// Opens a file for the user: in `$VISUAL` or `$EDITOR` if set (and waits until it is closed), otherwise in the program that the
/// desktop has for such files.
///
/// # Errors
/// When the editor cannot be started, or there is none.
pub fn open_in_editor(path: &Path) -> Result<()> {
    let chosen = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()).map(|value| (*name, value)));
    match chosen {
        Some((variable, command)) => run(variable, &command, path),
        None => open::that_detached(path).map_err(|error| {
            Error::refused(
                format!("no program could be started for '{}': {}", path.display(), crate::text::plain(&error)),
                "open the file yourself, or name an editor in the environment variable EDITOR",
            )
        }),
    }
}

/// The variable may hold arguments too (`code --wait`); a program whose path has spaces stands in quotes.
fn run(variable: &str, command: &str, path: &Path) -> Result<()> {
    let words = words(command);
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let hint = "correct the variable, or unset it to use the desktop's own program";
    match wait_for(program, arguments, path) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::refused(format!("the editor '{program}' ({variable}) ended with {status}"), "")),
        Err(error) => {
            let why = crate::text::plain(&error);
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
    fn an_editor_that_is_not_there_is_named() {
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
