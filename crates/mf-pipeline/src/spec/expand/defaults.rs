//! Defaults: `[defaults.KIND]`, parameters that all stages of a kind have unless they say otherwise;
//! `[defaults.figure]`, those of all figures; `each` of a panel, what all its series have.

use std::collections::BTreeSet;

use crate::spec::lay::lay;
use crate::spec::tree::{Data, Entry, Node};
use crate::spec::validate::below;
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

/// The key of the defaults of figures.
const FIGURE: &str = "figure";

/// The tree with the series of each panel laid over what its `each` says of all of them.
pub(super) fn series(tree: &Node, problems: &mut Vec<Diagnostic>) -> Node {
    tree.with_items(FIGURE, |figure| {
        let path = [FIGURE, figure.text("name").unwrap_or_default()].map(str::to_owned);
        let mut index = 0..;
        vec![figure.with_items("panels", |panel| {
            let place = below(&path, &format!("panels.{}", index.next().unwrap_or(0)));
            let Some(each) = panel.entry("each") else {
                return vec![panel.clone()];
            };
            if !is_table(each) {
                let message = format!("`each` is {}, but must be a table", each.node.describe());
                let wrong = Diagnostic::new(message).at(each.node.span.clone());
                let allowed = "what all series of the panel have: `{ x = \"states\" }`";
                problems.push(wrong.key(below(&place, "each").join(".")).allowed(allowed));
            }
            vec![panel.without("each").with_items("series", |own| {
                let data = lay(&each.node, own, &place, problems).data;
                let span = own.span.clone();
                vec![Node { data, span }]
            })]
        })]
    })
}

/// The tree without `[defaults]`, with each item laid over the defaults of its kind.
pub(super) fn apply(
    tree: Node,
    kinds: &[&str],
    problems: &mut Vec<Diagnostic>,
    unused: &mut Vec<Diagnostic>,
) -> Node {
    let Some(table) = tree.get("defaults") else {
        return tree;
    };
    let known: Vec<&str> = kinds.iter().copied().chain([FIGURE]).collect();
    if !matches!(table.data, Data::Table(_)) {
        let wrong = format!("`defaults` is {}, but must be a table", table.describe());
        let wrong = Diagnostic::new(wrong).at(table.span.clone());
        let allowed = "`[defaults.KIND]` with parameters of the kind";
        problems.push(wrong.key("defaults").allowed(allowed));
    }
    for entry in table.entries().iter().filter(|entry| !is_table(entry)) {
        let (key, found) = (format!("defaults.{}", entry.key), entry.node.describe());
        let wrong = Diagnostic::new(format!("`{key}` is {found}, but must be a table"));
        problems.push(wrong.at(entry.node.span.clone()).key(key));
    }
    let of = |kind: &str| table.entry(kind).filter(|entry| is_table(entry));
    let mut used = BTreeSet::new();
    let mut lay_over = |list: &str, item: &Node, defaults: &Node, own: &Node| {
        let path = [list, item.text("name").unwrap_or_default()].map(str::to_owned);
        lay(defaults, own, &path, problems)
    };
    let stages = tree.without("defaults").with_items("stage", |item| {
        let kind = item.text("kind").unwrap_or_default();
        let Some(defaults) = of(kind).filter(|_| kind != FIGURE) else {
            return vec![item.clone()];
        };
        used.insert(kind.to_owned());
        let span = item.entry("with").map_or(&defaults.span, |own| &own.span);
        let own = item.get("with");
        let laid = own.map_or(defaults.node.clone(), |own| {
            lay_over("stage", item, &defaults.node, own)
        });
        // Problems of parameters are shown at the stage.
        let laid = Node {
            span: own.unwrap_or(item).span.clone(),
            ..laid
        };
        vec![item.with_entry("with", span, laid)]
    });
    let tree = stages.with_items(FIGURE, |item| {
        let Some(defaults) = of(FIGURE).map(|entry| &entry.node) else {
            return vec![item.clone()];
        };
        used.insert(FIGURE.to_owned());
        let data = lay_over(FIGURE, item, defaults, item).data;
        let span = item.span.clone();
        vec![Node { data, span }]
    });
    for entry in table
        .entries()
        .iter()
        .filter(|e| !used.contains(&e.key) && is_table(e))
    {
        if known.contains(&entry.key.as_str()) {
            unused.push(no_stage(entry));
        } else {
            let message = format!("`[defaults.{}]` does not name a kind", entry.key);
            let near = did_you_mean(&entry.key, known.iter().copied());
            let problem = Diagnostic::new(message).at(entry.span.clone());
            let problem = problem.key(format!("defaults.{}", entry.key));
            problems.push(problem.allowed(list(&known)).help(near));
        }
    }
    tree
}

fn is_table(entry: &Entry) -> bool {
    matches!(entry.node.data, Data::Table(_))
}

fn no_stage(entry: &Entry) -> Diagnostic {
    let message = match entry.key.as_str() {
        FIGURE => "there is no figure for these defaults".to_owned(),
        kind => format!("there is no stage of kind `{kind}` for these defaults"),
    };
    Diagnostic::new(message)
        .at(entry.span.clone())
        .key(format!("defaults.{}", entry.key))
        .help(Some("remove them".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::tree::parse;

    fn written_out(panel: &str) -> (Node, Vec<String>) {
        let (tree, _) = parse(&format!(
            "[[figure]]\nname = \"f\"\n[[figure.panels]]\n{panel}"
        ));
        let mut problems = Vec::new();
        let tree = series(&tree, &mut problems);
        let shown = |problem: Diagnostic| format!("{}: {}", problem.key, problem.message);
        (tree, problems.into_iter().map(shown).collect())
    }

    #[test]
    fn series_have_what_each_says_unless_they_say_otherwise() {
        let (found, problems) = written_out(
            "each = { x = \"n\", where = { a = 1 } }\nseries = [{ y = \"p\" }, { x = \"m\", where = { b = 2 } }]",
        );
        let (wanted, _) = written_out(
            "series = [{ x = \"n\", where = { a = 1 }, y = \"p\" }, { x = \"m\", where = { a = 1, b = 2 } }]",
        );
        assert_eq!(found.json(), wanted.json());
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn each_is_a_table() {
        let (_, problems) = written_out("each = [1]\nseries = [{ y = \"p\" }]");
        assert_eq!(
            problems,
            ["figure.f.panels.0.each: `each` is an array of 1, but must be a table"]
        );
    }
}
