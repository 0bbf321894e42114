//! `mf clean`: removes what a run made.

use clap::Args;
use mf_pipeline::Clean;

use super::Outcome;
use crate::project;
use crate::terminal::say;

/// Arguments of `mf clean`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// Remove damaged cache entries; the next run makes them anew
    #[arg(long)]
    damaged: bool,
    /// Remove the results of stages; published tables and figures stay, and so do finished cells
    #[arg(long)]
    cache: bool,
    /// Remove the finished cells of stages, which may have taken days; results made of them stay
    #[arg(long)]
    cells: bool,
    /// Remove the published tables and figures; `mf run` restores them from the cache
    #[arg(long)]
    outputs: bool,
}

impl Arguments {
    /// Removes, and says what.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let what = match (self.damaged, self.cache, self.cells) {
            (true, ..) => Clean::Damaged,
            (_, true, _) => Clean::Cache,
            (.., true) => Clean::Cells,
            _ => Clean::Outputs,
        };
        let cleaned = project.load()?.clean(what)?;
        for path in &cleaned.removed {
            say(format!("removed {}", path.display()));
        }
        say(format!("{} files removed", cleaned.removed.len()));
        Ok(Outcome::Good)
    }
}
