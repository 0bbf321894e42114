//! Named number formats, such as `int4`, `fp8-e4m3fn` or `nf4`, as members of families.

use super::additive_power_of_two::{BASE_BITS, Sign};
use super::minifloat::usual_bias;
use super::power_of_two::{Rounding, Zero};
use super::published::{AF4, FP4_BNB, NF4, SIGN};
use super::ternary::BEST_THRESHOLD;
use super::{
    Quantizer, QuantizerError, Range, Specials, additive_power_of_two, int, lloyd_max, minifloat,
    power_of_two, relu, tanh, ternary,
};
use thiserror::Error;

/// A named number format: a member of a family.
///
/// ```
/// use mf_core::quantizer::FORMATS;
///
/// // The formats of six bits.
/// let six = FORMATS.iter().filter(|format| format.bits == 6).map(|format| format.name);
/// assert!(six.eq(["int6", "int6-full", "apot6-unsigned", "fp6-e2m3", "fp6-e3m2"]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name, such as `fp8-e4m3fn`.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Bits of a stored number (a code may be unused, as that of -0).
    pub bits: u32,
    /// The name of its family.
    pub family: &'static str,
    /// The member of the family.
    member: fn() -> Result<Quantizer, QuantizerError>,
}

/// A name that no format has, or that may mean several formats.
///
/// ```
/// use mf_core::quantizer::find;
///
/// assert!(find("fp8").unwrap_err().to_string().starts_with("`fp8` may be any of fp8-e4m3fn, "));
/// assert_eq!(find("nf5").unwrap_err().to_string(), "there is no number format `nf5`: did you mean nf4?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnknownFormat {
    /// The name is the beginning, or a part, of the names of several formats.
    #[error("`{name}` may be any of {}: give one of them", .candidates.join(", "))]
    Ambiguous {
        /// The name that was given.
        name: String,
        /// The formats that it may mean.
        candidates: Vec<&'static str>,
    },
    /// No format has this name.
    #[error("there is no number format `{name}`{}", did_you_mean(.suggestions))]
    Unknown {
        /// The name that was given.
        name: String,
        /// Formats with similar names, perhaps none; [`FORMATS`] has all.
        suggestions: Vec<&'static str>,
    },
}

impl Format {
    /// The quantizer, under the name of the format.
    ///
    /// ```
    /// let nf4 = mf_core::quantizer::find("nf4")?.build()?;
    /// assert_eq!((nf4.name.as_str(), nf4.activation.levels()[8]), ("nf4", 0.07958029955625534));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// None for a format of [`FORMATS`].
    pub fn build(&self) -> Result<Quantizer, QuantizerError> {
        Ok(Quantizer {
            name: self.name.to_owned(),
            ..(self.member)()?
        })
    }

    /// Its name and its aliases, each with the name.
    fn spellings(&self) -> impl Iterator<Item = Spelling> {
        let all = std::iter::once(&self.name).chain(self.aliases);
        all.map(|spelling| (*spelling, self.name))
    }
}

/// A name or an alias, and the name that it stands for.
pub(crate) type Spelling = (&'static str, &'static str);

/// A name in the form in which names are compared: capitals count as small letters and `_` as `-`.
pub(crate) fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// The format called `name`; capitals count as small letters and `_` as `-`.
///
/// ```
/// // The spelling of ml_dtypes.
/// let format = mf_core::quantizer::find("float8_e4m3fn")?;
/// assert_eq!((format.name, format.bits, format.family), ("fp8-e4m3fn", 8, "minifloat"));
/// # Ok::<(), mf_core::quantizer::UnknownFormat>(())
/// ```
///
/// # Errors
/// [`UnknownFormat`] if no format has this name or alias. The name is ambiguous if those of two formats or more begin
/// with it, as with `fp8`, or have a part that begins with it, as with `e4m3`.
pub fn find(name: &str) -> Result<&'static Format, UnknownFormat> {
    let wanted = plain(name);
    let mut formats = FORMATS.iter();
    formats
        .find(|format| format.spellings().any(|(spelling, _)| spelling == wanted))
        .ok_or_else(|| UnknownFormat::new(name, &[]))
}

