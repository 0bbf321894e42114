//! `mf export`: the work as another program's input.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use mf_data::files;
use mf_pipeline::Snakefile;
use serde_json::json;

use super::Outcome;
use super::number::positive;
use crate::project::Checked;
use crate::terminal::show;

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
    /// The least time of a job, by estimate; short cells share a job
    #[arg(long, value_name = "MINUTES", default_value = "10", allow_negative_numbers = true, value_parser = positive)]
    group_minutes: f64,
    #[command(flatten)]
    project: Checked,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Writes the file, and says how to go on.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let Format::Snakemake(snakemake) = &self.format;
        snakemake.run()
    }
}

impl Snakemake {
    fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        let beside = || pipeline.root().join("Snakefile");
        let path = self.out.clone().unwrap_or_else(beside);
        let is_there = files::file_type(&path)?.is_some();
        if is_there && !files::read(&path)?.starts_with(Snakefile::HEAD.as_bytes()) {
            bail!(
                "{} exists, and `mf export snakemake` did not write it: move it away, or give another name with --out",
                path.display()
            );
        }
        let snakefile = pipeline.snakemake(60.0 * self.group_minutes)?;
        files::write_atomic(&path, snakefile.text.as_bytes())?;
        let written = json!({ "path": path, "cells": snakefile.cells, "jobs": snakefile.jobs });
        show(self.json, &written, || {
            format!(
                "{}: {} cells in {} jobs; run `snakemake -s {0} --cores 8` in the folder of pipeline.toml",
                path.display(),
                snakefile.cells,
                snakefile.jobs
            )
        })?;
        Ok(Outcome::Good)
    }
}
