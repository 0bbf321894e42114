//! Families of quantizers, one file each.
//!
//! A family chooses its levels, its thresholds (not always half way) and says where it comes from. To add one: write
//! its file with a type that implements [`Quantizer`] and a `FAMILY` that describes it, and name it in [`FAMILIES`]:
//! `pipeline.toml`, its schema, the command line and the tables then know it (CONTRIBUTING.md has an example).

use crate::activation::StepActivation;

pub mod arguments;
pub mod codebook;
pub mod sign;
pub mod uniform;

pub use arguments::{Argument, Arguments, Parameter, ParameterKind, QuantizerError};
pub use codebook::Codebook;
pub use sign::Sign;
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
    /// Raise it when the same arguments yield other levels or thresholds: results made with them are made anew.
    pub version: u32,
    /// What users give.
    pub parameters: &'static [Parameter],
    /// The member for these arguments.
    pub build: fn(&Arguments) -> Result<Box<dyn Quantizer>, QuantizerError>,
}

/// Every family, in the order in which they are listed.
pub const FAMILIES: &[Family] = &[sign::FAMILY, uniform::FAMILY, codebook::FAMILY];

/// The family called `name`.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}
