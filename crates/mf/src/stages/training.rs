//! What the kinds that train networks share: images, widths, steps, learning rates; cells and their table.

mod cell;
mod runs;

use std::fmt::Display;
use std::path::Path;

use mf_pipeline::{BoxError, Job, ParamError};
use mf_train::{Dataset, FILES, SUMS, Schedule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::Numbers;

pub(crate) use self::cell::{Kept, Training, behaviour};
pub(crate) use self::runs::{Planned, results, runs};

/// Pixels of an image of MNIST, for estimates of cost and memory before the files are read.
const PIXELS: usize = 28 * 28;

/// The parameters of a training that kinds share.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'a> {
    pub(crate) data: &'a str,
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
    pub(crate) seeds: u32,
    pub(crate) batch: usize,
    pub(crate) momentum: f64,
    pub(crate) steps: &'a Steps,
    pub(crate) test_images: usize,
}

impl Settings<'_> {
    /// The files of the images, by name and with their path.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        files(self.data)
    }

    /// The schedule with this learning rate.
    pub(crate) fn schedule(&self, learning_rate: f64) -> Schedule {
        Schedule {
            batch: self.batch,
            learning_rate,
            momentum: self.momentum,
            checkpoints: self.steps.expand(),
            mean: self.mean,
            deviation: self.deviation,
            test_images: self.test_images,
        }
    }

    /// # Errors
    /// A parameter that is outside its range.
    pub(crate) fn check(&self) -> Result<(), ParamError> {
        let Self {
            mean,
            deviation,
            momentum,
            batch,
            ..
        } = *self;
        let good = (0.0..1.0).contains(&momentum);
        allow("momentum", momentum, good, "a number from 0 to below 1")?;
        check_pixels(mean, deviation)?;
        let (images, there) = (self.test_images, "1 or more, at most the number of images");
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

/// The files of the images of a folder, by name and with their path.
pub(crate) fn files(folder: &str) -> Vec<(String, String)> {
    let folder = folder.trim_end_matches('/');
    let file = |name: &str| (name.to_owned(), format!("file:{folder}/{name}"));
    FILES.into_iter().chain([SUMS]).map(file).collect()
}

/// # Errors
/// A mean or a deviation of pixels that is outside its range.
pub(crate) fn check_pixels(mean: f64, deviation: f64) -> Result<(), ParamError> {
    allow("mean", mean, mean.is_finite(), "a finite number")?;
    let good = deviation.is_finite() && deviation > 0.0;
    allow("deviation", deviation, good, "a number above 0")
}

/// The checksums of the images (`MD5SUMS`). The files are checked against them, so they identify the images.
pub(crate) fn sums(job: &Job<'_>) -> Result<String, BoxError> {
    let (_, sums) = job.file(SUMS)?;
    Ok(String::from_utf8_lossy(sums).into_owned())
}

/// The images of a stage.
pub(crate) fn images(job: &Job<'_>) -> Result<Dataset, BoxError> {
    let [a, b, c, d] = FILES.map(|name| job.file(name));
    let files = [named(a?), named(b?), named(c?), named(d?)];
    let (path, sums) = named(job.file(SUMS)?);
    let sums = String::from_utf8_lossy(sums);
    Ok(Dataset::from_idx(files, (path, &sums))?)
}

/// A file with its path as text, for messages.
fn named<'a>((path, bytes): (&'a Path, &'a [u8])) -> (&'a str, &'a [u8]) {
    (path.to_str().unwrap_or("an image file"), bytes)
}

/// Units of a hidden layer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Widths {
    /// One width for all networks.
    One(#[schemars(range(min = 1))] usize),
    /// Networks of each of these widths.
    Several(#[schemars(length(min = 1), inner(range(min = 1)))] Vec<usize>),
}

impl Widths {
    pub(crate) fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(width) => std::slice::from_ref(width),
            Self::Several(widths) => widths,
        }
    }

    /// # Errors
    /// No width, or one that is 0 or too large.
    pub(crate) fn check(&self) -> Result<(), ParamError> {
        let most = mf_train::MOST_WIDTH;
        some("width", self.as_slice())?;
        for (index, width) in self.as_slice().iter().enumerate() {
            let key = match self {
                Widths::One(_) => "width".to_owned(),
                Widths::Several(_) => format!("width.{index}"),
            };
            let allowed = format!("1 to {most}");
            allow(&key, width, (1..=most).contains(width), &allowed)?;
        }
        Ok(())
    }
}

