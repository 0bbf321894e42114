//! `effect`: how far the numbers of a stage move with its recipe, which bounds what the recipe explains.

use mf_pipeline::{BoxError, Input, Job, Number, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `effect`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Effect {
    /// The numbers that are compared. The stage publishes the largest change of each, without sign, under the same name.
    #[schemars(length(min = 1))]
    numbers: Vec<String>,
}

impl TypedStage for Effect {
    const KIND: &'static str = "effect";
    const ABOUT: &'static str = "How far numbers of a stage are from those of another recipe, or of several: the bound of an explanation.";

    fn check(&self) -> Result<(), ParamError> {
        if self.numbers.is_empty() {
            let empty = ParamError::at("numbers", "the list is empty");
            return Err(empty.allowed("one name or more"));
        }
        Ok(())
    }

    fn roles(&self) -> Vec<Role> {
        vec![
            Role::required("from", "the numbers of a stage, `stage.numbers`"),
            Role::required(
                "to",
                "the same numbers by another recipe; or a table with a row for each recipe, with `_` for `-` in the names of columns",
            ),
        ]
    }

    fn numbers(&self) -> Vec<String> {
        self.numbers.clone()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut outputs = Outputs::new();
        for name in &self.numbers {
            let from = number(job, "from", name)?;
            let to = match job.inputs().find(|(role, _)| *role == "to") {
                Some((_, Input::Table(table))) => table.f64(&name.replace('-', "_"))?,
                _ => vec![number(job, "to", name)?.value],
            };
            // A NaN is passed on.
            let largest = |most: f64, to: &f64| {
                let change = (to - from.value).abs();
                if change > most || change.is_nan() {
                    change
                } else {
                    most
                }
            };
            let largest = to.iter().fold(0.0, largest);
            let about = format!("largest change of: {}", from.about);
            outputs = outputs.number(name, largest, &from.unit, &about);
        }
        Ok(outputs)
    }
}

fn number<'a>(job: &'a Job<'_>, role: &str, name: &str) -> Result<&'a Number, BoxError> {
    let mut numbers = job.numbers(role)?.iter();
    let found = numbers.find(|number| number.name == name);
    found.ok_or_else(|| format!("the input `{role}` has no number `{name}`").into())
}
