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
            QuantizerError::Missing { parameter, .. } => Some(parameter),
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
}
