//! Families of quantizers, one file each.
//!
//! A family chooses its levels, its thresholds (not always half way) and says where it comes from. To add one: write
//! its file with a type that implements [`Quantizer`] and a `FAMILY` that describes it, and name both here.

use crate::activation::StepActivation;

pub mod codebook;
pub mod sign;
pub mod uniform;

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

/// What there is to say about a family before one of its members is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The name that users type.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its definition and where it is from.
    pub source: &'static str,
}

/// Every family, in the order in which they are listed.
pub const FAMILIES: &[Family] = &[sign::FAMILY, uniform::FAMILY, codebook::FAMILY];

/// The family called `name`.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}
