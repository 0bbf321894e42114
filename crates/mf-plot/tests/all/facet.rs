//! Facets and filters of panels: their meaning, and errors.

use crate::common::{figure, tables};
use mf_plot::render;

/// The settings before the panels.
const GRID: &str = "layout = { columns = 3 }\nshare = true\n";

/// A panel with a series of the table `curves`, and one of the table `law`, which has no column `a`.
fn panel(keys: &str, curves: &str, law: &str) -> String {
    format!(
        "[[panels]]\nchart = \"xy\"\nlegend = \"none\"\nx = {{ range = [0, 4] }}\ny = {{ range = [0, 4] }}\n{keys}\n\
         [[panels.series]]\ntable = \"curves\"\nx = \"t\"\ny = \"value\"\n{curves}\n\
         [[panels.series]]\ntable = \"law\"\nx = \"states\"\ny = \"value\"\n{law}\n"
    )
}

fn drawn(spec: &str) -> String {
    let drawn = render(&figure(spec), &tables()).unwrap_or_else(|error| panic!("{error}\n{spec}"));
    drawn.svg + &serde_json::to_string(&drawn.readings).unwrap()
}

/// Checks that the figure is refused with a message that has these parts.
#[track_caller]
fn refused(spec: &str, parts: &[&str]) {
    let message = render(&figure(spec), &tables()).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in `{message}`");
    }
}

/// Three panels, one for each value of `a`, with these titles.
fn by_hand(titles: [&str; 3]) -> String {
    let copy = |(title, a): (&str, f64)| {
        panel(
            &format!("title = \"{title}\""),
            &format!("where = {{ a = {a} }}"),
            "where = { states = [2, 4] }",
        )
    };
    let panels: Vec<String> = titles.into_iter().zip([1.0, 2.0, 4.0]).map(copy).collect();
    panels.concat()
}

const LAW: &str = "where = { states = [2, 4] }";

#[test]
fn a_panel_is_repeated_for_tables_that_have_the_column() {
    let facet = "facet = { column = \"a\", values = [1, 2, 4], titles = \"*a* = {}\" }";
    let written = by_hand(["*a* = 1", "*a* = 2", "*a* = 4"]);
    assert_eq!(
        drawn(&(GRID.to_owned() + &panel(facet, "", LAW))),
        drawn(&(GRID.to_owned() + &written))
    );
    let facet =
        "facet = { column = \"a\", values = [1, 2, 4], titles = [\"one\", \"two\", \"four\"] }";
    let written = by_hand(["one", "two", "four"]);
    assert_eq!(
        drawn(&(GRID.to_owned() + &panel(facet, "", LAW))),
        drawn(&(GRID.to_owned() + &written))
    );
}

#[test]
fn a_figure_is_repeated_panel_by_panel_with_titles_above_the_first_row() {
    let facet = "facet = { column = \"a\", values = [1, 2, 4], titles = \"*a* = {}\" }\n";
    let twice = panel("", "", LAW) + &panel("", "mark = \"line\"", LAW);
    let rows = by_hand(["*a* = 1", "*a* = 2", "*a* = 4"])
        + &[1, 2, 4]
            .map(|a| {
                let line = format!("where = {{ a = {a} }}\nmark = \"line\"");
                panel("", &line, LAW)
            })
            .concat();
    assert_eq!(
        drawn(&format!("{GRID}{facet}{twice}")),
        drawn(&format!("{GRID}{rows}"))
    );
}

#[test]
fn filters_of_series_come_before_those_of_panels_and_of_the_figure() {
    let own = "where = { a = 2 }";
    let figure_and_panel = format!("where = {{ a = 4 }}\n{}", panel("", own, LAW));
    let panel_only = panel("where = { a = 1, states = 2 }", own, LAW);
    let written = panel("", own, LAW);
    assert_eq!(drawn(&figure_and_panel), drawn(&written));
    assert_eq!(drawn(&panel_only), drawn(&written));
    let above = format!(
        "where = {{ a = 4 }}\n{}",
        panel("where = { a = 2 }", "", LAW)
    );
    assert_eq!(drawn(&above), drawn(&written));
    let of_figure = format!("where = {{ a = 2 }}\n{}", panel("", "", LAW));
    assert_eq!(drawn(&of_figure), drawn(&written));
}

#[test]
fn cells_and_surfaces_are_filtered_too() {
    let cells = |keys: &str, wanted: &str| {
        format!(
            "[[panels]]\nchart = \"contour-bands\"\n{keys}\nbands = {{ levels = [1] }}\n\
             surface = {{ table = \"curves\", x = \"t\", y = \"a\", value = \"value\", where = {{ {wanted} }} }}\n"
        )
    };
    assert_eq!(
        drawn(&cells("where = { t = [0, 1, 2] }", "")),
        drawn(&cells("", "t = [0, 1, 2]"))
    );
    let map = |keys: &str, wanted: &str| {
        format!(
            "[[panels]]\nchart = \"heat-map\"\n{keys}\n\
             cells = {{ table = \"curves\", x = \"t\", y = \"a\", value = \"value\", where = {{ {wanted} }} }}\n"
        )
    };
    assert_eq!(
        drawn(&map("where = { a = [1, 2] }", "")),
        drawn(&map("", "a = [1, 2]"))
    );
}

#[test]
fn invalid_facets_are_refused() {
    let facet = "facet = { column = \"a\", values = [1, 2] }";
    refused(
        &format!("{facet}\n{}", panel(facet, "", LAW)),
        &[
            "panel 1",
            "`facet`",
            "the figure has one too",
            "give only one of them",
        ],
    );
    refused(
        &panel("facet = { column = \"b\", values = [1] }", "", LAW),
        &[
            "panel 1",
            "curves, law",
            "no column \"b\"",
            "kind, name, states",
        ],
    );
    refused(
        &panel("where = { stats = 1 }", "", LAW),
        &["panel 1", "no column \"stats\"", "did you mean \"states\""],
    );
    refused(
        &format!("where = {{ stats = 1 }}\n{}", panel("", "", LAW)),
        &["the figure's `where`", "no column \"stats\""],
    );
    refused(
        &panel(
            "facet = { column = \"a\", values = [1, 2], titles = [\"one\"] }",
            "",
            LAW,
        ),
        &["panel 1", "1 titles for 2 values", "a title for each value"],
    );
    for (facet, parts) in [
        (
            "values = [3]",
            [
                "the value 3, but column \"a\" does not have it",
                "choose from 1",
            ],
        ),
        ("values = [1, 1]", ["the value 1 twice", "remove one"]),
        (
            "values = [1, 2], titles = \"a\"",
            ["gives all copies the title \"a\"", "write `{}`"],
        ),
    ] {
        let facet = format!("facet = {{ column = \"a\", {facet} }}");
        refused(
            &panel(&facet, "", LAW),
            &[&["panel 1"][..], &parts].concat(),
        );
    }
}
