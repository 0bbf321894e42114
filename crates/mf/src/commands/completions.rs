//! `mf completions`: completions for a shell.

use anyhow::anyhow;
use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use super::Outcome;
use crate::terminal::say_raw;

/// Arguments of `mf completions`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

const HELP: &str = "\
To have commands, options, and the names of stages, figures, formats and
quantizers completed, put this line into the file that the shell reads first:
  bash   source <(mf completions bash)          ~/.bashrc
  zsh    source <(mf completions zsh)           ~/.zshrc, after compinit
  fish   mf completions fish | source           ~/.config/fish/config.fish
  elvish eval (mf completions elvish | slurp)   ~/.elvish/rc.elv";

impl Arguments {
    /// Prints the script that a shell runs to complete by calling mf.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let name = self.shell.to_string();
        let shell = Shells::builtins();
        let shell = shell
            .completer(&name)
            .ok_or_else(|| anyhow!("there are no completions for {name}"))?;
        let mut script = Vec::new();
        shell.write_registration("COMPLETE", "mf", "mf", "mf", &mut script)?;
        say_raw(&String::from_utf8(script)?);
        Ok(Outcome::Good)
    }
}
