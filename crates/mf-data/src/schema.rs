//! The description of a table as JSON.

use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::table::Table;

/// The description: a Frictionless Table Schema with `unit` added to each field.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) fields: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

impl Table {
    /// The columns' names, types, units and meanings as indented JSON: a Frictionless Table Schema
    /// (<https://specs.frictionlessdata.io/table-schema/>) with a `unit` for each field, and the notes.
    pub fn schema_json(&self) -> String {
        // This cannot fail: all keys are strings.
        serde_json::to_string_pretty(&self.description()).unwrap_or_default() + "\n"
    }

    pub(crate) fn description(&self) -> Description {
        Description {
            fields: self.fields().to_vec(),
            notes: self.notes().to_vec(),
        }
    }
}
