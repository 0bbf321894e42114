//! Keys: what a stage's result depends on, as one hash. Content only; never times, never the order of keys in a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::job::QuantizerDefinition;
use crate::words::hash::Hash;
use crate::words::outputs::Number;

/// Everything that a result depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub(crate) kind: String,
    /// Hashes of the parts of the code, by their names.
    pub(crate) code: BTreeMap<String, String>,
    pub(crate) params: Value,
    pub(crate) quantizers: Vec<QuantizerDefinition>,
    pub(crate) seed: Option<u64>,
    pub(crate) inputs: BTreeMap<String, InputHash>,
}

/// An input by role: where it comes from (for people) and its content (for the key).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InputHash {
    pub(crate) reference: String,
    /// `None` while the stage that makes it has yet to run.
    pub(crate) hash: Option<Hash>,
}

impl Recipe {
    /// The hash of everything but the contents of the inputs: no result of this hash, and the stage must run whatever
    /// its inputs turn out to be.
    pub(crate) fn own(&self) -> Hash {
        self.hash(|_| Value::Null)
    }

    /// The key of the result, if the content of every input is known.
    pub(crate) fn key(&self) -> Option<Hash> {
        let known = self.inputs.values().all(|input| input.hash.is_some());
        let text = |input: &InputHash| {
            input
                .hash
                .as_ref()
                .map_or(Value::Null, |hash| Value::from(hash.as_str()))
        };
        known.then(|| self.hash(text))
    }

    /// The hash of the code.
    pub(crate) fn code(&self) -> Hash {
        Hash::of_json(&serde_json::json!(self.code))
    }

    fn hash(&self, content: impl Fn(&InputHash) -> Value) -> Hash {
        let inputs: serde_json::Map<String, Value> = self
            .inputs
            .iter()
            .map(|(role, input)| (role.clone(), content(input)))
            .collect();
        Hash::of_json(&serde_json::json!({
            "kind": self.kind,
            "code": self.code,
            "params": self.params,
            "quantizers": self.quantizers.iter().map(QuantizerDefinition::hash).collect::<Vec<_>>(),
            "seed": self.seed,
            "inputs": inputs,
        }))
    }
}

impl QuantizerDefinition {
    /// The hash of the definition.
    pub(crate) fn hash(&self) -> Hash {
        Hash::of_json(&serde_json::json!(self))
    }
}

/// The content of a number.
pub(crate) fn number_hash(number: &Number) -> Hash {
    Hash::of(format!("{:016x} {}", number.value.to_bits(), number.unit).as_bytes())
}
