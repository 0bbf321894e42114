//! `mf explain`: where a result comes from, and what depends on a file, a parameter or a quantizer.

use clap::Args;
use mf_pipeline::{Dependent, Dependents, Explanation, Link, State};
use serde_json::Value;

use super::Outcome;
use crate::terminal::show;
use crate::{project, verdicts};

/// Arguments of `mf explain`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// A figure, stage, claim or quantizer; `stage.table`, `stage.number`, `stage.parameter`; or the path of a file
    name: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
Where something comes from:
  mf explain figure-2                  a figure (or figures/figure-2.svg)
  mf explain tradeoff-exact.exponent   a number; stage.table for a table
  mf explain exponent                  a claim
What depends on something:
  mf explain data/mnist/MD5SUMS        a file that is read
  mf explain trainability.width        a parameter, also as profile.quick.trainability.width
  mf explain nf4                       a quantizer";

impl Arguments {
    /// Prints the explanation.
    pub(crate) fn run(&self, project: &project::Arguments) -> anyhow::Result<Outcome> {
        let pipeline = project.load()?;
        if let Some(dependents) = pipeline.dependents(&self.name)? {
            show(self.json, &dependents, || below(&dependents))?;
        } else {
            let explanation = pipeline.explain(&self.name)?;
            show(self.json, &explanation, || text(&explanation))?;
        }
        Ok(Outcome::Good)
    }
}

/// What depends on a file, a parameter or a quantizer.
fn below(dependents: &Dependents) -> String {
    let mut lines = vec![format!("{} {}", dependents.what, dependents.name)];
    if let Some(hash) = &dependents.hash {
        lines.push(format!("  content     {hash}"));
    }
    if let Some(value) = &dependents.value {
        lines.push(format!("  value       {}", short(&value.to_string())));
    }
    let line = |found: &Dependent| {
        format!(
            "  {:<7} {}  (pipeline.toml, line {})",
            found.what, found.name, found.line
        )
    };
    lines.push("read by".to_owned());
    lines.extend(dependents.direct.iter().map(line));
    if !dependents.indirect.is_empty() {
        lines.push("and through those by".to_owned());
        lines.extend(dependents.indirect.iter().map(line));
    }
    lines.join("\n")
}

/// An explanation, line by line.
pub(crate) fn text(explanation: &Explanation) -> String {
    let mut lines = vec![format!("{} {}", explanation.what, explanation.name)];
    if let Some(number) = &explanation.number {
        lines.push(format!(
            "  value       {} ({}; unit {})",
            number.value, number.about, number.unit
        ));
    }
    if let Some(claim) = &explanation.claim {
        lines.push(format!(
            "  verdict     {} (pipeline.toml, line {})",
            claim.verdict, claim.line
        ));
        lines.push(format!("  reference   {}", verdicts::source(claim)));
    }
    lines.push("made by".to_owned());
    lines.extend(link(&explanation.made_by));
    if !explanation.upstream.is_empty() {
        lines.push("which needs".to_owned());
        lines.extend(explanation.upstream.iter().flat_map(link));
    }
    let users = if explanation.used_by.is_empty() {
        "nobody".to_owned()
    } else {
        explanation.used_by.join(", ")
    };
    lines.push(format!("used by       {users}"));
    lines.join("\n")
}

fn link(link: &Link) -> Vec<String> {
    let mut lines = vec![format!(
        "  {} `{}`: {} (code {}), pipeline.toml line {}{}",
        link.role,
        link.name,
        link.kind,
        link.code.short(),
        link.line,
        if link.state == State::Fresh {
            ""
        } else {
            ", not up to date"
        },
    )];
    let mut say = |what: &str, text: String| lines.push(format!("      {what:<10} {text}"));
    if !link.about.is_empty() {
        say("about", link.about.clone());
    }
    if let Value::Object(params) = &link.params {
        for (key, value) in params {
            say("with", format!("{key} = {}", short(&value.to_string())));
        }
    }
    for input in &link.inputs {
        let hash = input
            .hash
            .as_ref()
            .map_or("not made yet".to_owned(), ToString::to_string);
        say(
            "input",
            format!(
                "{} = {}  {}",
                input.role,
                input.reference,
                short_hash(&hash)
            ),
        );
    }
    if !link.quantizers.is_empty() {
        let names: Vec<&str> = link
            .quantizers
            .iter()
            .map(|quantizer| quantizer.name.as_str())
            .collect();
        say("quantizers", names.join(", "));
    }
    if let Some(seed) = link.seed {
        say("seed", seed.to_string());
    }
    if let Some(made) = &link.made {
        say(
            "made",
            format!(
                "{} in {:.3} s by mf {}",
                made.started, made.seconds, made.mf_version
            ),
        );
    }
    for (path, hash) in &link.published {
        say(
            "published",
            format!("{}  {}", path.display(), short_hash(&hash.to_string())),
        );
    }
    lines
}

/// The first digits of a hash; `--json` has all of them.
fn short_hash(hash: &str) -> String {
    const DIGITS: usize = 12;
    hash.chars().take(DIGITS).collect()
}

fn short(text: &str) -> String {
    const MOST: usize = 90;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).collect::<String>() + "..."
}
