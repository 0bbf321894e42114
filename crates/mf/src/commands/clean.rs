//! `mf clean`: removes what a run made.

use clap::Args;
use mf_pipeline::Clean;

use super::Outcome;
use crate::project;
use crate::terminal::show;

/// Arguments of `mf clean`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    what: What,
    /// Only list what would be removed
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    project: project::Profiled,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to remove. Each also removes temporary files that are older than an hour.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Remove damaged cache entries; the next run makes them again
    #[arg(long)]
    damaged: bool,
    /// Remove results from the cache that no profile of the file uses any more, and those in the format of another version
    /// of mf; finished cells stay, because only a run knows which of them it uses
    #[arg(long)]
    unused: bool,
    /// Remove the results of stages from the cache; published tables and figures and finished cells stay
    #[arg(long)]
    cache: bool,
    /// Remove the finished cells of stages under all profiles, which may have taken days; results of stages stay
    #[arg(long)]
    cells: bool,
    /// Remove the published tables and figures; `mf run` restores them from the cache
    #[arg(long)]
    outputs: bool,
    /// Remove files that no stage or figure makes any more, for example after a stage was renamed: NAME/TABLE.csv, .parquet
    /// and .json in the folder of tables, FIGURE.svg, .png and .json in that of figures; look first with --dry-run
    #[arg(long)]
    orphans: bool,
}

impl What {
    /// What the engine removes; none for `--unused`, which is about all profiles.
    fn of_one_profile(&self) -> Option<Clean> {
        let asked = [
            (self.damaged, Clean::Damaged),
            (self.cache, Clean::Cache),
            (self.cells, Clean::Cells),
            (self.outputs, Clean::Outputs),
            (self.orphans, Clean::Orphans),
        ];
        let asked = asked.into_iter().find(|(asked, _)| *asked);
        asked.map(|(_, what)| what)
    }
}

impl Arguments {
    /// Removes, and says what.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.load()?;
        let cleaned = match self.what.of_one_profile() {
            Some(what) => pipeline.clean(what, self.dry_run)?,
            None => {
                let profiles = pipeline.profiles().iter();
                let profiles = profiles.map(|profile| self.project.load_under(profile));
                pipeline.clean_unused(&profiles.collect::<Result<Vec<_>, _>>()?, self.dry_run)?
            }
        };
        let (did, done) = match self.dry_run {
            true => ("would remove", "would be removed"),
            false => ("removed", "removed"),
        };
        show(self.json, &cleaned, || {
            let paths = cleaned
                .removed
                .iter()
                .map(|path| format!("{did} {}\n", path.display()));
            format!(
                "{}{} files {done}",
                paths.collect::<String>(),
                cleaned.removed.len()
            )
        })?;
        Ok(Outcome::Good)
    }
}
