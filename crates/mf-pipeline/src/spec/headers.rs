//! Headers with the wrong number of brackets.

use crate::spec::brackets::header;
use crate::spec::expand::LISTS;
use crate::spec::tree::{Data, Node};
use crate::words::diagnostic::Diagnostic;

/// The top-level keys whose headers are `[key]` or `[key.name]`.
pub(crate) const TABLES: [&str; 4] = ["project", "shared", "defaults", "profile"];

/// A problem for each header with the wrong number of brackets: `[stage]` for `[[stage]]`, `[[profile.quick]]` for
/// `[profile.quick]`. `syntax` has the problems of the parser, which takes a second `[stage]` for a duplicate.
pub(crate) fn headers(source: &str, tree: &Node, syntax: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let place = start..start + line.trim_end().len();
        start += line.len();
        let Some((name, double)) = header(line) else {
            continue;
        };
        let parts: Vec<&str> = name.split('.').collect();
        let first = parts.first().copied().unwrap_or_default();
        let found = &tree.deepest(&parts).data;
        let twice = || syntax.iter().any(|problem| problem.key == name);
        let right = if !double && LISTS.contains(&name) {
            let wrong = matches!(found, Data::Table(_)) || twice();
            wrong.then(|| {
                (
                    format!("[[{name}]]"),
                    "double brackets: there can be several",
                )
            })
        } else if double && TABLES.contains(&first) {
            let wrong = matches!(found, Data::Array(_));
            wrong.then(|| (format!("[{name}]"), "single brackets: there is only one"))
        } else {
            None
        };
        if let Some((right, why)) = right {
            let message = format!("`{}` needs {why}", line.trim());
            let problem = Diagnostic::new(message).at(place).key(name);
            problems.push(problem.help(Some(format!("write `{right}`"))));
        }
    }
    problems
}
