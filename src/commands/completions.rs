use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::commands::context::Context;
use crate::error::{Error, Result};

/// The environment variable by which the script of a shell asks what can be typed next.
pub const ASKING: &str = "ANON_COMPLETE";

/// Write completions for a shell
///
/// With them, the Tab key completes commands, options and file names, the names of your servers, the job ids of the batch, the options
/// of a mapping and its pseudonyms. Save them where your shell looks for completions, and open a new terminal.
#[derive(Args)]
#[command(after_help = "Examples:
  anon completions bash > ~/.local/share/bash-completion/completions/anon
  anon completions zsh > ~/.zfunc/_anon
  anon completions fish > ~/.config/fish/completions/anon.fish
  anon completions powershell --quiet | Out-String | Invoke-Expression")]
pub struct Completions {
    /// Shell to write completions for
    shell: Shell,
}

impl Completions {
    pub fn run(self, context: &Context) -> Result<()> {
        let unknown = || Error::refused(format!("completions for {} are not available", self.shell), "");
        let shells = Shells::builtins();
        let shell = shells.completer(&self.shell.to_string()).ok_or_else(unknown)?;
        let mut script = vec![];
        // Wherever the program is, a shell finds it in its PATH.
        let written = shell.write_registration(ASKING, "anon", "anon", "anon", &mut script);
        written.map_err(|error| Error::refused(format!("cannot generate the completions: {error}"), ""))?;
        let script = String::from_utf8_lossy(&script);
        context.console.print_document(&mended(self.shell, script.trim_end()));
        context.console.note(place(self.shell));
        Ok(())
    }
}

/// A script with additions that it needs.
fn mended(shell: Shell, script: &str) -> String {
    match shell {
        // zsh runs the file itself when it completes the first time.
        Shell::Zsh => format!("{script}\n[[ $funcstack[1] == _anon ]] && _clap_dynamic_completer_anon \"$@\"\n"),
        // An empty word tells that a new one begins. Before 7.3, PowerShell passes none on to a program.
        Shell::PowerShell => script.replace(EMPTY_WORD, EMPTY_WORD_FOR_ALL) + "\n",
        _ => format!("{script}\n"),
    }
}

/// How the script for PowerShell adds an empty word.
const EMPTY_WORD: &str = r#"$args += " ''";"#;

/// The same, for each version: the older ones pass these quotes on as they are, and the program takes them for an empty word.
const EMPTY_WORD_FOR_ALL: &str = r#"if ($PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
            $args += " '""""'";
        } else {
            $args += " ''";
        }"#;

/// Where the script goes.
fn place(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => "Save it as ~/.local/share/bash-completion/completions/anon, and open a new terminal",
        Shell::Zsh => {
            "Save it as _anon in a folder of $fpath, such as ~/.zfunc (with 'fpath+=~/.zfunc' before 'compinit' in ~/.zshrc), \
             and open a new terminal"
        }
        Shell::Fish => "Save it as ~/.config/fish/completions/anon.fish, and open a new terminal",
        Shell::PowerShell => {
            "Add the line 'anon completions powershell --quiet | Out-String | Invoke-Expression' to your profile \
             ('notepad $PROFILE' opens that), and open a new terminal"
        }
        Shell::Elvish => "Add it to ~/.config/elvish/rc.elv, and open a new terminal",
        _ => "Save it where your shell looks for completions, and open a new terminal",
    }
}
