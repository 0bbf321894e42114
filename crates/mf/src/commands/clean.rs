//! `mf clean`: removes what a run made.

use clap::Args;
use mf_pipeline::Clean;

use super::Outcome;
use crate::project;
use crate::terminal::say;

/// Arguments of `mf clean`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    what: What,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

/// What to remove. Each also removes the temporary files of writes that were ended more than an hour ago.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Remove damaged cache entries; the next run makes them anew
    #[arg(long)]
    damaged: bool,
    /// Remove results from the cache that no profile of the file reaches as it stands, and those that another version of mf
    /// wrote in another format; finished cells stay, as only a run knows which of them it uses
    #[arg(long)]
    unused: bool,
    /// Remove the results of stages; published tables and figures stay, and so do finished cells
    #[arg(long)]
    cache: bool,
    /// Remove the finished cells of stages, under whatever profile, which may have taken days; results made of them stay
    #[arg(long)]
    cells: bool,
    /// Remove the published tables and figures; `mf run` restores them from the cache
    #[arg(long)]
    outputs: bool,
    /// Remove files that no stage or figure makes, such as those of a stage that was renamed: NAME/TABLE.csv, .parquet and
    /// .json in the folder of tables, FIGURE.svg, .png and .json in that of figures; look first with --dry-run
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
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        let cleaned = match self.what.of_one_profile() {
            Some(what) => pipeline.clean(what, self.dry_run)?,
            None => {
                let profiles = pipeline.profiles().iter();
                let profiles = profiles.map(|profile| project.load_under(profile));
                pipeline.clean_unused(&profiles.collect::<Result<Vec<_>, _>>()?, self.dry_run)?
            }
        };
        let (did, done) = match self.dry_run {
            true => ("would remove", "would be removed"),
            false => ("removed", "removed"),
        };
        for path in &cleaned.removed {
            say(format!("{did} {}", path.display()));
        }
        say(format!("{} files {done}", cleaned.removed.len()));
        Ok(Outcome::Good)
    }
}
