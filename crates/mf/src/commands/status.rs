//! `mf status`: is everything up to date?

use clap::Args;
use mf_pipeline::Selection;

use super::{Outcome, plan};
use crate::project;
use crate::terminal::say;

/// Arguments of `mf status`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Exit with status 1 if a run would do anything
    #[arg(long)]
    exit_code: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Prints what is not up to date.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let plan = project.open(&[])?.plan(&Selection::default())?;
        if self.json {
            let names: Vec<&str> = plan
                .nodes
                .iter()
                .filter(|n| !n.is_done())
                .map(|n| n.name.as_str())
                .collect();
            let status = serde_json::json!({ "profile": plan.profile, "fresh": plan.is_fresh(), "not_fresh": names });
            say(serde_json::to_string_pretty(&status)?);
        } else {
            for node in plan.nodes.iter().filter(|node| !node.is_done()) {
                let (verdict, why) = plan::verdict(node);
                say(format!("{verdict:<8} {}  {why}", node.name));
            }
            say(plan::summary(&plan));
        }
        Ok(Outcome::from(plan.is_fresh() || !self.exit_code))
    }
}