impl UnknownFormat {
    /// The error for a `name` that is neither a spelling of a format nor one of `others`.
    pub(crate) fn new(name: &str, others: &[Spelling]) -> Self {
        let wanted = plain(name);
        let mut all: Vec<Spelling> = FORMATS.iter().flat_map(Format::spellings).collect();
        all.extend(others);
        let begins = |spelling: &str| {
            !wanted.is_empty()
                && (spelling.starts_with(&wanted)
                    || spelling.split('-').any(|part| part.starts_with(&wanted)))
        };
        let candidates = named_if(&all, begins);
        let name = name.to_owned();
        if candidates.len() > 1 {
            return Self::Ambiguous { name, candidates };
        }
        let suggestions = if candidates.is_empty() {
            nearest(&all, &wanted)
        } else {
            candidates
        };
        Self::Unknown { name, suggestions }
    }
}

/// The names that have a spelling which passes the test.
fn named_if(all: &[Spelling], test: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let passing = all.iter().filter(|(spelling, _)| test(spelling));
    let mut names: Vec<&'static str> = passing.map(|(_, name)| *name).collect();
    names.dedup();
    names
}

/// The names whose spellings are the fewest edits away, if that is no more than one in three letters.
fn nearest(all: &[Spelling], wanted: &str) -> Vec<&'static str> {
    let edits = |spelling: &str| strsim::levenshtein(spelling, wanted);
    let least = all.iter().map(|(spelling, _)| edits(spelling)).min();
    match least {
        Some(least) if 3 * least <= wanted.chars().count() => {
            named_if(all, |spelling| edits(spelling) == least)
        }
        _ => Vec::new(),
    }
}

fn did_you_mean(suggestions: &[&str]) -> String {
    match suggestions {
        [] => String::new(),
        some => format!(": did you mean {}?", some.join(", ")),
    }
}

const fn format(
    name: &'static str,
    aliases: &'static [&'static str],
    bits: u32,
    family: &'static str,
    member: fn() -> Result<Quantizer, QuantizerError>,
) -> Format {
    Format {
        name,
        aliases,
        bits,
        family,
        member,
    }
}

fn narrow(bits: u64) -> Result<Quantizer, QuantizerError> {
    int(bits, Range::Narrow)
}

fn full(bits: u64) -> Result<Quantizer, QuantizerError> {
    int(bits, Range::Full)
}

fn log(exponents: u64) -> Result<Quantizer, QuantizerError> {
    power_of_two(exponents, Zero::Without, Rounding::Log)
}

fn inq(exponents: u64) -> Result<Quantizer, QuantizerError> {
    power_of_two(exponents, Zero::With, Rounding::Linear)
}

fn apot(terms: u64, sign: Sign) -> Result<Quantizer, QuantizerError> {
    additive_power_of_two(terms, BASE_BITS, sign)
}

fn float(
    exponent_bits: u64,
    mantissa_bits: u64,
    specials: Specials,
) -> Result<Quantizer, QuantizerError> {
    let bias = usual_bias(exponent_bits, specials)?;
    minifloat(exponent_bits, mantissa_bits, bias, specials)
}

