//! Weight gains in units of the best one: values and evenly spaced ranges, `[1.0, { from = 0.5, to = 1.5, points = 16 }]`.

use mf_pipeline::ParamError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Gains, in the order in which they are written.
pub(crate) type Gains = Vec<Gain>;

/// One gain, or a range of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Gain {
    /// One gain in units of the best one, above 0.
    One(f64),
    /// Evenly spaced gains.
    Range(Range),
}

/// `points` evenly spaced gains, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Range {
    /// The first gain, above 0.
    from: f64,
    /// The last gain, above `from`.
    to: f64,
    /// Number of gains.
    #[schemars(range(min = 2, max = 1000))]
    points: u32,
}

/// The best gain alone.
pub(crate) fn best() -> Gains {
    vec![Gain::One(1.0)]
}

/// Every gain, in order.
///
/// # Errors
/// A gain that is not finite and above 0, a range that runs backwards or has fewer than two points, or no gain at all.
pub(crate) fn expand(gains: &Gains) -> Result<Vec<f64>, ParamError> {
    if gains.is_empty() {
        return Err(ParamError::at("gains", "the list is empty").allowed("one gain or more"));
    }
    let mut all = Vec::new();
    for (index, gain) in gains.iter().enumerate() {
        let wrong = |message: String, allowed: &str| {
            Err(ParamError::at(&format!("gains.{index}"), message).allowed(allowed))
        };
        match gain {
            Gain::One(gain) => all.push(*gain),
            Gain::Range(Range { from, to, points }) => {
                if *points < 2 || from >= to {
                    let message = format!("the range has {points} points from {from} to {to}");
                    return wrong(message, "`from` below `to`, and 2 points or more");
                }
                let step = (to - from) / f64::from(points - 1);
                all.extend((0..*points).map(|i| from + step * f64::from(i)));
            }
        }
        if let Some(gain) = all.iter().find(|gain| !(gain.is_finite() && **gain > 0.0)) {
            return wrong(format!("the gain is {gain}"), "finite numbers above 0");
        }
    }
    Ok(all)
}
