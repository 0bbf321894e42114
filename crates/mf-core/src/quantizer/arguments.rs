//! Parameters of a family, and the arguments that a user gives for them.

use crate::activation::ActivationError;
use std::collections::BTreeMap;
use thiserror::Error;

/// A parameter of a family, as users see it.
///
/// ```
/// use mf_core::quantizer::Parameter;
///
/// const BITS: Parameter = Parameter::integer("bits", 1, 16, "bits of a code word");
/// assert!(BITS.required && !BITS.optional().required);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name that users type.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// Its meaning, in one line.
    pub about: &'static str,
}

/// The kind of values that a parameter takes.
///
/// ```
/// use mf_core::quantizer::{ParameterKind, uniform::FAMILY};
///
/// assert!(matches!(FAMILY.parameters[0].kind, ParameterKind::Integer { least: 2, .. }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A whole number.
    Integer {
        /// The least value.
        least: u64,
        /// The largest value.
        most: u64,
    },
    /// A number.
    Number,
    /// A list of numbers.
    Numbers,
    /// A text.
    Text,
}

impl Parameter {
    /// A whole number from `least` to `most` that must be given.
    pub const fn integer(name: &'static str, least: u64, most: u64, about: &'static str) -> Self {
        Self::required(name, ParameterKind::Integer { least, most }, about)
    }

    /// A number that must be given.
    pub const fn number(name: &'static str, about: &'static str) -> Self {
        Self::required(name, ParameterKind::Number, about)
    }

    /// A list of numbers that must be given.
    pub const fn numbers(name: &'static str, about: &'static str) -> Self {
        Self::required(name, ParameterKind::Numbers, about)
    }

    /// A text that must be given.
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self::required(name, ParameterKind::Text, about)
    }

    /// The same parameter, which may be left out.
    ///
    /// ```
    /// use mf_core::quantizer::relu::FAMILY;
    ///
    /// // `max` may be left out, `bits` may not.
    /// let required = FAMILY.parameters.iter().map(|parameter| (parameter.name, parameter.required));
    /// assert!(required.eq([("bits", true), ("max", false)]));
    /// ```
    #[must_use]
    pub const fn optional(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }

    const fn required(name: &'static str, kind: ParameterKind, about: &'static str) -> Self {
        Self {
            name,
            kind,
            required: true,
            about,
        }
    }
}

/// A value that a user gave.
///
/// ```
/// use mf_core::quantizer::{Argument, Arguments, codebook::FAMILY};
///
/// // levels = [-1.0, 0.0, 2.0]
/// let levels = Argument::Numbers(vec![-1.0, 0.0, 2.0]);
/// let quantizer = (FAMILY.build)(&Arguments::default().with("levels", levels))?;
/// assert_eq!(quantizer.activation.thresholds(), [-0.5, 1.0]);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// For [`ParameterKind::Integer`].
    Integer(u64),
    /// For [`ParameterKind::Number`].
    Number(f64),
    /// For [`ParameterKind::Numbers`].
    Numbers(Vec<f64>),
    /// For [`ParameterKind::Text`].
    Text(String),
}

/// The values that a user gave, by the name of the parameter.
///
/// ```
/// use mf_core::quantizer::{Argument, Arguments};
///
/// let given = Arguments::default()
///     .with("alpha", Argument::Number(6.0))
///     .with("range", Argument::Text("full".to_owned()));
/// assert_eq!((given.number("alpha")?, given.text("range")?), (6.0, "full"));
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arguments(BTreeMap<&'static str, Argument>);

/// Why a family cannot build the quantizer.
///
/// ```
/// let error = mf_core::quantizer::tanh(40).unwrap_err();
/// assert_eq!(error.to_string(), "`bits` is 40: give a whole number from 1 to 16");
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
pub enum QuantizerError {
    /// A required parameter is not given, or it is of another kind.
    #[error("`{parameter}` is missing: give {wanted}")]
    Missing {
        /// The parameter.
        parameter: &'static str,
        /// The kind of value.
        wanted: &'static str,
    },
    /// A value outside the range of the parameter.
    #[error("`{parameter}` is {value}: give {allowed}")]
    Outside {
        /// The parameter.
        parameter: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed, in words.
        allowed: String,
    },
    /// The levels and thresholds do not define an activation.
    #[error("{error}")]
    Activation {
        /// The parameter at fault, if it is one alone.
        parameter: Option<&'static str>,
        /// The error.
        error: ActivationError,
    },
}

impl QuantizerError {
    /// The parameter at fault, if it is one alone.
    ///
    /// ```
    /// // Levels that do not rise.
    /// let error = mf_core::quantizer::codebook("mine", vec![1.0, 1.0], None).unwrap_err();
    /// assert_eq!(error.parameter(), Some("levels"));
    /// ```
    pub fn parameter(&self) -> Option<&'static str> {
        match self {
            QuantizerError::Missing { parameter, .. }
            | QuantizerError::Outside { parameter, .. } => Some(parameter),
            QuantizerError::Activation { parameter, .. } => *parameter,
        }
    }
}

impl From<ActivationError> for QuantizerError {
    fn from(error: ActivationError) -> Self {
        QuantizerError::Activation {
            parameter: None,
            error,
        }
    }
}

impl Arguments {
    /// With the value of a parameter.
    ///
    /// ```
    /// use mf_core::quantizer::{Argument, Arguments};
    ///
    /// // The last value counts.
    /// let given = Arguments::default().with("bits", Argument::Integer(2)).with("bits", Argument::Integer(4));
    /// assert_eq!(given.integer("bits")?, 4);
    /// # Ok::<(), mf_core::quantizer::QuantizerError>(())
    /// ```
    #[must_use]
    pub fn with(mut self, parameter: &'static str, value: Argument) -> Self {
        self.0.insert(parameter, value);
        self
    }

