//! What is written once in `pipeline.toml` and used in several places: `[shared]`, `matrix`, `[defaults]` and `each`, written
//! out on the tree before it is checked. Every value keeps the place where it is written.

mod defaults;
mod matrix;
pub(crate) mod shared;

use std::collections::BTreeSet;

use crate::spec::tree::{Entry, Node};
use crate::words::diagnostic::Diagnostic;

/// The lists of `pipeline.toml` whose items may have a `matrix`.
pub(crate) const LISTS: [&str; 4] = ["quantizer", "stage", "figure", "claim"];

/// A tree without `[shared]`, `matrix` and `[defaults]`.
pub(crate) struct Expanded {
    pub(crate) tree: Node,
    pub(crate) problems: Vec<Diagnostic>,
    /// What is shared or a default, and used by nothing.
    pub(crate) unused: Vec<Diagnostic>,
    /// The lists in which the name of an item is not known: it is missing, or a matrix is wrong.
    pub(crate) unnamed: BTreeSet<&'static str>,
    /// `[shared]`, as it is written.
    pub(crate) shared: Option<Entry>,
}

/// Writes a tree out. `source` is the text of the file, for the digits of numbers; `kinds` can have defaults.
pub(crate) fn expand(source: &str, written: &Node, kinds: &[&str]) -> Expanded {
    let (tree, mut problems, mut unused) = shared::replace(written);
    let (tree, mut unnamed) = matrix::expand(source, &tree, &mut problems);
    let tree = tree.with_items("quantizer", |item| vec![named_by_format(item)]);
    let nameless = |list: &&str| {
        let items = tree.get(list).map_or(&[][..], Node::items);
        items.iter().any(|item| item.text("name").is_none())
    };
    unnamed.extend(LISTS.into_iter().filter(nameless));
    let tree = defaults::apply(tree, kinds, &mut problems, &mut unused);
    let tree = defaults::series(&tree, &mut problems);
    Expanded {
        tree,
        problems,
        unused,
        unnamed,
        shared: written.entry("shared").cloned(),
    }
}

/// A quantizer that is a format and has no name is called like its format.
fn named_by_format(item: &Node) -> Node {
    match (item.get("name"), item.entry("format")) {
        (None, Some(format)) => item.with_entry("name", &format.span, format.node.clone()),
        _ => item.clone(),
    }
}
