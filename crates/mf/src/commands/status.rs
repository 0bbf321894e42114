//! `mf status`: is everything up to date?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use mf_pipeline::Selection;

use super::{Outcome, plan};
use crate::project::Checked;
use crate::terminal::say;

/// Arguments of `mf status`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Exit with status 1 if a run would do anything; orphans, which a run leaves alone, do not count
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    project: Checked,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Prints what is not up to date, and how many published files nothing makes any more.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        let pipeline = self.project.open(&[])?;
        let plan = pipeline.plan(&Selection::default())?;
        let orphans = pipeline.orphans()?;
        if self.json {
            let names: Vec<&str> = plan
                .nodes
                .iter()
                .filter(|n| !n.is_done())
                .map(|n| n.name.as_str())
                .collect();
            let status = serde_json::json!({ "profile": plan.profile, "fresh": plan.is_fresh(), "not_fresh": names, "orphans": orphans });
            say(serde_json::to_string_pretty(&status)?);
        } else {
            for node in plan.nodes.iter().filter(|node| !node.is_done()) {
                let (verdict, why) = plan::verdict(node);
                say(format!("{verdict:<8} {}  {why}", node.name));
            }
            for (folder, files) in by_folder(&orphans) {
                say(format!(
                    "{:<8} {}  {files} files that nothing makes any more: see `mf clean --orphans --dry-run`",
                    "orphans",
                    folder.display(),
                ));
            }
            say(plan::summary(&plan));
        }
        Ok(Outcome::from(plan.is_fresh() || !self.exit_code))
    }
}

/// The number of these files in each folder.
fn by_folder(files: &[PathBuf]) -> BTreeMap<&Path, usize> {
    let mut folders = BTreeMap::new();
    for folder in files.iter().filter_map(|file| file.parent()) {
        *folders.entry(folder).or_default() += 1;
    }
    folders
}
