//! `matrix`: an item that is repeated for several values, with `{key}` in its texts for the value of a key.

use std::collections::BTreeSet;

use super::LISTS;
use crate::spec::tree::{Data, Entry, Node};
use crate::spec::validate::{KEBAB, below, is_kebab};
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

/// How a matrix is written, for messages.
const FORM: &str =
    "`{ key = [value, value] }`, for all combinations, or `[{ key = value }, { key = value }]`";

/// What comes before braces of the markup of figures.
const MARKUP: [char; 3] = ['_', '^', '~'];

/// The most items that a matrix may make: more is a slip.
const MOST: usize = 10_000;

/// The tree with every item that has a matrix repeated, and the lists with a matrix that is wrong.
pub(super) fn expand(
    source: &str,
    tree: &Node,
    problems: &mut Vec<Diagnostic>,
) -> (Node, BTreeSet<&'static str>) {
    let (mut tree, mut wrong) = (tree.clone(), BTreeSet::new());
    for list in LISTS {
        let before = problems.len();
        tree = tree.with_items(list, |item| match item.entry("matrix") {
            Some(entry) => repeat(source, list, item, entry, problems),
            None => vec![item.clone()],
        });
        if problems.len() > before {
            wrong.insert(list);
        }
    }
    (tree, wrong)
}

/// The items that an item with a matrix makes; none if the matrix is wrong.
fn repeat(
    source: &str,
    name: &str,
    item: &Node,
    entry: &Entry,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    let path = [name, item.text("name").unwrap_or("matrix")].map(str::to_owned);
    let at = |span: &std::ops::Range<usize>, message: String| {
        let problem = Diagnostic::new(message).at(span.clone());
        problem.key(below(&path, "matrix").join("."))
    };
    let rows = match rows(&entry.node, &at) {
        Ok(rows) => rows,
        Err(wrong) => {
            problems.extend(wrong);
            return Vec::new();
        }
    };
    let item = item.without("matrix");
    let (mut used, mut names, mut items) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let before = problems.len();
    for row in &rows {
        let mut fill = Fill {
            source,
            row,
            used: &mut used,
            problems,
        };
        // Problems say which of the items they are of: by its name, or by that which its format gives it.
        let own = ["name", "format"].into_iter().find_map(|key| {
            match fill.node(item.get(key)?, &below(&path, key)).data {
                Data::Text(own) => Some(own),
                _ => None,
            }
        });
        let path = [name.to_owned(), own.clone().unwrap_or_default()];
        let filled = fill.node(&item, &path);
        match own {
            Some(own) if !names.insert(own.clone()) => {
                let place = item.get("name").unwrap_or(&entry.node);
                let twice = at(
                    &place.span,
                    format!("the matrix makes two items of the name `{own}`"),
                );
                let help = "put a `{key}` with different values into `name`".to_owned();
                problems.push(twice.help(Some(help)));
            }
            _ => items.push(filled),
        }
    }
    // An unused key is a problem only if all else is right: otherwise it may be a consequence of a slip.
    let all = rows.iter().flatten().filter(|_| problems.len() == before);
    for key in all.collect::<Vec<_>>() {
        if used.insert(key.key.clone()) {
            let message = format!("`{{{}}}` is not used in the item", key.key);
            let help = "use it in a text of the item, or remove it from the matrix".to_owned();
            problems.push(at(&key.span, message).help(Some(help)));
        }
    }
    items
}

/// The values of the keys, for one item after the other.
fn rows(
    matrix: &Node,
    at: &dyn Fn(&std::ops::Range<usize>, String) -> Diagnostic,
) -> Result<Vec<Vec<Entry>>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let wrong = |node: &Node, what: &str| {
        let message = format!("{what} is {}", node.describe());
        at(&node.span, message).allowed(FORM)
    };
    let lists = matrix.entries().iter().map(|key| key.node.items().len());
    let count = lists.fold(1_usize, usize::saturating_mul);
    if count > MOST {
        let message = format!("the matrix makes {count} items");
        let help =
            "a matrix in braces makes all combinations; a list of tables makes one item each";
        let many = at(&matrix.span, message).allowed(format!("at most {MOST}"));
        return Err(vec![many.help(Some(help.to_owned()))]);
    }
    let rows: Vec<Vec<Entry>> = match &matrix.data {
        Data::Table(keys) => keys.iter().fold(vec![Vec::new()], |rows, key| {
            if !matches!(key.node.data, Data::Array(_)) {
                problems.push(wrong(&key.node, &format!("`{}` of the matrix", key.key)));
            }
            let values = key.node.items();
            for (index, node) in values.iter().enumerate() {
                let mut before = values.iter().take(index);
                if before.any(|other| other.json() == node.json()) {
                    let message = format!("`{}` of the matrix has a value twice", key.key);
                    let help = "remove one of them".to_owned();
                    problems.push(at(&node.span, message).help(Some(help)));
                }
            }
            let value = |row: &Vec<Entry>, node: &Node| {
                let node = node.clone();
                let own = Entry {
                    node,
                    ..key.clone()
                };
                row.iter().cloned().chain([own]).collect()
            };
            rows.iter()
                .flat_map(|row| values.iter().map(move |node| value(row, node)))
                .collect()
        }),
        Data::Array(items) => {
            let tables = items.iter().filter(|i| !matches!(i.data, Data::Table(_)));
            problems.extend(tables.map(|item| wrong(item, "an item of the matrix")));
            items.iter().map(|item| item.entries().to_vec()).collect()
        }
        _ => {
            problems.push(wrong(matrix, "`matrix`"));
            Vec::new()
        }
    };
    for key in rows.iter().flatten().filter(|key| !is_kebab(&key.key)) {
        let message = format!("`{}` is not a key of a matrix", key.key);
        problems.push(at(&key.span, message).allowed(KEBAB));
    }
    let empty = rows.is_empty() || rows.iter().any(Vec::is_empty);
    if empty && problems.is_empty() {
        let help = "give it values, or remove `matrix`".to_owned();
        let none = at(&matrix.span, "the matrix is empty".to_owned());
        problems.push(none.allowed(FORM).help(Some(help)));
    }
    if problems.is_empty() {
        Ok(rows)
    } else {
        Err(problems)
    }
}

