//! `effect`: how far the numbers of a stage move with its recipe, which bounds what the recipe explains.

use mf_pipeline::{BoxError, Job, Number, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `effect`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Effect {
    /// The numbers that are compared: names that the stages of all inputs have. The stage publishes the largest change of each,
    /// without sign, under the same name.
    #[schemars(length(min = 1))]
    numbers: Vec<String>,
}

/// The inputs that are compared with `from`.
const CHANGED: [&str; 2] = ["to", "or"];

impl TypedStage for Effect {
    const KIND: &'static str = "effect";
    const ABOUT: &'static str = "How far numbers of a stage are from those of another recipe, or of two: the bound of an explanation.";

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
            Role::required("to", "the numbers of the same fit by another recipe"),
            Role::optional("or", "those by a third recipe; the larger change counts"),
        ]
    }

    fn numbers(&self) -> Vec<String> {
        self.numbers.clone()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut outputs = Outputs::new();
        for name in &self.numbers {
            let of = |role: &str| -> Result<&Number, BoxError> {
                let found = job
                    .numbers(role)?
                    .iter()
                    .find(|number| number.name == *name);
                found.ok_or_else(|| format!("the input `{role}` has no number `{name}`").into())
            };
            let from = of("from")?;
            let mut largest = 0.0_f64;
            for role in CHANGED.into_iter().filter(|role| job.has(role)) {
                let change = (of(role)?.value - from.value).abs();
                // A NaN is passed on.
                if change > largest || change.is_nan() {
                    largest = change;
                }
            }
            let about = format!("largest change of: {}", from.about);
            outputs = outputs.number(name, largest, &from.unit, &about);
        }
        Ok(outputs)
    }
}
