//! `mf export`: the work as another program's input.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use mf_data::files;
use mf_pipeline::Snakefile;

use super::Outcome;
use super::number::positive;
use crate::project;
use crate::terminal::say;

/// Arguments of `mf export`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// Write a Snakefile that computes the cells that are not kept, then runs the pipeline (docs/clusters.md)
    Snakemake(Snakemake),
}

#[derive(Debug, Args)]
struct Snakemake {
    /// The file to write [default: Snakefile, beside pipeline.toml]
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Jobs take about so many minutes or more, by estimate
    #[arg(long, value_name = "MINUTES", default_value = "10", allow_negative_numbers = true, value_parser = positive)]
    group_minutes: f64,
}

impl Arguments {
    /// Writes the file, and says how to go on.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let Format::Snakemake(snakemake) = &self.format;
        snakemake.run(project)
    }
}

impl Snakemake {
    fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.open(&[])?;
        let beside = || pipeline.root().join("Snakefile");
        let path = self.out.clone().unwrap_or_else(beside);
        let is_there = files::file_type(&path)?.is_some();
        if is_there && !files::read(&path)?.starts_with(Snakefile::HEAD.as_bytes()) {
            bail!(
                "{} is there, and `mf export snakemake` did not write it: move it away, or give another name with --out",
                path.display()
            );
        }
        let snakefile = pipeline.snakemake(60.0 * self.group_minutes)?;
        files::write_atomic(&path, snakefile.text.as_bytes())?;
        say(format!(
            "{}: {} cells in {} jobs; run `snakemake -s {0} --cores 8` in the folder of pipeline.toml",
            path.display(),
            snakefile.cells,
            snakefile.jobs
        ));
        Ok(Outcome::Good)
    }
}
