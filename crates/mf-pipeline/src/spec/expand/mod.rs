//! What stands once in `pipeline.toml` and is meant in several places: `[shared]`, `matrix`, `[defaults]` and `each`, written
//! out on the tree before anything else is made of it. Every value keeps the place where it is written.

mod defaults;
mod matrix;
pub(crate) mod shared;

use crate::spec::tree::Node;
use crate::words::diagnostic::Diagnostic;

/// The lists of `pipeline.toml` whose items may have a `matrix`.
const LISTS: [&str; 4] = ["quantizer", "stage", "figure", "claim"];

/// A tree without `[shared]`, `matrix` and `[defaults]`.
pub(crate) struct Expanded {
    pub(crate) tree: Node,
    pub(crate) problems: Vec<Diagnostic>,
    /// What is shared or a default, and used by nothing.
    pub(crate) unused: Vec<Diagnostic>,
    /// Whether every matrix could be written out, so that the names of all items are known.
    pub(crate) named: bool,
}

/// Writes a tree out. `source` is the text of the file, for the digits of numbers; `kinds` can have defaults.
pub(crate) fn expand(source: &str, tree: &Node, kinds: &[&str]) -> Expanded {
    let (tree, mut problems, mut unused) = shared::replace(tree);
    let before = problems.len();
    let tree = matrix::expand(source, &tree, &mut problems);
    let named = problems.len() == before;
    let tree = defaults::apply(tree, kinds, &mut problems, &mut unused);
    let tree = defaults::series(&tree, &mut problems);
    Expanded {
        tree: tree.with_items("quantizer", |item| vec![named_by_format(item)]),
        problems,
        unused,
        named,
    }
}

/// A quantizer that is a format and has no name is called like its format.
fn named_by_format(item: &Node) -> Node {
    match (item.get("name"), item.entry("format")) {
        (None, Some(format)) => item.with_entry("name", &format.span, format.node.clone()),
        _ => item.clone(),
    }
}
