//! The command line of mf. Every subcommand is one file of `commands`, every stage kind one file of `stages`.

mod code;
mod commands;
mod documents;
mod failure;
mod families;
mod formats;
mod interrupt;
mod names;
mod project;
mod stages;
mod terminal;
mod verdicts;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

/// Reproduces, checks and extends "A Mean Field Theory of Quantized Deep Networks: The Quantization-Depth Trade-Off"
/// (Blumenfeld, Gilboa, Soudry, NeurIPS 2019).
///
/// To train with a number format: `mf depth int4` prints how deep a network can be, `mf init int4 --fan-in 4096` how to
/// start it. To check the paper: `mf reproduce` makes every table and figure that pipeline.toml declares, and compares the
/// paper's numbers with them. To begin with a project: `mf new my-project`.
#[derive(Debug, Parser)]
#[command(name = "mf", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 all is well; 1 a stage failed, a claim fails or has no result, `mf diff` found a change, or `mf status --exit-code` \
found work to do; 2 the command line, pipeline.toml or the cache has an error; 130 stopped by Ctrl-C or SIGTERM: finished \
work is kept, and the same command goes on from there.

NO_COLOR turns colours off. With --json a command prints one JSON value on standard output; an error then is \
{\"error\": {\"message\": ..., \"because\": [...]}, \"status\": 2}, with \"file\" and \"problems\" for pipeline.toml, and \"usage\" \
for the command line.";

fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(Cli::command).complete();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::report_usage(error).into(),
    };
    match cli.command.run() {
        Ok(outcome) => outcome.into(),
        Err(error) => failure::report(&error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_every_command_fit_together() {
        Cli::command().debug_assert();
    }
}
