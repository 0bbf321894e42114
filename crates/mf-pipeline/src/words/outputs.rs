//! What a stage makes: tables, numbers and files.

use mf_data::Table;
use serde::{Deserialize, Serialize};

/// A named number with its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// The name, as in `of = "stage.number"`.
    pub name: String,
    /// The value; not finite values are written as text (`"NaN"`, `"inf"`).
    #[serde(with = "any_f64")]
    pub value: f64,
    /// The unit; `1` for a pure number.
    pub unit: String,
    /// What it is, in a sentence.
    pub about: String,
}

/// The results of one stage.
#[derive(Default)]
pub struct Outputs {
    /// Tables by name.
    pub tables: Vec<(String, Table)>,
    /// Numbers, in the order in which they are published.
    pub numbers: Vec<Number>,
    /// Files by ending: `("svg", bytes)` is published as `NAME.svg`.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Outputs {
    /// No results yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more table.
    #[must_use]
    pub fn table(mut self, name: &str, table: Table) -> Self {
        self.tables.push((name.to_owned(), table));
        self
    }

    /// With one more number.
    #[must_use]
    pub fn number(mut self, name: &str, value: f64, unit: &str, about: &str) -> Self {
        let (name, unit, about) = (name.to_owned(), unit.to_owned(), about.to_owned());
        self.numbers.push(Number {
            name,
            value,
            unit,
            about,
        });
        self
    }

    /// With one more file, named by its ending.
    #[must_use]
    pub fn file(mut self, ending: &str, bytes: Vec<u8>) -> Self {
        self.files.push((ending.to_owned(), bytes));
        self
    }
}

/// JSON has no NaN and no infinity: they are written as text.
pub(crate) mod any_f64 {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Text(String),
    }

    pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            serializer.serialize_f64(*value)
        } else {
            serializer.serialize_str(&value.to_string())
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Number(value) => Ok(value),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}
