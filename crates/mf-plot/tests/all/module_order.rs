//! Modules import downward only: a file or folder of `src` uses itself and those below it, and no files use each other in a
//! circle. Only one file draws on the sheet.

#[path = "../../../mf-pipeline/tests/common/module_order.rs"]
mod tree;

/// The order, from the lowest module up.
const ORDER: [&str; 13] = [
    "error", "geometry", "spec", "theme", "text", "axis", "colors", "table", "canvas", "place",
    "parts", "charts", "page",
];

/// The only module that draws on the sheet; the page creates the sheet and takes the SVG from it.
const DOOR: &str = "canvas::backend";

#[test]
fn modules_import_downward_only() {
    let upward = tree::upward(&ORDER);
    assert!(upward.is_empty(), "{}", upward.join("\n"));
    let count = tree::modules().len();
    assert!(count > 25, "only {count} files were read");
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(tree::circles(), Vec::<String>::new());
}

#[test]
fn the_backend_is_the_only_way_to_the_sheet() {
    let modules = tree::modules();
    let draws = |text: &String| text.contains(".sheet\n") || text.contains("self.sheet.");
    let found: Vec<&String> = modules
        .iter()
        .filter(|(_, text)| draws(text))
        .map(|(module, _)| module)
        .collect();
    assert_eq!(found, [DOOR]);
}
