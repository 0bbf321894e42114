//! `[shared]`: values with a name, and `"@name"`, which is replaced by the value anywhere in the file.

use std::collections::{BTreeMap, BTreeSet};

use crate::spec::tree::{Data, Entry, Node};
use crate::spec::validate::{KEBAB, below, is_kebab, item_name};
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

/// The tree without `[shared]`, with its values where their names stood; the problems; and the unused names.
pub(crate) fn replace(tree: &Node) -> (Node, Vec<Diagnostic>, Vec<Diagnostic>) {
    let Some(table) = tree.get("shared") else {
        let mut none = Shared::default();
        let tree = none.written_out(tree, &[], &mut Vec::new());
        return (tree, none.problems, Vec::new());
    };
    let mut shared = Shared {
        entries: table.entries(),
        ..Shared::default()
    };
    if !matches!(table.data, Data::Table(_)) {
        let wrong = format!("`shared` is {}, but must be a table", table.describe());
        let wrong = Diagnostic::new(wrong).at(table.span.clone()).key("shared");
        let allowed = "`[shared]` with `name = value`; `\"@name\"` is replaced by the value";
        shared.problems.push(wrong.allowed(allowed));
    }
    for entry in shared.entries.iter().filter(|entry| !is_kebab(&entry.key)) {
        let message = format!("`{}` is not a name of a shared value", entry.key);
        let problem = Diagnostic::new(message).at(entry.span.clone());
        let problem = problem.key("shared").allowed(KEBAB);
        shared.problems.push(problem);
    }
    let tree = shared.written_out(&tree.without("shared"), &[], &mut Vec::new());
    let mut unused = Vec::new();
    for entry in shared.entries {
        if !shared.values.contains_key(&entry.key) {
            let message = format!("the shared value `{}` is not used", entry.key);
            let problem = Diagnostic::new(message).at(entry.span.clone());
            let problem = problem.key(format!("shared.{}", entry.key));
            let help = format!("remove it, or write `\"@{}\"` where it is used", entry.key);
            unused.push(problem.help(Some(help)));
        }
    }
    // Problems of unused values are reported too.
    for entry in shared.entries {
        shared.value(entry, &mut Vec::new());
    }
    (tree, shared.problems, unused)
}

#[derive(Default)]
struct Shared<'a> {
    entries: &'a [Entry],
    /// The values that were asked for, written out.
    values: BTreeMap<String, Node>,
    problems: Vec<Diagnostic>,
}

impl<'a> Shared<'a> {
    /// A tree with every `"@name"` in it replaced. `inside` has the names of the shared values that are being written out.
    fn written_out(&mut self, node: &Node, path: &[String], inside: &mut Vec<String>) -> Node {
        let data = match &node.data {
            Data::Text(text) => match text.strip_prefix('@') {
                Some(rest) if rest.starts_with('@') => Data::Text(rest.to_owned()),
                Some(name) => return self.named(name, node, path, inside),
                None => return node.clone(),
            },
            Data::Array(items) => {
                let mut written = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let place = below(path, &item_name(item, index));
                    written.push(self.written_out(item, &place, inside));
                }
                Data::Array(written)
            }
            Data::Table(entries) => {
                let mut written = entries.clone();
                for entry in &mut written {
                    let place = below(path, &entry.key);
                    entry.node = self.written_out(&entry.node, &place, inside);
                }
                Data::Table(written)
            }
            _ => return node.clone(),
        };
        Node {
            data,
            span: node.span.clone(),
        }
    }

    /// The value of a name; the text itself if there is no such name.
    fn named(
        &mut self,
        name: &str,
        node: &Node,
        path: &[String],
        inside: &mut Vec<String>,
    ) -> Node {
        let problem = |message: String| {
            let problem = Diagnostic::new(message).at(node.span.clone());
            problem.key(path.join(".")).alone()
        };
        let entries = self.entries;
        let Some(entry) = entries.iter().find(|entry| entry.key == name) else {
            let names: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
            let near = did_you_mean(name, names.iter().copied());
            let add = format!(
                "add `{name} = ...` to `[shared]`; a text that begins with @ is written \"@@{name}\""
            );
            let mut unknown = problem(format!("there is no shared value `{name}`"));
            if !names.is_empty() {
                unknown = unknown.allowed(list(names));
            }
            self.problems.push(unknown.help(near.or(Some(add))));
            return node.clone();
        };
        if let Some(first) = inside.iter().position(|other| other == name) {
            let circle = inside.iter().skip(first).map(String::as_str).chain([name]);
            let circle = circle.collect::<Vec<_>>().join(" -> ");
            let help = "remove one of these uses".to_owned();
            let message = format!("the shared value `{name}` uses itself: {circle}");
            self.problems.push(problem(message).help(Some(help)));
            return node.clone();
        }
        self.value(entry, inside)
    }

    /// The value of an entry of `[shared]`, written out.
    fn value(&mut self, entry: &Entry, inside: &mut Vec<String>) -> Node {
        if let Some(value) = self.values.get(&entry.key) {
            return value.clone();
        }
        inside.push(entry.key.clone());
        let path = ["shared".to_owned(), entry.key.clone()];
        let value = self.written_out(&entry.node, &path, inside);
        inside.pop();
        self.values.insert(entry.key.clone(), value.clone());
        value
    }
}
