//! Hashes of content, and JSON text in which equal values are equal text.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::path::Path;

use mf_data::DataError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A blake3 hash, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// Whether a text is a hash as they are written: 64 hexadecimal digits.
    pub(crate) fn is_written(text: &str) -> bool {
        text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// The hash of a file, which is not held in memory; `None` if there is none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of_file(path: &Path) -> Result<Option<Self>, DataError> {
        mf_data::files::read_with(path, |file| {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(file)?;
            Ok(Self(hasher.finalize().to_hex().to_string()))
        })
    }

    /// The hash of a JSON value: equal values have equal hashes, however they are written.
    #[must_use]
    pub fn of_json(value: &Value) -> Self {
        Self::of(canonical(value).as_bytes())
    }

    /// All 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The seed of something random: from the project's seed and what it is, as named values. It depends on nothing else, so
/// what two stages have in common is drawn alike.
pub(crate) fn derived_seed(project: u64, what: &Value) -> u64 {
    let hash = blake3::hash(format!("{project} {}", canonical(what)).as_bytes());
    hash.as_bytes()
        .iter()
        .take(8)
        .fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

/// JSON text in which equal values are equal text: sorted keys, shortest exact floats, `1.0` as `1`.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(&mut text, value);
    text
}

fn write_canonical(text: &mut String, value: &Value) {
    match value {
        Value::Number(number) => write_number(text, number),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(text, item);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(object) => {
            let sorted: BTreeMap<&String, &Value> = object.iter().collect();
            text.push('{');
            for (key, value) in sorted {
                let _ = write!(text, "{}:", Value::from(key.as_str()));
                write_canonical(text, value);
                text.push(',');
            }
            text.push('}');
        }
        simple => {
            let _ = write!(text, "{simple}");
        }
    }
}

fn write_number(text: &mut String, number: &serde_json::Number) {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: below it, a float that is whole is that integer
    let _ = match number.as_f64() {
        Some(value)
            if number.is_f64() && value == value.floor() && value.abs() <= LARGEST_EXACT =>
        {
            write!(text, "{}", value as i64)
        }
        Some(value) if number.is_f64() => write!(text, "{value:?}"),
        _ => write!(text, "{number}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_are_equal_text() {
        assert_eq!(
            canonical(&json!({"b": 1.0, "a": [2, true]})),
            canonical(&json!({"a": [2.0, true], "b": 1}))
        );
        assert_ne!(
            canonical(&json!(0.1)),
            canonical(&json!(0.100_000_000_000_000_02))
        );
        assert_eq!(canonical(&json!(-0.0)), "0");
        assert_ne!(
            canonical(&json!({"a": 1})),
            canonical(&json!({"a": 1, "b": null}))
        );
    }

    #[test]
    fn seeds_depend_on_the_project_and_on_named_values() {
        let seed =
            |project, network| derived_seed(project, &json!({ "width": 8, "network": network }));
        assert_ne!(seed(1, 1), seed(2, 1));
        assert_ne!(seed(1, 1), seed(1, 2));
        assert_eq!(
            seed(1, 1),
            derived_seed(1, &json!({ "network": 1.0, "width": 8 }))
        );
    }
}
