//! Unions: finds the branch that a value was meant to be.

use serde_json::Value;

use super::phrases::{choices, forms, has_type, last, plain, types};
use super::{Check, Seen, below, resolve};
use crate::spec::tree::{Data, Node};
use crate::words::text::list;

impl<'a> Check<'a> {
    /// `oneOf` and `anyOf`: the branch that was meant, judged by its tag, its type and its keys.
    pub(super) fn union(&mut self, node: &Node, branches: &[Value], path: &[String]) -> Seen {
        let branches = self.flat(&branches.iter().collect::<Vec<_>>());
        if let Some((tag, names)) = tag(&branches) {
            let Some(named) = node.get(tag) else {
                return self.closest(node, &branches, path);
            };
            let chosen = branches
                .iter()
                .find(|branch| tag_value(branch, tag) == Some(&named.json()));
            return match chosen {
                Some(branch) => self.node(node, branch, path),
                None => {
                    let allowed = list(names.iter().map(|name| plain(name)));
                    self.not_allowed(named, &names, allowed, &below(path, tag));
                    node.entries()
                        .iter()
                        .map(|entry| entry.key.clone())
                        .collect()
                }
            };
        }
        self.closest(node, &branches, path)
    }

    pub(super) fn closest(&mut self, node: &Node, branches: &[&Value], path: &[String]) -> Seen {
        let fits = |branch: &&&Value| self.may_be(node, branch);
        let fitting: Vec<&Value> = branches.iter().filter(fits).copied().collect();
        if fitting.is_empty() {
            let message = format!("`{}` is {}", last(path), node.describe());
            self.note(node, path, message, Some(forms(branches)), None);
            return Seen::new();
        }
        let words: Vec<&Value> = fitting.iter().flat_map(|branch| choices(branch)).collect();
        if matches!(node.data, Data::Text(_))
            && !words.is_empty()
            && fitting.iter().all(|branch| !choices(branch).is_empty())
        {
            if !words.iter().any(|word| **word == node.json()) {
                self.not_allowed(node, &words, forms(branches), path);
            }
            return Seen::new();
        }
        let common = |branch: &Value| {
            node.entries()
                .iter()
                .filter(|entry| branch["properties"].get(&entry.key).is_some())
                .count()
        };
        let best = fitting
            .iter()
            .map(|branch| (self.attempt(node, branch, path), common(branch)))
            .min_by_key(|((problems, _), common)| {
                (!problems.is_empty(), usize::MAX - common, problems.len())
            });
        let Some(((problems, seen), _)) = best else {
            return Seen::new();
        };
        self.problems.extend(problems);
        seen
    }

    /// The branches; those of a branch that is only a union take its place.
    fn flat<'b>(&self, branches: &[&'b Value]) -> Vec<&'b Value>
    where
        'a: 'b,
    {
        let mut flat = Vec::new();
        for branch in branches.iter().map(|branch| self.deref(branch)) {
            let unions = ["oneOf", "anyOf"].iter();
            let inner: Vec<&Value> = unions
                .filter_map(|word| branch.get(*word)?.as_array())
                .flatten()
                .collect();
            if inner.is_empty() || branch.get("properties").is_some() {
                flat.push(branch);
            } else {
                flat.extend(self.flat(&inner));
            }
        }
        flat
    }

    /// Whether the type of a value is one that a schema, or a branch of it, takes.
    pub(super) fn may_be(&self, node: &Node, schema: &Value) -> bool {
        let schema = self.deref(schema);
        let Value::Object(words) = schema else {
            return true;
        };
        let kinds = types(words);
        let branches: Vec<&Value> = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|union| words.get(*union)?.as_array())
            .flatten()
            .collect();
        if !kinds.is_empty() {
            kinds.iter().any(|kind| has_type(node, kind))
        } else if !branches.is_empty() {
            branches.iter().any(|branch| self.may_be(node, branch))
        } else {
            choices(schema).is_empty() || matches!(node.data, Data::Text(_))
        }
    }

    pub(super) fn deref<'b>(&self, schema: &'b Value) -> &'b Value
    where
        'a: 'b,
    {
        schema
            .get("$ref")
            .map_or(schema, |target| resolve(self.defs, target))
    }
}

/// The key whose value decides the branch of a union, with its values.
fn tag<'a>(branches: &[&'a Value]) -> Option<(&'a str, Vec<&'a Value>)> {
    let first = branches.first()?.get("properties")?.as_object()?;
    first.keys().map(String::as_str).find_map(|key| {
        let values: Option<Vec<&Value>> = branches
            .iter()
            .map(|branch| tag_value(branch, key))
            .collect();
        values.map(|values| (key, values))
    })
}

fn tag_value<'a>(branch: &'a Value, key: &str) -> Option<&'a Value> {
    branch.get("properties")?.get(key)?.get("const")
}