/// Sets the values of one row into an item.
struct Fill<'a> {
    source: &'a str,
    row: &'a [Entry],
    used: &'a mut BTreeSet<String>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Fill<'_> {
    fn node(&mut self, node: &Node, path: &[String]) -> Node {
        let data = match &node.data {
            Data::Text(text) => {
                let whole = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
                if let Some(value) = whole.and_then(|key| self.value(key)) {
                    return value;
                }
                Data::Text(self.text(text, node, path))
            }
            Data::Array(items) => {
                Data::Array(items.iter().map(|item| self.node(item, path)).collect())
            }
            Data::Table(entries) => {
                let mut filled = entries.clone();
                for entry in &mut filled {
                    entry.node = self.node(&entry.node, &below(path, &entry.key));
                }
                Data::Table(filled)
            }
            _ => return node.clone(),
        };
        Node {
            data,
            span: node.span.clone(),
        }
    }

    fn value(&mut self, key: &str) -> Option<Node> {
        let entry = self.row.iter().find(|entry| entry.key == key)?;
        self.used.insert(entry.key.clone());
        Some(entry.node.clone())
    }

    /// A text with its placeholders replaced. `{{key}}` is the text `{key}`; `{{{key}}}` is the value in braces. After `_`,
    /// `^` or `~` braces are markup of figures, and after `$` they hold a number of a stage: there `{word}` stays as it is,
    /// and is an error where `word` is a key.
    fn text(&mut self, text: &str, node: &Node, path: &[String]) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            filled += before;
            if let Some((key, after)) = word(from, "{{{", "}}}")
                && let Some(value) = self.value(key)
            {
                filled += &format!("{{{}}}", self.written(&value, key, node, path));
                rest = after;
            } else if let Some((word, after)) = word(from, "{{", "}}") {
                filled += &format!("{{{word}}}");
                rest = after;
            } else if let Some((word, after)) = word(from, "{", "}") {
                match self.value(word) {
                    Some(_) if filled.ends_with(MARKUP) => self.ambiguous(word, node, path),
                    Some(value) => filled += &self.written(&value, word, node, path),
                    None if filled.ends_with(MARKUP) || filled.ends_with('$') => {
                        filled += &format!("{{{word}}}");
                    }
                    None => self.unknown(word, node, path),
                }
                rest = after;
            } else {
                filled.push('{');
                rest = &from[1..];
            }
        }
        filled + rest
    }

    /// A value as it is written in the file: numbers keep their digits.
    fn written(&mut self, value: &Node, key: &str, node: &Node, path: &[String]) -> String {
        match &value.data {
            Data::Text(text) => text.clone(),
            Data::Array(_) | Data::Table(_) => {
                let message = format!(
                    "`{key}` is {}, and cannot be a part of a text",
                    value.describe()
                );
                let allowed = format!("a text that is `{{{key}}}` alone");
                self.note(message, node, path, allowed, None);
                String::new()
            }
            _ => {
                let digits = self.source.get(value.span.clone()).unwrap_or_default();
                digits.to_owned()
            }
        }
    }

    fn unknown(&mut self, word: &str, node: &Node, path: &[String]) {
        let keys: Vec<&str> = self.row.iter().map(|entry| entry.key.as_str()).collect();
        let itself = format!("write `{{{{{word}}}}}` if the braces are meant as themselves");
        let help = did_you_mean(word, keys.iter().copied()).or(Some(itself));
        let message = format!("`{{{word}}}` names no key of the matrix");
        self.note(message, node, path, list(&keys), help);
    }

    fn ambiguous(&mut self, word: &str, node: &Node, path: &[String]) {
        let message = format!("`{{{word}}}` can be markup or the value of `{word}` in the matrix");
        let allowed = format!(
            "`{{{{{word}}}}}` for markup, `{{{{{{{word}}}}}}}` for the value in the braces of markup"
        );
        self.note(message, node, path, allowed, None);
    }

    fn note(
        &mut self,
        message: String,
        node: &Node,
        path: &[String],
        allowed: String,
        help: Option<String>,
    ) {
        let problem = Diagnostic::new(message).at(node.span.clone());
        let problem = problem.key(path.join(".")).allowed(allowed).help(help);
        self.problems.push(problem.alone());
    }
}

/// The word in braces at the start of a text, and the rest.
fn word<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let (word, after) = text.strip_prefix(open)?.split_once(close)?;
    is_kebab(word).then_some((word, after))
}
