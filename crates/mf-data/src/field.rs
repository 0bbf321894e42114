//! The description of a column: its name, unit, meaning and kind.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of value a column holds. The serialized names are those of the Frictionless Table Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Double precision numbers; NaN and infinities are allowed unless an [`Expect`](crate::Expect) forbids them.
    #[serde(rename = "number")]
    F64,
    /// Whole numbers from 0 to 2^64 - 1.
    #[serde(rename = "integer")]
    U64,
    /// UTF-8 text.
    #[serde(rename = "string")]
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::F64 => "numbers",
            Kind::U64 => "whole numbers",
            Kind::Text => "text",
        })
    }
}

/// A column's description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Column name, unique in its table.
    pub name: String,
    /// Kind of the values.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Unit of the values, such as `layers` or `sqrt(Q*)`; empty for pure numbers and text.
    #[serde(default)]
    pub unit: String,
    /// The meaning of the values, in one sentence.
    #[serde(rename = "description", default)]
    pub about: String,
}
