//! `mf man`: the manual, from the texts of `--help`.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use mf_data::files;

use super::Outcome;
use crate::Cli;
use crate::terminal::{say, say_raw};

/// Arguments of `mf man`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Write a page for every command into this folder, instead of printing that of mf
    #[arg(long, value_name = "DIR", conflicts_with = "markdown")]
    folder: Option<PathBuf>,
    /// Print the help of all commands as one page of Markdown
    #[arg(long)]
    markdown: bool,
}

const HELP: &str = "\
Examples:
  mf man | man -l -                            read it now
  mf man --folder ~/.local/share/man/man1      then: man mf, man mf-depth";

/// Columns of the page in Markdown, whatever the terminal has.
const WIDTH: usize = 90;

impl Arguments {
    /// Prints or writes the manual.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let mut mf = Cli::command()
            .disable_help_subcommand(true)
            .term_width(WIDTH);
        mf.build();
        if self.markdown {
            say_raw(&markdown(&mut mf));
        } else if let Some(folder) = &self.folder {
            let pages = pages(&mf);
            files::create_folder(folder)?;
            for (name, page) in &pages {
                files::write_atomic(&folder.join(name), page)?;
            }
            say(format!("{} pages in {}", pages.len(), folder.display()));
        } else {
            say_raw(&String::from_utf8(page(&mf))?);
        }
        Ok(Outcome::Good)
    }
}

/// The pages of a command and of its subcommands, by their file names.
fn pages(command: &Command) -> Vec<(String, Vec<u8>)> {
    let own = (Man::new(command.clone()).get_filename(), page(command));
    std::iter::once(own)
        .chain(command.get_subcommands().flat_map(pages))
        .collect()
}

fn page(command: &Command) -> Vec<u8> {
    let mut page = Vec::new();
    // Writing into memory does not fail.
    let _ = Man::new(command.clone()).render(&mut page);
    page
}

/// The help of every command under a heading.
fn markdown(mf: &mut Command) -> String {
    let mut text = String::from(
        "# Commands\n\nThe help texts of `mf`. This page is printed by `mf man --markdown`; a test compares it.\n",
    );
    section(mf, &mut text);
    text
}

fn section(command: &mut Command, text: &mut String) {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.trim().lines().map(str::trim_end).collect();
    *text += &format!("\n## {name}\n\n```text\n{}\n```\n", lines.join("\n"));
    for subcommand in command.get_subcommands_mut() {
        section(subcommand, text);
    }
}
