//! Quantizers: the families, one file each ([`FAMILIES`]), and the named number formats ([`FORMATS`]).
//!
//! A family has its levels, its thresholds (not always half way) and its source. To add one, write its file with a
//! function that builds a [`Quantizer`] and a `FAMILY` that describes it, and add it to [`FAMILIES`]: `pipeline.toml`,
//! its schema, the command line and the tables then know it (CONTRIBUTING.md has an example).

use crate::activation::StepActivation;
use std::fmt::Display;

pub mod additive_power_of_two;
pub mod arguments;
pub mod codebook;
pub mod hard_tanh;
pub mod int;
pub mod lloyd_max;
pub mod mid_rise;
pub mod mid_tread;
pub mod minifloat;
pub mod named;
pub mod pact;
pub mod power_of_two;
pub mod relu;
pub mod tanh;
pub mod ternary;
pub mod uniform;

mod published;

pub use additive_power_of_two::additive_power_of_two;
pub use arguments::{Argument, Arguments, Parameter, ParameterKind, QuantizerError};
pub use codebook::codebook;
pub use hard_tanh::hard_tanh;
pub use int::int;
pub use lloyd_max::lloyd_max;
pub use mid_rise::mid_rise;
pub use mid_tread::{Range, mid_tread};
pub use minifloat::{Specials, minifloat};
pub use named::{FORMATS, Format, UnknownFormat, find};
pub use pact::pact;
pub use power_of_two::power_of_two;
pub use relu::relu;
pub use tanh::tanh;
pub use ternary::ternary;
pub use uniform::uniform;

/// A named quantizer.
///
/// ```
/// let quantizer = mf_core::quantizer::uniform(16)?;
/// assert_eq!(quantizer.name, "uniform-16");
/// assert!(quantizer.source.contains("Blumenfeld, Gilboa, Soudry 2019"));
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Quantizer {
    /// Its name, such as `uniform-16`.
    pub name: String,
    /// Its definition and where it is from.
    pub source: String,
    /// Its levels and thresholds.
    pub activation: StepActivation,
}

/// A family: its description, its parameters, and the function that builds a member.
///
/// ```
/// use mf_core::quantizer::{Argument, Arguments, relu::FAMILY};
///
/// // The quantizer of `family = "relu"` with `bits = 1`; `max` is 1 by default.
/// let given = Arguments::default().with("bits", Argument::Integer(1));
/// assert_eq!((FAMILY.build)(&given)?.activation.levels(), [0.0, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// The name that users type.
    pub name: &'static str,
    /// A description, in one line.
    pub about: &'static str,
    /// Its definition and where it is from.
    pub source: &'static str,
    /// The parameters that users give.
    pub parameters: &'static [Parameter],
    /// Builds the member for these arguments.
    pub build: fn(&Arguments) -> Result<Quantizer, QuantizerError>,
    /// Its members by their number of levels, if there is one for every number.
    pub members: Option<Members>,
}

/// Members of a family by their number of levels `N`, from 2 on.
///
/// ```
/// use mf_core::quantizer::FAMILIES;
///
/// // Families with a member of seven levels.
/// let seven = FAMILIES.iter().filter(|family| family.members.is_some_and(|m| (m.build)(7).is_ok()));
/// assert!(seven.map(|family| family.name).eq(["uniform", "lloyd-max", "power-of-two"]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Members {
    /// The largest number of levels.
    pub most: u64,
    /// Builds the member of `N` levels, at most [`crate::activation::MOST_STATES`].
    pub build: fn(u64) -> Result<Quantizer, QuantizerError>,
    /// How the best scale of a member is found.
    pub best_scale: BestScale,
    /// The leading term of `1 - chi` at the best scale for large `N`, if it is known.
    pub asymptote: Option<fn(f64) -> f64>,
}

/// How the best scale of a member is found.
///
/// ```
/// use mf_core::quantizer::{BestScale, lloyd_max, power_of_two, uniform};
///
/// assert_eq!(lloyd_max::MEMBERS.best_scale, BestScale::One);
/// assert_eq!(uniform::MEMBERS.best_scale, BestScale::EqualSteps);
/// assert_eq!(power_of_two::MEMBERS.best_scale, BestScale::Searched);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BestScale {
    /// By a search.
    Searched,
    /// It is 1: the member, as built, has the least error on a unit Gaussian, at `C* = 0`.
    One,
    /// The levels have equal steps: their best spacing takes constant time, without the levels ([`crate::uniform`]).
    EqualSteps,
}

/// Every family, in the order in which they are listed.
///
/// ```
/// use mf_core::quantizer::FAMILIES;
///
/// let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
/// assert_eq!(names[..4], ["ternary", "uniform", "mid-rise", "mid-tread"]);
/// ```
pub const FAMILIES: &[Family] = &[
    ternary::FAMILY,
    uniform::FAMILY,
    mid_rise::FAMILY,
    mid_tread::FAMILY,
    int::FAMILY,
    relu::FAMILY,
    pact::FAMILY,
    hard_tanh::FAMILY,
    tanh::FAMILY,
    lloyd_max::FAMILY,
    power_of_two::FAMILY,
    additive_power_of_two::FAMILY,
    minifloat::FAMILY,
    codebook::FAMILY,
];

impl Family {
    /// Its member called `name-which`, with this activation.
    ///
    /// ```
    /// use mf_core::{StepActivation, quantizer::codebook};
    ///
    /// let mine = codebook::FAMILY.member("mine", StepActivation::halfway(vec![-2.0, 0.0, 1.0])?);
    /// assert_eq!(mine.name, "codebook-mine");
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    pub fn member(&self, which: impl Display, activation: StepActivation) -> Quantizer {
        Quantizer {
            name: format!("{}-{which}", self.name),
            source: self.source.to_owned(),
            activation,
        }
    }
}

/// The family called `name`.
///
/// ```
/// use mf_core::quantizer::family;
///
/// // The parameters of a family.
/// let parameters = family("pact").map_or(&[][..], |family| family.parameters);
/// assert!(parameters.iter().map(|parameter| parameter.name).eq(["bits", "alpha"]));
/// assert!(family("packed").is_none());
/// ```
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}
