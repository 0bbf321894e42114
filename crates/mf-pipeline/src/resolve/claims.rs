//! Claims: which of our values, against which printed ones.

use super::{Known, Resolver};
use crate::claims::{Claim, Ours};
use crate::diagnostic::Diagnostic;
use crate::pipeline::Source;
use crate::spec::ClaimSpec;
use crate::tree::Node as Toml;
use crate::validate::below;

impl Resolver<'_> {
    pub(super) fn claims(&mut self, known: &Known<'_>) -> Vec<Claim> {
        let (mut claims, mut problems) = (Vec::new(), Vec::new());
        for (path, item) in self.items("claim") {
            if let Some(spec) = self.item::<ClaimSpec>("claim", item, &path, &mut problems) {
                claims.extend(self.claim(spec, &path, item, known, &mut problems));
            }
        }
        self.problems.extend(problems);
        claims
    }

    fn claim(
        &self,
        spec: ClaimSpec,
        path: &[String],
        item: &Toml,
        known: &Known<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Claim> {
        let before = problems.len();
        let mut problem = |key: &str, problem: Diagnostic| {
            let place = item.get(key).unwrap_or(item);
            problems.push(
                problem
                    .at(place.span.clone())
                    .key(below(path, key).join(".")),
            );
        };
        let source = match self.reference(&spec.of, known) {
            Ok(source) => source,
            Err(error) => {
                problem("of", error.value(&spec.of));
                None
            }
        };
        let ours = source
            .as_ref()
            .and_then(|source| ours(&spec, source, &mut problem));
        if let Some(table) = &spec.paper_table
            && let Err(error) = self.file(&table.file)
        {
            problem("paper-table", error.value(&table.file));
        }
        let (tolerance, relative) = match (spec.tolerance, spec.relative_tolerance) {
            (Some(tolerance), None) => (tolerance, false),
            (None, Some(tolerance)) => (tolerance, true),
            (None, None) => {
                let missing = Diagnostic::new("the claim has no tolerance")
                    .allowed("`tolerance` or `relative-tolerance`");
                problem(
                    "tolerance",
                    missing.help(Some("add `tolerance = ...` (absolute)".to_owned())),
                );
                (0.0, false)
            }
            (Some(_), Some(_)) => {
                let both = Diagnostic::new("the claim has two tolerances")
                    .allowed("`tolerance` or `relative-tolerance`");
                problem(
                    "relative-tolerance",
                    both.help(Some("remove one of the two".to_owned())),
                );
                (0.0, false)
            }
        };
        if relative && spec.paper == Some(0.0) {
            let message = "a tolerance relative to zero allows nothing";
            problem(
                "relative-tolerance",
                Diagnostic::new(message).help(Some("use `tolerance`".to_owned())),
            );
        }
        if let Some(differs) = spec
            .differs
            .as_ref()
            .filter(|differs| differs.within <= tolerance)
        {
            let message = format!(
                "`within` is {}, not above the tolerance {tolerance}",
                differs.within
            );
            problem(
                "differs",
                Diagnostic::new(message).help(Some("raise it, or remove `differs`".to_owned())),
            );
        }
        let (stage, output) = spec.of.split_once('.')?;
        let claim = Claim {
            stage: stage.to_owned(),
            output: output.to_owned(),
            line: self.line(item),
            ours: ours?,
            name: spec.name,
            about: spec.about,
            source: spec.source,
            tolerance,
            relative,
            reason: spec.reason,
            differs: spec.differs,
        };
        (problems.len() == before).then_some(claim)
    }
}

/// Which of our values a claim is about.
fn ours(
    spec: &ClaimSpec,
    source: &Source,
    problem: &mut dyn FnMut(&str, Diagnostic),
) -> Option<Ours> {
    let help = |text: &str| Some(text.to_owned());
    match source {
        Source::Number { .. } => {
            let extra = [
                ("column", spec.column.is_some()),
                ("row", spec.row.is_some()),
                ("key", spec.key.is_some()),
                ("paper-table", spec.paper_table.is_some()),
            ];
            for (key, _) in extra.iter().filter(|(_, given)| *given) {
                let message = format!("`{key}` is for tables, but `{}` is a number", spec.of);
                problem(key, Diagnostic::new(message).help(help("remove it")));
            }
            if spec.paper.is_none() {
                let missing = Diagnostic::new("key `paper` is missing: the printed value");
                problem(
                    "paper",
                    missing.allowed("a number").help(help("add `paper = ...`")),
                );
            }
            Some(Ours::Number { paper: spec.paper? })
        }
        Source::Table { .. } => {
            if spec.column.is_none() {
                let message = format!("key `column` is missing: `{}` is a table", spec.of);
                problem(
                    "column",
                    Diagnostic::new(message).help(help("add `column = \"...\"`")),
                );
            }
            match (spec.paper, &spec.paper_table) {
                (Some(paper), None) => {
                    if spec.key.is_some() {
                        let message =
                            "`key` goes with `paper-table`, but the claim has one `paper` value";
                        problem(
                            "key",
                            Diagnostic::new(message)
                                .help(help("name the row with `row = { column = value }`")),
                        );
                    }
                    let row = spec.row.clone().unwrap_or_default();
                    Some(Ours::Cell {
                        column: spec.column.clone()?,
                        row,
                        paper,
                    })
                }
                (None, Some(table)) => {
                    if spec.row.is_some() {
                        let message =
                            "`row` goes with one `paper` value, but the claim has a `paper-table`";
                        problem("row", Diagnostic::new(message).help(help("remove it")));
                    }
                    if spec.key.is_none() {
                        let message = "key `key` is missing: our column that matches the key of `paper-table`";
                        problem(
                            "key",
                            Diagnostic::new(message).help(help("add `key = \"...\"`")),
                        );
                    }
                    let (column, key) = (spec.column.clone()?, spec.key.clone()?);
                    Some(Ours::Column {
                        column,
                        key,
                        paper: table.clone(),
                    })
                }
                _ => {
                    let message = "the claim needs the printed value once";
                    problem(
                        "paper",
                        Diagnostic::new(message).allowed("`paper` or `paper-table`"),
                    );
                    None
                }
            }
        }
        Source::Numbers { .. } | Source::File(_) => {
            let message = format!("`{}` is not one value or table of a stage", spec.of);
            problem(
                "of",
                Diagnostic::new(message).allowed("\"stage.number\" or \"stage.table\""),
            );
            None
        }
    }
}
