use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::storage::{self, Durability, Privacy};
use crate::text::counted;

/// Write the manual pages
///
/// One for each command. 'man anon' finds them in a folder 'man1' below one that 'manpath' lists.
#[derive(Args)]
#[command(after_help = "Examples:
  anon man ~/.local/share/man/man1
  anon man .")]
pub struct Man {
    /// Folder to write the pages to; created if missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub fn run(self, context: &Context, mut tree: Command) -> Result<()> {
        tree.build();
        storage::create_folder(&self.folder)?;
        let mut pages = vec![];
        collect(&tree, None, &mut pages);
        for (name, text) in &pages {
            let path = self.folder.join(name);
            let text = text.as_ref().map_err(|error| Error::io("write", &path)(error.kind().into()))?;
            storage::write(&path, text, Privacy::Shared, Durability::Later)?;
        }
        context.console.report(format_args!("Wrote {} to '{}'", counted(pages.len(), "page"), self.folder.display()));
        Ok(())
    }
}

/// The name and the text of the page of a command, and those of all commands below it.
fn collect(command: &Command, group: Option<&Command>, pages: &mut Vec<(String, std::io::Result<Vec<u8>>)>) {
    let page = Page::new(command.clone().subcommand_value_name("command").subcommand_help_heading("COMMANDS"))
        // An empty one would be left out, and what follows read in its place.
        .date(" ")
        .source(concat!("anon ", env!("CARGO_PKG_VERSION")))
        .manual("Manual of anon");
    pages.push((page.get_filename(), render(&page, command, group)));
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        collect(sub, Some(command), pages);
    }
}

fn render(page: &Page, command: &Command, group: Option<&Command>) -> std::io::Result<Vec<u8>> {
    let mut text = vec![];
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    let mut end = Roff::default();
    after_help(command, &mut end);
    if let Some(group) = group {
        end.control("SH", ["SEE ALSO"]);
        end.text([roman(format!("{}(1)", group.get_display_name().unwrap_or(group.get_name())))]);
    }
    end.to_writer(&mut text)?;
    Ok(text)
}

/// What the help ends with: titles such as `Examples:` become sections, whose indented lines stay lines.
fn after_help(command: &Command, page: &mut Roff) {
    let text = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string).unwrap_or_default();
    for line in text.lines() {
        match (line.strip_suffix(':'), line.strip_prefix("  ")) {
            (Some(title), None) => page.control("SH", [title.to_uppercase().as_str()]),
            (_, Some(line)) => page.control("nf", []).text([roman(line)]).control("fi", []),
            _ if line.trim().is_empty() => page.control("PP", []),
            _ => page.text([roman(line)]),
        };
    }
}
