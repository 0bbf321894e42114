//! A TOML file as a tree that knows the place of each key and value.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use crate::spec::brackets::unclosed;
use crate::words::diagnostic::{Diagnostic, line_start};

/// A value with its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) span: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Bool(bool),
    /// Any integer of TOML, wider than any parameter, so that the validator reports what is out of range.
    Integer(i128),
    Float(f64),
    Text(String),
    /// A date or a time: no key of a pipeline takes one.
    Date(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its place, and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) span: Range<usize>,
    pub(crate) node: Node,
}

/// One slip can make a problem of every line after it: the first few are enough.
const SYNTAX_SHOWN: usize = 3;

/// The tree of a file, as much of it as can be read, and the problems of its syntax.
pub(crate) fn parse(source: &str) -> (Node, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(source);
    let mut problems: Vec<Diagnostic> = errors.iter().map(|error| syntax(source, error)).collect();
    // What follows from something that is not closed says little.
    if let Some(open) = (!errors.is_empty()).then(|| unclosed(source)).flatten() {
        let opening = source.get(open.clone()).unwrap_or_default();
        let closing = opening.replace('[', "]").replace('{', "}");
        let not_closed = Diagnostic::new(format!("`{opening}` is not closed")).at(open);
        problems = vec![not_closed.help(Some(format!("add the `{closing}` that closes it")))];
    }
    if problems.len() > SYNTAX_SHOWN {
        let more = problems.len() - SYNTAX_SHOWN;
        problems.truncate(SYNTAX_SHOWN);
        let rest =
            format!("{more} more problems of syntax, which may follow from these: fix these first");
        problems.push(Diagnostic::new(rest));
    }
    let span = table.span();
    let entries = table_entries(table.get_ref(), &mut problems);
    (
        Node {
            data: Data::Table(entries),
            span,
        },
        problems,
    )
}

fn syntax(source: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let token = source.get(span.clone()).unwrap_or_default();
    let message = error
        .message()
        .lines()
        .next()
        .unwrap_or("it cannot be read")
        .to_owned();
    if message.contains("duplicate key") {
        let line = source.get(line_start(source, span.start)..);
        let help = if line.is_some_and(|line| line.starts_with('[')) {
            "remove one of the two; tables of a list have double brackets: `[[...]]`"
        } else {
            "remove one of the two"
        };
        return Diagnostic::new(format!("key `{token}` is given twice"))
            .at(span)
            .key(token)
            .help(Some(help.to_owned()));
    }
    Diagnostic::new(format!("not TOML: {message}"))
        .at(span)
        .help(Some("see https://toml.io for the syntax".to_owned()))
}

fn table_entries(table: &DeTable<'_>, problems: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            span: key.span(),
            node: Node {
                data: data(value.get_ref(), value.span(), problems),
                span: value.span(),
            },
        })
        .collect();
    entries.sort_by_key(|entry| entry.span.start);
    entries
}

fn data(value: &DeValue<'_>, span: Range<usize>, problems: &mut Vec<Diagnostic>) -> Data {
    match value {
        DeValue::Boolean(value) => Data::Bool(*value),
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Datetime(date) => Data::Date(date.to_string()),
        DeValue::Integer(integer) => {
            match i128::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(value) => Data::Integer(value),
                Err(_) => {
                    problems.push(
                        Diagnostic::new(format!("`{integer}` is too large for an integer"))
                            .at(span),
                    );
                    Data::Integer(0)
                }
            }
        }
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(value) if value.is_finite() || float.as_str().contains(['i', 'n']) => {
                Data::Float(value)
            }
            _ => {
                problems.push(
                    Diagnostic::new(format!("`{float}` is too large for a 64-bit float")).at(span),
                );
                Data::Float(0.0)
            }
        },
        DeValue::Array(items) => Data::Array(
            items
                .iter()
                .map(|item| Node {
                    data: data(item.get_ref(), item.span(), problems),
                    span: item.span(),
                })
                .collect(),
        ),
        DeValue::Table(table) => Data::Table(table_entries(table, problems)),
    }
}

