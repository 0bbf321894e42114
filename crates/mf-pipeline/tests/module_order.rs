//! Modules import downward only: a folder of `src` uses itself and those below it, and no files use each other in a circle.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

#[path = "common/module_order.rs"]
mod tree;

/// From the ground up.
const ORDER: [&str; 8] = [
    "words", "kinds", "spec", "project", "store", "plan", "ask", "run",
];

/// Longer files hold more than one idea.
const MOST_LINES: usize = 500;

#[test]
fn modules_import_downward_only() {
    let upward = tree::upward(&ORDER);
    assert!(upward.is_empty(), "{}", upward.join("\n"));
    let count = tree::modules().len();
    assert!(count > 30, "only {count} files were read");
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(tree::circles(), Vec::<String>::new());
}

#[test]
fn no_file_is_long() {
    for (module, text) in tree::modules() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{module} has {lines} lines");
    }
}

#[test]
fn names_are_found_where_they_are_used() {
    let text = "// crate::comment::X\nuse crate::plan::{Plan, State};\nlet a = crate::words::hash::Hash::of(b);\n";
    let found: Vec<String> = tree::names(text).into_iter().collect();
    assert_eq!(
        found,
        ["plan::Plan", "plan::State", "words::hash::Hash::of"]
    );
}
