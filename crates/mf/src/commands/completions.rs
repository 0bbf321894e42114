//! `mf completions`: completions for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Outcome;
use crate::Cli;
use crate::terminal::say_raw;

/// Arguments of `mf completions`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell; for bash: `mf completions bash > ~/.local/share/bash-completion/completions/mf`
    shell: Shell,
}

impl Arguments {
    /// Prints the completions.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "mf", &mut script);
        say_raw(&String::from_utf8(script)?);
        Ok(Outcome::Good)
    }
}
