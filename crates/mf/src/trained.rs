//! The depth that was trained: the law of the published results of the profile `depth`, in the range of its measurements.

use std::collections::BTreeMap;

use anyhow::Context;
use mf_fit::DepthLaw;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The numbers of the stage `depth-law` under the profile `depth`: a copy that `make depth` makes.
const NUMBERS: &str = include_str!("trained.json");

/// By how much xi may be beyond the range: the xi of ternary and of three equal steps agree to rounding.
const MARGIN: f64 = 0.01;

/// A number of a stage.
#[derive(Deserialize)]
struct Number {
    name: String,
    /// A number; `"NaN"` is a text.
    value: Value,
}

/// A setting of a training.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Training {
    /// Units of a hidden layer.
    pub(crate) width: f64,
    /// Steps of gradient descent, with batches of 32 and momentum 0.5.
    pub(crate) steps: f64,
    /// The learning rate.
    pub(crate) rate: f64,
}

/// The depth that can be trained.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trained {
    /// The setting is in the range of the measurements.
    Measured {
        /// The depth at which half of the test images are right, in layers.
        layers: f64,
        /// The same in units of xi.
        ratio: f64,
        /// Learning time: rate times width times layers times steps.
        learning_time: f64,
        /// Root mean square of the relative difference of measurements from the law.
        scatter: f64,
    },
    /// The setting is outside of the range.
    NotMeasured {
        /// What is outside, and of what range.
        because: String,
    },
}

/// The depth at which networks with this depth scale, in layers, classify half of the test images of MNIST correctly.
///
/// # Errors
/// A setting that the law does not take.
pub(crate) fn depth(xi: f64, training: Training) -> anyhow::Result<Trained> {
    let numbers: Vec<Number> = serde_json::from_str(NUMBERS)?;
    let of = |Number { name, value }| Some((name, value.as_f64()?));
    let numbers: BTreeMap<String, f64> = numbers.into_iter().filter_map(of).collect();
    let number = |name: &str| {
        let found = numbers.get(name).copied();
        found.with_context(|| format!("the published law has no number `{name}`"))
    };
    let law = DepthLaw {
        intercept: number("intercept")?,
        slope: number("slope")?,
        loss: number("loss")?,
    };
    let Training { width, steps, rate } = training;
    let outside = |what: &str, value: f64, least: f64, most: f64| {
        let because = format!(
            "{what} is {}; it was measured from {} to {}",
            digits(value),
            digits(least),
            digits(most)
        );
        Ok(Trained::NotMeasured { because })
    };
    let (least, most) = (number("xi-least")?, number("xi-most")?);
    if !(least * (1.0 - MARGIN)..=most * (1.0 + MARGIN)).contains(&xi) {
        return outside("xi", xi, least, most);
    }
    let most = number("narrowness-most")?;
    if xi / width.sqrt() > most {
        let least = (xi / most) * (xi / most);
        let because = format!(
            "the width is {width}; for this xi it was measured at widths from {:.0} on",
            least.ceil()
        );
        return Ok(Trained::NotMeasured { because });
    }
    // Longer times than those of the fit were compared with the law.
    let most = number("time-most")?.max(number("held-out-time-most")?);
    let least = number("time-least")?;
    let Some(layers) = law.depth_at_rate(xi, width, rate, steps)? else {
        let because = format!(
            "so little is learned in {steps} steps at a rate of {rate} that the law has no depth; learning times (rate x width x layers x steps) were measured from {} to {}",
            digits(least),
            digits(most)
        );
        return Ok(Trained::NotMeasured { because });
    };
    let learning_time = rate * width * layers * steps;
    if !(least..=most).contains(&learning_time) {
        let what = "the learning time, rate x width x layers x steps,";
        return outside(what, learning_time, least, most);
    }
    Ok(Trained::Measured {
        layers,
        ratio: layers / xi,
        learning_time,
        scatter: number("residual")?.max(number("held-out-residual")?),
    })
}

/// Three digits, or all digits of a larger whole part.
fn digits(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
