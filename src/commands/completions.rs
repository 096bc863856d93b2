use clap::{Args, Command};
use clap_complete::Shell;

use crate::commands::context::Context;
use crate::error::Result;

/// Write completions for a shell
///
/// With them, the Tab key completes commands, options and file names. Save them to where your shell looks for completions, and
/// open a new terminal.
#[derive(Args)]
#[command(after_help = "Examples:
  anon completions bash > ~/.local/share/bash-completion/completions/anon
  anon completions zsh > ~/.zfunc/_anon
  anon completions fish > ~/.config/fish/completions/anon.fish
  anon completions powershell >> $PROFILE")]
pub struct Completions {
    /// Shell to write completions for
    shell: Shell,
}

impl Completions {
    pub fn run(self, context: &Context, mut tree: Command) -> Result<()> {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut tree, "anon", &mut script);
        context.console.print_lines(String::from_utf8_lossy(&script).trim_end());
        Ok(())
    }
}
