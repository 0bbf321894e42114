//! Parameters of a family, and the arguments that a user gives for them.

use crate::activation::ActivationError;
use std::collections::BTreeMap;
use thiserror::Error;

/// A parameter of a family, as users see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name that users type.
    pub name: &'static str,
    /// What values it takes.
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it means, in one line.
    pub about: &'static str,
}

/// What values a parameter takes.
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

/// A value that a user gave.
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arguments(BTreeMap<&'static str, Argument>);

/// Why a family can't build the quantizer.
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
    /// A value outside what the parameter takes.
    #[error("`{parameter}` is {value}: give {allowed}")]
    Outside {
        /// The parameter.
        parameter: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed, in words.
        allowed: String,
    },
    /// The levels and thresholds do not make an activation.
    #[error("{error}")]
    Activation {
        /// The parameter at fault, if it is one alone.
        parameter: Option<&'static str>,
        /// What is wrong with them.
        error: ActivationError,
    },
}

impl QuantizerError {
    /// The parameter at fault, if it is one alone.
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
    #[must_use]
    pub fn with(mut self, parameter: &'static str, value: Argument) -> Self {
        self.0.insert(parameter, value);
        self
    }

    /// The whole number given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn integer(&self, parameter: &'static str) -> Result<u64, QuantizerError> {
        match self.0.get(parameter) {
            Some(Argument::Integer(value)) => Ok(*value),
            _ => Err(QuantizerError::Missing {
                parameter,
                wanted: "a whole number",
            }),
        }
    }

    /// The whole number given for `parameter`, or `default` if nothing is.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if something else is given.
    pub fn integer_or(&self, parameter: &'static str, default: u64) -> Result<u64, QuantizerError> {
        self.or(parameter, default, Self::integer)
    }

    /// The number given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn number(&self, parameter: &'static str) -> Result<f64, QuantizerError> {
        match self.0.get(parameter) {
            Some(Argument::Number(value)) => Ok(*value),
            _ => Err(QuantizerError::Missing {
                parameter,
                wanted: "a number",
            }),
        }
    }

    /// The number given for `parameter`, or `default` if nothing is.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if something else is given.
    pub fn number_or(&self, parameter: &'static str, default: f64) -> Result<f64, QuantizerError> {
        self.or(parameter, default, Self::number)
    }

    /// The list of numbers given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn numbers(&self, parameter: &'static str) -> Result<&[f64], QuantizerError> {
        match self.0.get(parameter) {
            Some(Argument::Numbers(values)) => Ok(values),
            _ => Err(QuantizerError::Missing {
                parameter,
                wanted: "a list of numbers",
            }),
        }
    }

    /// The text given for `parameter`.
    ///
    /// # Errors
    /// [`QuantizerError::Missing`] if there is none.
    pub fn text(&self, parameter: &'static str) -> Result<&str, QuantizerError> {
        match self.0.get(parameter) {
            Some(Argument::Text(value)) => Ok(value),
            _ => Err(QuantizerError::Missing {
                parameter,
                wanted: "a text",
            }),
        }
    }

    /// The entry of `choices` that the text given for `parameter` names; the first one if nothing is given.
    ///
    /// # Errors
    /// [`QuantizerError::Outside`] if the text names none, [`QuantizerError::Missing`] if something else is given.
    pub fn choice<T: Copy>(
        &self,
        parameter: &'static str,
        choices: &[(&str, T)],
    ) -> Result<T, QuantizerError> {
        let given = match self.0.get(parameter) {
            Some(_) => Some(self.text(parameter)?),
            None => None,
        };
        choices
            .iter()
            .find(|(name, _)| given.is_none_or(|text| text == *name))
            .map(|(_, choice)| *choice)
            .ok_or_else(|| {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                outside(
                    parameter,
                    given.unwrap_or_default(),
                    format!("one of {}", names.join(", ")),
                )
            })
    }

    fn or<T>(
        &self,
        parameter: &'static str,
        default: T,
        read: impl Fn(&Self, &'static str) -> Result<T, QuantizerError>,
    ) -> Result<T, QuantizerError> {
        if self.0.contains_key(parameter) {
            read(self, parameter)
        } else {
            Ok(default)
        }
    }
}

/// The refusal of `value`.
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
