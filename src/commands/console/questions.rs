//! Questions: on stderr, answered on stdin, or by `--yes`.

use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal};
use std::sync::atomic::Ordering;

use super::visible::line;
use super::{Console, stdin, visible};
use crate::error::{Error, Result};

impl Console {
    /// Whether a person reads what is printed before a question, and then answers it.
    pub fn is_answered_by_a_person() -> bool {
        io::stdin().is_terminal()
    }

    /// Asks a question until it is answered with yes or no, which is the default. Returns whether it is to go on.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] at the end of the input.
    pub fn confirm(&self, question: impl Display) -> Result<bool> {
        loop {
            if self.wishes.assume_yes {
                self.note(format_args!("{} [y/N]: y", line(&question.to_string())));
                return Ok(true);
            }
            let answer = self.answer_to(&format!("{} [y/N]: ", line(&question.to_string())))?;
            match answer.trim().to_lowercase().as_str() {
                "y" | "yes" => return Ok(true),
                "n" | "no" | "" => return Ok(false),
                _ => self.note("please answer y or n"),
            }
        }
    }

    /// Asks for a value; an empty answer keeps the one in brackets.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] at the end of the input.
    pub fn ask(&self, question: &str, current: &str) -> Result<String> {
        if self.wishes.assume_yes {
            self.note(format_args!("{question} [{}]: ", visible(current)));
            return Ok(current.to_owned());
        }
        let answer = self.answer_to(&format!("{question} [{}]: ", visible(current)))?;
        let answer = answer.trim();
        Ok(if answer.is_empty() { current } else { answer }.to_owned())
    }

    /// Asks for what only a person can know. `None` if nobody answers: at the end of the input, or when every question is
    /// answered with yes.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub fn ask_person(&self, question: impl Display) -> Result<Option<String>> {
        if self.wishes.assume_yes {
            return Ok(None);
        }
        match self.answer_to(&format!("{}: ", visible(&question.to_string()))) {
            Ok(answer) => Ok(Some(answer.trim().to_owned())),
            Err(Error::NoAnswer) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One line of stdin, whether that is a terminal or a pipe. If stderr is one object, a question is shown only to a person, or else
    /// listed among what went wrong if nobody answers it.
    fn answer_to(&self, question: &str) -> Result<String> {
        let is_shown = !self.is_one_object() || Console::is_answered_by_a_person();
        if is_shown {
            self.write_err(question);
        }
        let answer = self.read_line();
        match &answer {
            // Typed answers are visible on the terminal; an answer from a pipe is not.
            Ok(line) if is_shown && !Console::is_answered_by_a_person() => {
                self.write_err(&format!("{}\n", visible(line.trim_end())));
            }
            Ok(_) => {}
            Err(_) if is_shown => self.write_err("\n"),
            Err(_) => self.warn(question),
        }
        answer
    }

    fn read_line(&self) -> Result<String> {
        if self.list_is_read.load(Ordering::SeqCst) {
            let message = "the list is on standard input, so the question cannot be answered: nothing was done";
            return Err(Error::refused(message, "answer it with '--yes'"));
        }
        let mut bytes = vec![];
        let read = io::stdin().lock().read_until(b'\n', &mut bytes);
        if read.map_err(Error::io("read", stdin()))? == 0 { Err(Error::NoAnswer) } else { Ok(typed(&bytes)) }
    }
}

/// A line of input without byte order marks, and decoded if it is UTF-16, as piped by PowerShell.
fn typed(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xff\xfe").unwrap_or(bytes));
    text.trim_start_matches('\u{feff}').replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn byte_order_marks_are_not_part_of_an_answer() {
        for bytes in [&b"y\n"[..], b"\xef\xbb\xbfy\r\n", b"\xff\xfey\0\r\0\n", b"\0y\0\r\0\n"] {
            assert_eq!(typed(bytes).trim(), "y", "{bytes:?}");
        }
        assert_eq!(typed("patiënt\n".as_bytes()), "patiënt\n");
    }
}