/// Every named format, by kind and then by bits.
///
/// Integers without `-full` leave out the lowest one. `log` formats are a sign and an exponent and have no 0; `inq` is
/// incremental network quantization, in which 0 has a code. `apot` is signed unless its name ends in `-unsigned`.
#[rustfmt::skip]
pub const FORMATS: &[Format] = &[
    format("binary", &["sign", "int1"], 1, "codebook", || SIGN.build()),
    format("ternary", &[], 2, "ternary", || ternary(BEST_THRESHOLD)),
    format("int2", &[], 2, "int", || narrow(2)),
    format("int3", &[], 3, "int", || narrow(3)),
    format("int4", &[], 4, "int", || narrow(4)),
    format("int5", &[], 5, "int", || narrow(5)),
    format("int6", &[], 6, "int", || narrow(6)),
    format("int7", &[], 7, "int", || narrow(7)),
    format("int8", &[], 8, "int", || narrow(8)),
    format("int2-full", &[], 2, "int", || full(2)),
    format("int3-full", &[], 3, "int", || full(3)),
    format("int4-full", &[], 4, "int", || full(4)),
    format("int5-full", &[], 5, "int", || full(5)),
    format("int6-full", &[], 6, "int", || full(6)),
    format("int7-full", &[], 7, "int", || full(7)),
    format("int8-full", &[], 8, "int", || full(8)),
    format("relu2", &["uint2", "relu-2"], 2, "relu", || relu(2, 1.0)),
    format("relu4", &["uint4", "relu-4"], 4, "relu", || relu(4, 1.0)),
    format("relu8", &["uint8", "relu-8"], 8, "relu", || relu(8, 1.0)),
    format("tanh2", &["tanh-2"], 2, "tanh", || tanh(2)),
    format("tanh4", &["tanh-4"], 4, "tanh", || tanh(4)),
    format("tanh8", &["tanh-8"], 8, "tanh", || tanh(8)),
    format("lloyd-max-2-bit", &[], 2, "lloyd-max", || lloyd_max(4)),
    format("lloyd-max-3-bit", &[], 3, "lloyd-max", || lloyd_max(8)),
    format("lloyd-max-4-bit", &[], 4, "lloyd-max", || lloyd_max(16)),
    format("lloyd-max-8-bit", &[], 8, "lloyd-max", || lloyd_max(256)),
    format("log3", &[], 3, "power-of-two", || log(4)),
    format("log4", &[], 4, "power-of-two", || log(8)),
    format("log5", &[], 5, "power-of-two", || log(16)),
    format("inq3", &[], 3, "power-of-two", || inq(2)),
    format("inq4", &[], 4, "power-of-two", || inq(4)),
    format("inq5", &[], 5, "power-of-two", || inq(8)),
    format("apot3", &[], 3, "additive-power-of-two", || apot(1, Sign::Signed)),
    format("apot5", &[], 5, "additive-power-of-two", || apot(2, Sign::Signed)),
    format("apot4-unsigned", &[], 4, "additive-power-of-two", || apot(2, Sign::Unsigned)),
    format("apot6-unsigned", &[], 6, "additive-power-of-two", || apot(3, Sign::Unsigned)),
    format("fp4-e2m1", &["e2m1", "float4-e2m1fn"], 4, "minifloat", || float(2, 1, Specials::None)),
    format("fp4-bnb", &["bnb-fp4"], 4, "codebook", || FP4_BNB.build()),
    format("fp6-e2m3", &["e2m3", "float6-e2m3fn"], 6, "minifloat", || float(2, 3, Specials::None)),
    format("fp6-e3m2", &["e3m2", "float6-e3m2fn"], 6, "minifloat", || float(3, 2, Specials::None)),
    format("fp8-e4m3fn", &["e4m3fn", "float8-e4m3fn"], 8, "minifloat", || float(4, 3, Specials::NanOnly)),
    format("fp8-e4m3-ieee", &["e4m3-ieee"], 8, "minifloat", || float(4, 3, Specials::Ieee)),
    format("fp8-e4m3fnuz", &["e4m3fnuz", "float8-e4m3fnuz"], 8, "minifloat", || float(4, 3, Specials::Fnuz)),
    format("fp8-e5m2", &["e5m2", "float8-e5m2"], 8, "minifloat", || float(5, 2, Specials::Ieee)),
    format("fp8-e5m2fnuz", &["e5m2fnuz", "float8-e5m2fnuz"], 8, "minifloat", || float(5, 2, Specials::Fnuz)),
    format("nf4", &["normal-float-4"], 4, "codebook", || NF4.build()),
    format("af4", &["abnormal-float-4"], 4, "codebook", || AF4.build()),
];
