//! Checks of a grid's parameters that their types do not make.

use std::fmt::Display;

use mf_pipeline::ParamError;

use super::plan::FEWEST_LAYERS;
use super::{BySpeed, Rates, TrainingGrid, Widths};
use crate::stages::gains;

/// An error at `key` with the value and what is allowed, unless the value is `good`.
fn allow(key: &str, value: impl Display, good: bool, allowed: &str) -> Result<(), ParamError> {
    if good {
        return Ok(());
    }
    Err(ParamError::at(key, format!("the value is {value}")).allowed(allowed))
}

/// An error at `key` if the list is empty.
fn some<T>(key: &str, list: &[T]) -> Result<(), ParamError> {
    match list {
        [] => Err(ParamError::at(key, "the list is empty").allowed("one entry or more")),
        _ => Ok(()),
    }
}

/// An error at the first value that is not above 0; `name` is what the values are.
fn positive(
    values: impl Iterator<Item = f64>,
    key: impl Fn(usize) -> String,
    name: &str,
) -> Result<(), ParamError> {
    let bad = |value: &f64| !(value.is_finite() && *value > 0.0);
    match values.enumerate().find(|(_, value)| bad(value)) {
        Some((index, value)) => {
            let message = format!("the {name} is {value}");
            Err(ParamError::at(&key(index), message).allowed("a number above 0"))
        }
        None => Ok(()),
    }
}

impl TrainingGrid {
    pub(super) fn allowed(&self) -> Result<(), ParamError> {
        if let Some(states) = &self.states {
            states.expand()?;
        }
        gains::expand(&self.gains)?;
        some("initializations", &self.initializations)?;
        self.check_depths()?;
        self.check_rates()?;
        self.check_sizes()?;
        let Self {
            momentum,
            mean,
            deviation,
            ..
        } = *self;
        let good = (0.0..1.0).contains(&momentum);
        allow("momentum", momentum, good, "a number from 0 to below 1")?;
        allow("mean", mean, mean.is_finite(), "a finite number")?;
        let good = deviation.is_finite() && deviation > 0.0;
        allow("deviation", deviation, good, "a number above 0")
    }

    fn check_rates(&self) -> Result<(), ParamError> {
        let rates = match &self.learning_rates {
            Rates::ByDepth(rates) => rates,
            Rates::BySpeed(BySpeed { speeds }) => {
                some("learning-rates.speeds", speeds)?;
                let key = |index| format!("learning-rates.speeds.{index}");
                return positive(speeds.iter().copied(), key, "learning speed");
            }
        };
        let key = |index| format!("learning-rates.{index}.rate");
        positive(rates.iter().map(|rate| rate.rate), key, "learning rate")?;
        let refused = |message: String, allowed: String| {
            Err(ParamError::at("learning-rates", message).allowed(allowed))
        };
        let fewest = self.layers.iter().copied().min().unwrap_or(FEWEST_LAYERS);
        if rates.first().is_none_or(|first| first.from_layers > fewest) {
            let message = format!("no learning rate is given for networks of {fewest} layers");
            let allowed = format!("a first entry with `from-layers` {fewest} or less");
            return refused(message, allowed);
        }
        let mut pairs = rates.iter().zip(rates.iter().skip(1));
        if let Some((a, b)) = pairs.find(|(a, b)| a.from_layers >= b.from_layers) {
            let (before, after) = (a.from_layers, b.from_layers);
            let message = format!("`from-layers` {after} comes after `from-layers` {before}");
            return refused(message, "rising `from-layers`".into());
        }
        Ok(())
    }

    fn check_depths(&self) -> Result<(), ParamError> {
        for (index, &layers) in self.layers.iter().enumerate() {
            let good = (FEWEST_LAYERS..=mf_train::MOST_LAYERS).contains(&layers);
            let allowed = format!("{FEWEST_LAYERS} to {}", mf_train::MOST_LAYERS);
            allow(&format!("layers.{index}"), layers, good, &allowed)?;
        }
        for (index, &depth) in self.depth_scales.iter().enumerate() {
            let good = depth.is_finite() && depth > 0.0;
            let key = format!("depth-scales.{index}");
            allow(&key, depth, good, "a number above 0, in units of xi")?;
        }
        if self.layers.is_empty() == self.depth_scales.is_empty() {
            let message = if self.layers.is_empty() {
                "neither `layers` nor `depth-scales` is given"
            } else {
                "`layers` and `depth-scales` are both given"
            };
            return Err(ParamError::at("layers", message).allowed("one of the two"));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), ParamError> {
        let most = mf_train::MOST_WIDTH;
        some("width", self.width.as_slice())?;
        for (index, width) in self.width.as_slice().iter().enumerate() {
            let key = match self.width {
                Widths::One(_) => "width".to_owned(),
                Widths::Several(_) => format!("width.{index}"),
            };
            let allowed = format!("1 to {most}");
            allow(&key, width, (1..=most).contains(width), &allowed)?;
        }
        let (batch, images) = (self.batch, self.test_images);
        let there = "1 or more, at most the number of images";
        allow("batch", batch, batch > 0, there)?;
        allow("seeds", self.seeds, self.seeds > 0, "1 or more")?;
        allow("test-images", images, images > 0, there)?;
        let steps = self.steps.expand();
        let rising =
            steps.is_sorted_by(|a, b| a < b) && steps.first().is_some_and(|&step| step > 0);
        let allowed = "rising numbers above 0, or `every` of 1 or more up to `to`";
        allow("steps", format!("{steps:?}"), rising, allowed)
    }
}
