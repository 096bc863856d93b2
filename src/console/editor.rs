use std::path::Path;
use std::process::Command;

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
                format!("no program could be started for '{}': {}", path.display(), crate::error::plain(&error)),
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
    match Command::new(program).args(arguments).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::refused(format!("the editor '{program}' ({variable}) ended with {status}"), "")),
        Err(error) => {
            let why = crate::error::plain(&error);
            Err(Error::refused(format!("the editor '{program}' that {variable} names cannot be started: {why}"), hint))
        }
    }
}

fn words(command: &str) -> Vec<String> {
    // A bare path with spaces, as Windows users set it.
    if Path::new(command).is_file() {
        return vec![command.to_owned()];
    }
    let mut words = vec![];
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
    use super::words;

    #[test]
    fn editors_with_arguments_and_spaces() {
        assert_eq!(words("code --wait"), ["code", "--wait"]);
        assert_eq!(
            words(r#""C:\Program Files\Notepad++\notepad++.exe" -multiInst"#),
            [r"C:\Program Files\Notepad++\notepad++.exe", "-multiInst"]
        );
    }
}
