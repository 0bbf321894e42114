//! Number formats by name: what `int4`, `fp8-e4m3fn` or `nf4` mean in terms of families.

use super::{Argument, Arguments, Family, Quantizer, QuantizerError, family};
use thiserror::Error;

/// A number format: a member of a family that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    /// Its name, such as `fp8-e4m3fn`.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Bits of a stored number (a code may be unused, as that of -0).
    pub bits: u32,
    /// The name of its family.
    pub family: &'static str,
    /// What the family is given.
    pub settings: &'static [(&'static str, Setting)],
}

/// An [`Argument`] that is known in advance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// A whole number.
    Integer(u64),
    /// A text.
    Text(&'static str),
}

/// A name that no format has, or several.
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
    /// No format is called so.
    #[error("there is no number format `{name}`{}", did_you_mean(.suggestions))]
    Unknown {
        /// The name that was given.
        name: String,
        /// Formats with names much like it, perhaps none; [`FORMATS`] has all.
        suggestions: Vec<&'static str>,
    },
}

impl Format {
    /// Its family.
    ///
    /// # Errors
    /// None for a format of [`FORMATS`]; [`QuantizerError::Outside`] if there is no family of that name.
    pub fn family(&self) -> Result<&'static Family, QuantizerError> {
        family(self.family).ok_or_else(|| {
            super::arguments::outside("family", self.family, "the name of a family in FAMILIES")
        })
    }

    /// What its family is given.
    pub fn arguments(&self) -> Arguments {
        let start = Arguments::default();
        self.settings
            .iter()
            .fold(start, |arguments, (name, setting)| {
                let value = match setting {
                    Setting::Integer(value) => Argument::Integer(*value),
                    Setting::Text(value) => Argument::Text((*value).to_owned()),
                };
                arguments.with(name, value)
            })
    }

    /// The quantizer.
    ///
    /// # Errors
    /// None for a format of [`FORMATS`]; otherwise what the family refuses.
    pub fn build(&self) -> Result<Box<dyn Quantizer>, QuantizerError> {
        (self.family()?.build)(&self.arguments())
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// The format called `name`; capitals count as small letters and `_` as `-`.
///
/// # Errors
/// [`UnknownFormat`] if `name` is no format's name or alias. It is ambiguous if two formats or more begin like it, as
/// `fp8` does, or have a part that does, as `e4m3`.
pub fn find(name: &str) -> Result<&'static Format, UnknownFormat> {
    let wanted = name.to_lowercase().replace('_', "-");
    if let Some(format) = FORMATS.iter().find(|f| f.names().any(|n| n == wanted)) {
        return Ok(format);
    }
    let begins = |name: &str| {
        !wanted.is_empty()
            && (name.starts_with(&wanted) || name.split('-').any(|part| part.starts_with(&wanted)))
    };
    let candidates = named_if(begins);
    if candidates.len() > 1 {
        return Err(UnknownFormat::Ambiguous {
            name: name.to_owned(),
            candidates,
        });
    }
    let suggestions = if candidates.is_empty() {
        nearest(&wanted)
    } else {
        candidates
    };
    Err(UnknownFormat::Unknown {
        name: name.to_owned(),
        suggestions,
    })
}

/// The formats one of whose names passes.
fn named_if(test: impl Fn(&str) -> bool) -> Vec<&'static str> {
    FORMATS
        .iter()
        .filter(|format| format.names().any(&test))
        .map(|format| format.name)
        .collect()
}

/// The formats with the names of fewest edits, if that is no more than one in three letters.
fn nearest(wanted: &str) -> Vec<&'static str> {
    let slips = |name: &str| edits(name, wanted);
    let least = FORMATS.iter().flat_map(Format::names).map(slips).min();
    match least {
        Some(least) if 3 * least <= wanted.chars().count() => named_if(|name| slips(name) == least),
        _ => Vec::new(),
    }
}

/// The least number of letters to insert, delete or replace between two words (Levenshtein 1966).
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, &above) in other.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(a != b)).min(left.min(above) + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
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
    settings: &'static [(&'static str, Setting)],
) -> Format {
    Format {
        name,
        aliases,
        bits,
        family,
        settings,
    }
}

use Setting::{Integer, Text};

const FULL: (&str, Setting) = ("range", Text("full"));
const WITHOUT_ZERO: (&str, Setting) = ("zero", Text("without"));
const LINEAR: (&str, Setting) = ("rounding", Text("linear"));
const UNSIGNED: (&str, Setting) = ("sign", Text("unsigned"));

const fn bits(count: u64) -> (&'static str, Setting) {
    ("bits", Integer(count))
}

const fn states(count: u64) -> (&'static str, Setting) {
    ("states", Integer(count))
}

const fn exponents(count: u64) -> (&'static str, Setting) {
    ("exponents", Integer(count))
}

const fn terms(count: u64) -> (&'static str, Setting) {
    ("terms", Integer(count))
}

const fn exponent_bits(count: u64) -> (&'static str, Setting) {
    ("exponent-bits", Integer(count))
}

const fn mantissa_bits(count: u64) -> (&'static str, Setting) {
    ("mantissa-bits", Integer(count))
}

