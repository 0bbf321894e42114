//! One value laid over another: how profiles, defaults and `--set` change an item.

use crate::spec::tree::{Data, Entry, Node};
use crate::spec::validate::below;
use crate::words::diagnostic::Diagnostic;

/// `over` laid over `base`. Tables are laid key by key at any depth. A list takes the place of a list; a table whose keys
/// are numbers changes the items of a list that it counts from 0. Anything else takes the place of what is there.
/// What stays keeps its place in the file. `path` is where `over` is written.
pub(crate) fn lay(
    base: &Node,
    over: &Node,
    path: &[String],
    problems: &mut Vec<Diagnostic>,
) -> Node {
    let data = match (&base.data, &over.data) {
        (Data::Table(under), Data::Table(above)) => {
            let mut entries = under.clone();
            for entry in above {
                match entries.iter_mut().find(|other| other.key == entry.key) {
                    Some(other) => {
                        let place = below(path, &entry.key);
                        other.node = lay(&other.node, &entry.node, &place, problems);
                        other.span = entry.span.clone();
                    }
                    None => entries.push(entry.clone()),
                }
            }
            Data::Table(entries)
        }
        (Data::Array(items), Data::Table(above)) if counts(above) => {
            let mut items = items.clone();
            for entry in above {
                let place = below(path, &entry.key);
                let index = entry.key.parse().ok();
                match index.and_then(|index: usize| items.get_mut(index)) {
                    Some(item) => *item = lay(item, &entry.node, &place, problems),
                    None => problems.push(no_item(path, entry, items.len())),
                }
            }
            Data::Array(items)
        }
        _ => return over.clone(),
    };
    Node {
        data,
        span: base.span.clone(),
    }
}

/// Whether all keys are numbers.
fn counts(entries: &[Entry]) -> bool {
    let is_number = |entry: &Entry| entry.key.bytes().all(|byte| byte.is_ascii_digit());
    !entries.is_empty() && entries.iter().all(is_number)
}

fn no_item(path: &[String], entry: &Entry, count: usize) -> Diagnostic {
    let list = path.last().map_or("", String::as_str);
    let message = format!(
        "`{list}` is an array of {count}, and has no `{}`",
        entry.key
    );
    let allowed = match count {
        0 => "the whole array".to_owned(),
        1 => "0".to_owned(),
        _ => format!("0 to {}", count - 1),
    };
    Diagnostic::new(message)
        .at(entry.span.clone())
        .key(below(path, &entry.key).join("."))
        .allowed(allowed)
}
