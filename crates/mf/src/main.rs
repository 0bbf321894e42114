//! The command line of mf. Every subcommand is one file of `commands`, every stage kind one file of `stages`.

mod code;
mod commands;
mod documents;
mod failure;
mod families;
mod formats;
mod interrupt;
mod project;
mod stages;
mod terminal;
mod verdicts;

use std::process::ExitCode;

use clap::Parser;

/// Reproduces, checks and extends "A Mean Field Theory of Quantized Deep Networks: The Quantization-Depth Trade-Off"
/// (Blumenfeld, Gilboa, Soudry, NeurIPS 2019).
///
/// Everything that is computed, drawn and claimed is declared in pipeline.toml. Begin with `mf reproduce`; then
/// `mf explain figure-2` says where a figure comes from, and `mf depth --format int4` how deep a number format carries.
#[derive(Debug, Parser)]
#[command(name = "mf", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    project: project::Arguments,
    #[command(subcommand)]
    command: commands::Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 all is well; 1 a stage failed, a claim does not hold, or `status --exit-code` found work to do;
2 the command line, pipeline.toml or the cache is at fault;
130 it was stopped by Ctrl-C or SIGTERM: what was finished is kept, and the same command goes on from there.";

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.run(&cli.project) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            terminal::note(failure::render(&error));
            ExitCode::from(failure::status(&error))
        }
    }
}