    /// The whole number given for `parameter`.
    ///
    /// ```
    /// let error = mf_core::quantizer::Arguments::default().integer("bits").unwrap_err();
    /// assert_eq!(error.to_string(), "`bits` is missing: give a whole number");
    /// ```
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn integer(&self, parameter: &'static str) -> Result<u64, QuantizerError> {
        self.read(parameter, "a whole number", |given| match given {
            Argument::Integer(value) => Some(*value),
            _ => None,
        })
    }

    /// The whole number given for `parameter`, or `default` if nothing is.
    ///
    /// ```
    /// use mf_core::quantizer::{Argument, Arguments};
    ///
    /// let given = Arguments::default().with("terms", Argument::Integer(3));
    /// assert_eq!((given.integer_or("terms", 1)?, given.integer_or("base-bits", 2)?), (3, 2));
    /// # Ok::<(), mf_core::quantizer::QuantizerError>(())
    /// ```
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if something else is given.
    pub fn integer_or(&self, parameter: &'static str, default: u64) -> Result<u64, QuantizerError> {
        if self.has(parameter) {
            self.integer(parameter)
        } else {
            Ok(default)
        }
    }

    /// The number given for `parameter`.
    ///
    /// ```
    /// use mf_core::quantizer::{Argument, Arguments};
    ///
    /// // A text is not a number.
    /// let given = Arguments::default().with("max", Argument::Text("6".to_owned()));
    /// assert_eq!(given.number("max").unwrap_err().to_string(), "`max` is missing: give a number");
    /// ```
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn number(&self, parameter: &'static str) -> Result<f64, QuantizerError> {
        self.read(parameter, "a number", |given| match given {
            Argument::Number(value) => Some(*value),
            _ => None,
        })
    }

    /// The number given for `parameter`, or `default` if nothing is.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if something else is given.
    pub fn number_or(&self, parameter: &'static str, default: f64) -> Result<f64, QuantizerError> {
        if self.has(parameter) {
            self.number(parameter)
        } else {
            Ok(default)
        }
    }

    /// The list of numbers given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn numbers(&self, parameter: &'static str) -> Result<&[f64], QuantizerError> {
        self.read(parameter, "a list of numbers", |given| match given {
            Argument::Numbers(values) => Some(values.as_slice()),
            _ => None,
        })
    }

    /// The text given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn text(&self, parameter: &'static str) -> Result<&str, QuantizerError> {
        self.read(parameter, "a text", |given| match given {
            Argument::Text(value) => Some(value.as_str()),
            _ => None,
        })
    }

    /// The entry of `choices` that the text given for `parameter` names; the first one if nothing is given.
    ///
    /// ```
    /// use mf_core::quantizer::{Argument, Arguments};
    ///
    /// let sides = [("both", 2), ("upper", 1)];
    /// let given = Arguments::default();
    /// assert_eq!(given.choice("sides", &sides)?, 2);
    /// let error = given.with("sides", Argument::Text("lower".to_owned())).choice("sides", &sides);
    /// assert_eq!(error.unwrap_err().to_string(), "`sides` is lower: give one of both, upper");
    /// # Ok::<(), mf_core::quantizer::QuantizerError>(())
    /// ```
    ///
    /// # Errors
    /// [`QuantizerError::Outside`] if the text names none, [`QuantizerError::Missing`] if something else is given.
    pub fn choice<T: Copy>(
        &self,
        parameter: &'static str,
        choices: &[(&str, T)],
    ) -> Result<T, QuantizerError> {
        let names = choices.iter().map(|(name, _)| *name);
        let first = names.clone().next().unwrap_or_default();
        let given = if self.has(parameter) {
            self.text(parameter)?
        } else {
            first
        };
        let chosen = choices.iter().find(|(name, _)| *name == given);
        chosen.map(|(_, choice)| *choice).ok_or_else(|| {
            let allowed = format!("one of {}", names.collect::<Vec<_>>().join(", "));
            outside(parameter, given, allowed)
        })
    }

    fn has(&self, parameter: &str) -> bool {
        self.0.contains_key(parameter)
    }

    fn read<'a, T>(
        &'a self,
        parameter: &'static str,
        wanted: &'static str,
        read: impl Fn(&'a Argument) -> Option<T>,
    ) -> Result<T, QuantizerError> {
        let given = self.0.get(parameter);
        given
            .and_then(read)
            .ok_or(QuantizerError::Missing { parameter, wanted })
    }
}

/// The error for a `value` outside its range.
pub(super) fn outside(
    parameter: &'static str,
    value: impl ToString,
    allowed: impl Into<String>,
) -> QuantizerError {
    QuantizerError::Outside {
        parameter,
        value: value.to_string(),
        allowed: allowed.into(),
    }
}

/// `value` if it is from `least` to `most`.
pub(super) fn within(
    parameter: &'static str,
    value: u64,
    least: u64,
    most: u64,
) -> Result<u64, QuantizerError> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(outside(
            parameter,
            value,
            format!("a whole number from {least} to {most}"),
        ))
    }
}

/// `value` if it is finite and above 0.
pub(super) fn positive(parameter: &'static str, value: f64) -> Result<f64, QuantizerError> {
    if value > 0.0 && value.is_finite() {
        Ok(value)
    } else {
        Err(outside(parameter, value, "a finite number above zero"))
    }
}
