//! The depth that can be trained: the law of the published results of the profile `depth`, in the range of its measurements.

use std::collections::BTreeMap;

use anyhow::Context;
use mf_fit::DepthLaw;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::number::layers;

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

/// The depth at which networks with this depth scale, in layers, at the best weight gain, classify half of the test images of MNIST correctly.
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
    let outside = |what: &str, [value, least, most]: [String; 3]| {
        let because = format!("{what} is {value}; it was measured from {least} to {most}");
        Ok(Trained::NotMeasured { because })
    };
    let whole = |time: f64| format!("{time:.0}");
    let (least, most) = (number("xi-least")?, number("xi-most")?);
    if !(least * (1.0 - MARGIN)..=most * (1.0 + MARGIN)).contains(&xi) {
        return outside("xi", [xi, least, most].map(layers));
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
    // Longer times than those of the fit were compared with the law, up to some xi.
    let most = match xi <= number("held-out-xi-most")? * (1.0 + MARGIN) {
        true => number("held-out-time-most")?,
        false => number("time-most")?,
    };
    let least = number("time-least")?;
    let Some(depth) = law.depth_at_rate(xi, width, rate, steps)? else {
        let because = format!(
            "at this rate and width too little is learned in so few steps; learning times (rate x width x layers x steps) were measured from {} to {}",
            whole(least),
            whole(most)
        );
        return Ok(Trained::NotMeasured { because });
    };
    let learning_time = rate * width * depth * steps;
    if !(least..=most).contains(&learning_time) {
        let what = "the learning time, rate x width x layers x steps,";
        return outside(what, [learning_time, least, most].map(whole));
    }
    Ok(Trained::Measured {
        layers: depth,
        ratio: depth / xi,
        learning_time,
        scatter: number("residual")?.max(number("held-out-residual")?),
    })
}
