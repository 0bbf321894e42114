//! Families of quantizers, one file each.
//!
//! A family chooses its levels, its thresholds (not always half way) and says where it comes from. To add one: write
//! its file with a type that implements [`Quantizer`] and a `FAMILY` that describes it, and name it in [`FAMILIES`]:
//! `pipeline.toml`, its schema, the command line and the tables then know it (CONTRIBUTING.md has an example).

use crate::activation::StepActivation;

pub mod additive_power_of_two;
pub mod af4;
pub mod arguments;
pub mod codebook;
pub mod fp4_bnb;
pub mod hard_tanh;
pub mod int;
pub mod lloyd_max;
pub mod mid_rise;
pub mod mid_tread;
pub mod minifloat;
pub mod named;
pub mod nf4;
pub mod pact;
pub mod power_of_two;
pub mod relu;
pub mod sign;
pub mod tanh;
pub mod ternary;
pub mod uniform;

pub use additive_power_of_two::additive_power_of_two;
pub use af4::af4;
pub use arguments::{Argument, Arguments, Parameter, ParameterKind, QuantizerError};
pub use codebook::Codebook;
pub use fp4_bnb::fp4_bnb;
pub use hard_tanh::hard_tanh;
pub use int::int;
pub use lloyd_max::lloyd_max;
pub use mid_rise::mid_rise;
pub use mid_tread::{Range, mid_tread};
pub use minifloat::{Specials, minifloat};
pub use named::{FORMATS, Format, UnknownFormat, find};
pub use nf4::nf4;
pub use pact::pact;
pub use power_of_two::power_of_two;
pub use relu::relu;
pub use sign::Sign;
pub use tanh::tanh;
pub use ternary::ternary;
pub use uniform::Uniform;

/// A named quantizer.
pub trait Quantizer {
    /// Its name, such as `uniform-16`.
    fn name(&self) -> &str;

    /// Its definition and where it is from.
    fn source(&self) -> &str;

    /// Its levels and thresholds.
    fn activation(&self) -> &StepActivation;
}

/// A family: what there is to say about it, and how one of its members is built.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// The name that users type.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its definition and where it is from.
    pub source: &'static str,
    /// What users give.
    pub parameters: &'static [Parameter],
    /// The member for these arguments.
    pub build: fn(&Arguments) -> Result<Box<dyn Quantizer>, QuantizerError>,
}

/// Every family, in the order in which they are listed.
pub const FAMILIES: &[Family] = &[
    sign::FAMILY,
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
    fp4_bnb::FAMILY,
    nf4::FAMILY,
    af4::FAMILY,
    codebook::FAMILY,
];

/// The family called `name`.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}
