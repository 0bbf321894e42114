//! Numbers of states N as a list of values and ranges: `[4, 6, { from = 8, to = 64, step = 4 }]`.

use libm::{log10, pow};
use mf_pipeline::ParamError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A list of numbers of states, kept in the order in which it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct States(#[schemars(length(min = 1))] Vec<Item>);

/// One number of states, or a range of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Item {
    /// One number of states, from 2 to 10^9.
    One(#[schemars(range(min = 2, max = 1_000_000_000_u64))] u64),
    /// A range of numbers of states.
    Range(Range),
}

/// From `from` to `to`, in equal steps or in equal ratios.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Range {
    /// The first number of states.
    #[schemars(range(min = 2, max = 1_000_000_000_u64))]
    from: u64,
    /// The last number of states. With `step` it is included only if the steps reach it; with `per-decade` always.
    #[schemars(range(min = 2, max = 1_000_000_000_u64))]
    to: u64,
    /// Equal steps of this size (1 if neither `step` nor `per-decade` is given).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    step: Option<u64>,
    /// Number of values in each factor of ten, in equal ratios, rounded to whole numbers; instead of `step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    per_decade: Option<u32>,
}

impl States {
    /// Every number of states, in order.
    ///
    /// # Errors
    /// A range that ends below its start, or that has both `step` and `per-decade`.
    pub(crate) fn expand(&self) -> Result<Vec<u64>, ParamError> {
        let mut all = Vec::new();
        for (index, item) in self.0.iter().enumerate() {
            match item {
                Item::One(states) => all.push(*states),
                Item::Range(range) => all.extend(range.expand(index)?),
            }
        }
        Ok(all)
    }
}

impl Range {
    fn expand(&self, index: usize) -> Result<Vec<u64>, ParamError> {
        let wrong = |message: String, allowed: &str| {
            Err(ParamError::at(&format!("states.{index}"), message).allowed(allowed))
        };
        if self.to < self.from {
            return wrong(
                format!("the range begins at {} and ends at {}", self.from, self.to),
                "`to` at least `from`",
            );
        }
        match (self.step, self.per_decade) {
            (Some(_), Some(_)) => wrong(
                "the range has both `step` and `per-decade`".into(),
                "one of the two",
            ),
            (step, None) => {
                let step = usize::try_from(step.unwrap_or(1))
                    .unwrap_or(usize::MAX)
                    .max(1);
                Ok((self.from..=self.to).step_by(step).collect())
            }
            (None, Some(per_decade)) => Ok(self.geometric(per_decade)),
        }
    }

    /// `from * 10^(i / per_decade)` rounded, without repeats, and `to` itself at the end.
    fn geometric(&self, per_decade: u32) -> Vec<u64> {
        let decades = log10(self.to as f64 / self.from as f64);
        let count = (decades * f64::from(per_decade)).ceil() as u32;
        let mut values: Vec<u64> = (0..count)
            .map(|i| self.from as f64 * pow(10.0, f64::from(i) / f64::from(per_decade)))
            .map(|x| x.round() as u64)
            .filter(|&n| n < self.to)
            .collect();
        values.push(self.to);
        values.dedup();
        values
    }
}