/// When networks are tested.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Steps {
    /// After each of these numbers of steps, in rising order.
    List(#[schemars(length(min = 1))] Vec<u32>),
    /// After every `every` steps, up to `to`.
    Even(Even),
}

/// A test every `every` steps, up to `to`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Even {
    /// Steps between two tests.
    #[schemars(range(min = 1))]
    every: u32,
    /// The most steps: the last test is at the largest multiple of `every` up to this.
    #[schemars(range(min = 1))]
    to: u32,
}

impl Steps {
    pub(crate) fn expand(&self) -> Vec<u32> {
        match self {
            Self::List(steps) => steps.clone(),
            Self::Even(Even { every, to }) => (1..=to / every.max(&1)).map(|i| i * every).collect(),
        }
    }
}

/// Learning rates of networks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Rates {
    /// By depth, with rising `from-layers`. A network has the rate of the last entry whose `from-layers` is not above its number
    /// of layers.
    ByDepth(#[schemars(length(min = 1))] Vec<Rate>),
    /// The same learning speed for networks of every width and depth.
    BySpeed(BySpeed),
}

/// Learning speeds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BySpeed {
    /// Learning speeds, above 0: rate times width times layers. There are networks of each speed. The tangent kernel of a network
    /// whose weights have the variance sigma_w^2 / width grows as width times layers, so with one speed networks of every width
    /// and depth learn equally fast.
    #[schemars(length(min = 1))]
    speeds: Vec<f64>,
}

/// The learning rate of networks with `from-layers` layers and more.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Rate {
    /// The smallest number of layers.
    from_layers: usize,
    /// The learning rate, above 0.
    rate: f64,
}

/// A learning rate, and where it is from.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rate: f64,
    /// The learning speed: rate times width times layers.
    pub(crate) speed: f64,
    /// Whether all depths have this speed.
    by_speed: bool,
}

impl Pace {
    /// The choice of rates in words: the speed, if all depths have the same one.
    pub(crate) fn name(&self) -> String {
        match self.by_speed {
            true => format!("speed {}", self.speed),
            false => "by depth".into(),
        }
    }
}

impl Rates {
    /// The learning rates of networks of this width and depth.
    pub(crate) fn at(&self, width: usize, layers: usize) -> Vec<Pace> {
        let units = width as f64 * layers as f64;
        match self {
            Self::ByDepth(rates) => {
                let below = rates.iter().take_while(|rate| rate.from_layers <= layers);
                let of_rate = |&Rate { rate, .. }: &Rate| Pace {
                    rate,
                    speed: rate * units,
                    by_speed: false,
                };
                below.last().map(of_rate).into_iter().collect()
            }
            Self::BySpeed(BySpeed { speeds }) => {
                let of_speed = |&speed: &f64| Pace {
                    rate: speed / units,
                    speed,
                    by_speed: true,
                };
                speeds.iter().map(of_speed).collect()
            }
        }
    }

    /// # Errors
    /// A rate or speed that is not above 0, `from-layers` that do not rise, or no rate for networks of `fewest` layers.
    pub(crate) fn check(&self, fewest: usize) -> Result<(), ParamError> {
        let rates = match self {
            Self::ByDepth(rates) => rates,
            Self::BySpeed(BySpeed { speeds }) => {
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
}

/// The numbers of a grid of trained networks.
pub(crate) const NUMBERS: &Numbers<Vec<Kept>> = &[
    ("networks", "1", "number of networks", |kept| {
        kept.len() as f64
    }),
    (
        "diverged",
        "1",
        "number of networks that diverged: a loss or a weight was NaN or infinite",
        |kept| {
            let diverged = kept.iter().filter(|kept| kept.diverged_at.is_some());
            diverged.count() as f64
        },
    ),
];

/// An error at `key` with the value and what is allowed, unless the value is `good`.
pub(crate) fn allow(
    key: &str,
    value: impl Display,
    good: bool,
    allowed: &str,
) -> Result<(), ParamError> {
    if good {
        return Ok(());
    }
    Err(ParamError::at(key, format!("the value is {value}")).allowed(allowed))
}

/// An error at `key` if the list is empty.
pub(crate) fn some<T>(key: &str, list: &[T]) -> Result<(), ParamError> {
    match list {
        [] => Err(ParamError::at(key, "the list is empty").allowed("one entry or more")),
        _ => Ok(()),
    }
}

/// An error at the first value that is not above 0; `name` is what the values are.
pub(crate) fn positive(
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