impl Node {
    /// The entries of a table; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        if let Data::Table(entries) = &self.data {
            entries
        } else {
            &[]
        }
    }

    /// The items of an array; none for anything else.
    pub(crate) fn items(&self) -> &[Node] {
        if let Data::Array(items) = &self.data {
            items
        } else {
            &[]
        }
    }

    /// The entry of a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The table without a key.
    pub(crate) fn without(&self, key: &str) -> Self {
        let mut table = self.clone();
        if let Data::Table(entries) = &mut table.data {
            entries.retain(|entry| entry.key != key);
        }
        table
    }

    /// The table with a key of this value, whose place is `span`.
    pub(crate) fn with_entry(&self, key: &str, span: &Range<usize>, node: Node) -> Self {
        let mut table = self.without(key);
        if let Data::Table(entries) = &mut table.data {
            entries.push(Entry {
                key: key.to_owned(),
                span: span.clone(),
                node,
            });
        }
        table
    }

    /// The table with every item of one of its lists replaced by others.
    pub(crate) fn with_items(&self, list: &str, change: impl FnMut(&Self) -> Vec<Self>) -> Self {
        let mut table = self.clone();
        if let Data::Table(entries) = &mut table.data
            && let Some(entry) = entries.iter_mut().find(|entry| entry.key == list)
            && let Data::Array(items) = &mut entry.node.data
        {
            *items = items.iter().flat_map(change).collect();
        }
        table
    }

    /// The node below a path of keys and indices, as far down as it goes.
    pub(crate) fn deepest<S: AsRef<str>>(&self, path: &[S]) -> &Node {
        let Some((first, rest)) = path.split_first() else {
            return self;
        };
        let first = first.as_ref();
        let child = match &self.data {
            Data::Array(items) => first
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index)),
            _ => self.get(first),
        };
        child.map_or(self, |child| child.deepest(rest))
    }

    /// The first text in the tree that is wanted, and the keys and indices that lead to it.
    pub(crate) fn find_text(&self, wanted: &dyn Fn(&str) -> bool) -> Option<(Vec<String>, &Node)> {
        let (key, (mut keys, found)) = match &self.data {
            Data::Text(text) if wanted(text) => return Some((Vec::new(), self)),
            Data::Array(items) => {
                let mut items = items.iter().enumerate();
                items
                    .find_map(|(index, item)| Some((index.to_string(), item.find_text(wanted)?)))?
            }
            Data::Table(entries) => entries
                .iter()
                .find_map(|entry| Some((entry.key.clone(), entry.node.find_text(wanted)?)))?,
            _ => return None,
        };
        keys.insert(0, key);
        Some((keys, found))
    }

    /// The keys that lead to the value at a place.
    pub(crate) fn keys_to(&self, span: &Range<usize>) -> Option<Vec<String>> {
        let inside = |key: &str, node: &Node| {
            let mut keys = node.keys_to(span)?;
            keys.insert(0, key.to_owned());
            Some(keys)
        };
        let mut entries = self.entries().iter();
        let mut items = self.items().iter().enumerate();
        entries
            .find_map(|entry| inside(&entry.key, &entry.node))
            .or_else(|| items.find_map(|(index, item)| inside(&index.to_string(), item)))
            .or_else(|| (self.span == *span).then(Vec::new))
    }

    /// The value as JSON; floats that are not finite become null, as JSON has none (the validator has refused them).
    pub(crate) fn json(&self) -> Value {
        match &self.data {
            Data::Bool(value) => Value::Bool(*value),
            Data::Integer(value) => Number::from_i128(*value).map_or(Value::Null, Value::Number),
            Data::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Data::Text(text) | Data::Date(text) => Value::String(text.clone()),
            Data::Array(items) => Value::Array(items.iter().map(Node::json).collect()),
            Data::Table(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.node.json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// What it is, for a message: ``integer `3` ``.
    pub(crate) fn describe(&self) -> String {
        match &self.data {
            Data::Bool(value) => format!("boolean `{value}`"),
            Data::Integer(value) => format!("integer `{value}`"),
            Data::Float(value) => format!("float `{value:?}`"),
            Data::Text(text) => format!("string \"{}\"", crate::words::text::shortened(text)),
            Data::Date(date) => format!("date `{date}`"),
            Data::Array(items) => format!("an array of {}", items.len()),
            Data::Table(_) => "a table".to_owned(),
        }
    }
}

/// Whether a problem of the syntax leaves the rest of the tree as it was meant.
pub(crate) fn is_duplicate(problem: &Diagnostic) -> bool {
    problem.message.ends_with("is given twice")
}