const fn specials(kind: &'static str) -> (&'static str, Setting) {
    ("specials", Text(kind))
}

/// Every format that has a name, by kind and then by bits.
///
/// Integers without `-full` leave out the lowest one. `log` formats are a sign and an exponent and have no 0; `inq` is
/// incremental network quantization, whose code counts 0. `apot` is signed unless it says otherwise.
#[rustfmt::skip]
pub const FORMATS: &[Format] = &[
    format("binary", &["sign", "int1"], 1, "sign", &[]),
    format("ternary", &[], 2, "ternary", &[]),
    format("int2", &[], 2, "int", &[bits(2)]),
    format("int3", &[], 3, "int", &[bits(3)]),
    format("int4", &[], 4, "int", &[bits(4)]),
    format("int5", &[], 5, "int", &[bits(5)]),
    format("int6", &[], 6, "int", &[bits(6)]),
    format("int7", &[], 7, "int", &[bits(7)]),
    format("int8", &[], 8, "int", &[bits(8)]),
    format("int2-full", &[], 2, "int", &[bits(2), FULL]),
    format("int3-full", &[], 3, "int", &[bits(3), FULL]),
    format("int4-full", &[], 4, "int", &[bits(4), FULL]),
    format("int5-full", &[], 5, "int", &[bits(5), FULL]),
    format("int6-full", &[], 6, "int", &[bits(6), FULL]),
    format("int7-full", &[], 7, "int", &[bits(7), FULL]),
    format("int8-full", &[], 8, "int", &[bits(8), FULL]),
    format("relu2", &["uint2", "relu-2"], 2, "relu", &[bits(2)]),
    format("relu4", &["uint4", "relu-4"], 4, "relu", &[bits(4)]),
    format("relu8", &["uint8", "relu-8"], 8, "relu", &[bits(8)]),
    format("tanh2", &["tanh-2"], 2, "tanh", &[bits(2)]),
    format("tanh4", &["tanh-4"], 4, "tanh", &[bits(4)]),
    format("tanh8", &["tanh-8"], 8, "tanh", &[bits(8)]),
    format("lloyd-max-2-bit", &[], 2, "lloyd-max", &[states(4)]),
    format("lloyd-max-3-bit", &[], 3, "lloyd-max", &[states(8)]),
    format("lloyd-max-4-bit", &[], 4, "lloyd-max", &[states(16)]),
    format("lloyd-max-8-bit", &[], 8, "lloyd-max", &[states(256)]),
    format("log3", &[], 3, "power-of-two", &[exponents(4), WITHOUT_ZERO]),
    format("log4", &[], 4, "power-of-two", &[exponents(8), WITHOUT_ZERO]),
    format("log5", &[], 5, "power-of-two", &[exponents(16), WITHOUT_ZERO]),
    format("inq3", &[], 3, "power-of-two", &[exponents(2), LINEAR]),
    format("inq4", &[], 4, "power-of-two", &[exponents(4), LINEAR]),
    format("inq5", &[], 5, "power-of-two", &[exponents(8), LINEAR]),
    format("apot3", &[], 3, "additive-power-of-two", &[terms(1)]),
    format("apot5", &[], 5, "additive-power-of-two", &[terms(2)]),
    format("apot4-unsigned", &[], 4, "additive-power-of-two", &[terms(2), UNSIGNED]),
    format("apot6-unsigned", &[], 6, "additive-power-of-two", &[terms(3), UNSIGNED]),
    format("fp4-e2m1", &["e2m1", "float4-e2m1fn"], 4, "minifloat", &[exponent_bits(2), mantissa_bits(1)]),
    format("fp4-bnb", &["bnb-fp4"], 4, "fp4-bnb", &[]),
    format("fp6-e2m3", &["e2m3", "float6-e2m3fn"], 6, "minifloat", &[exponent_bits(2), mantissa_bits(3)]),
    format("fp6-e3m2", &["e3m2", "float6-e3m2fn"], 6, "minifloat", &[exponent_bits(3), mantissa_bits(2)]),
    format("fp8-e4m3fn", &["e4m3fn", "float8-e4m3fn"], 8, "minifloat",
        &[exponent_bits(4), mantissa_bits(3), specials("nan-only")]),
    format("fp8-e4m3-ieee", &["e4m3-ieee"], 8, "minifloat",
        &[exponent_bits(4), mantissa_bits(3), specials("ieee")]),
    format("fp8-e4m3fnuz", &["e4m3fnuz", "float8-e4m3fnuz"], 8, "minifloat",
        &[exponent_bits(4), mantissa_bits(3), specials("fnuz")]),
    format("fp8-e5m2", &["e5m2", "float8-e5m2"], 8, "minifloat",
        &[exponent_bits(5), mantissa_bits(2), specials("ieee")]),
    format("fp8-e5m2fnuz", &["e5m2fnuz", "float8-e5m2fnuz"], 8, "minifloat",
        &[exponent_bits(5), mantissa_bits(2), specials("fnuz")]),
    format("nf4", &["normal-float-4"], 4, "nf4", &[]),
    format("af4", &["abnormal-float-4"], 4, "af4", &[]),
];
