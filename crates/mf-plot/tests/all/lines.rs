//! Lines, points and their names.

use std::collections::BTreeMap;

use mf_data::Table;
use mf_plot::{Figure, render};

/// y = 100 x and y = x, at x = 0 and 1.
fn tables() -> BTreeMap<String, Table> {
    let table = Table::builder()
        .text(
            "name",
            "of the line",
            ["steep", "steep", "flat", "flat"]
                .map(str::to_owned)
                .to_vec(),
        )
        .f64("x", "", "x", vec![0.0, 1.0, 0.0, 1.0])
        .f64("y", "", "y", vec![0.0, 100.0, 0.0, 1.0])
        .build()
        .unwrap();
    BTreeMap::from([("lines".to_owned(), table)])
}

fn svg(spec: &str) -> String {
    let figure: Figure = toml::from_str(spec).unwrap();
    render(&figure, &tables()).unwrap().svg
}

const STEEP: &str = r#"
width = 100
height = 100
[[panels]]
chart = "xy"
x = { range = [0, 1] }
y = { range = [0, 1] }
series = [{ table = "lines", x = "x", y = "y", mark = "line", where = { name = "steep" } }]
"#;

/// The frame is at most as high as the page, 2000 units of the grid; the line goes 100 times as far, and is cut by a clip.
#[test]
fn a_line_that_leaves_the_page_keeps_its_slope() {
    let svg = svg(STEEP);
    let line = svg
        .lines()
        .find(|line| line.contains("stroke=\"#003aa8\""))
        .unwrap();
    assert!(line.contains("clip-path"), "{line}");
    let step = line.split(['l', 'h', 'v']).next_back().unwrap();
    let (across, down) = step.trim_end_matches("\"/>").split_once('-').unwrap();
    let [across, down] = [across, down].map(|length| length.parse::<f64>().unwrap());
    assert!(down > 50.0 * across, "{across} across, {down} up");
}

const PANELS: &str = r#"
width = 300
height = 120
layout = "side-by-side"
share = true
[[panels]]
chart = "xy"
series = [{ table = "lines", x = "x", y = "y", mark = "line", where = { name = "flat" }, label = "a line" }]
[[panels]]
chart = "xy"
series = [{ table = "lines", x = "x", y = "y", mark = "line", where = { name = "flat" }, label = "a line" }]
"#;

#[test]
fn panels_that_share_axes_name_a_series_once() {
    let named = |spec: &str| svg(spec).matches("aria-label=\"a line\"").count();
    assert_eq!(named(PANELS), 1);
    assert_eq!(named(&PANELS.replace("share = true\n", "")), 2);
}

/// The line runs from the lower left to the upper right: two corners are free, and a legend in the others would cover it.
#[test]
fn a_legend_does_not_cover_the_data() {
    let automatic = svg(PANELS);
    assert_eq!(
        automatic,
        svg(&PANELS.replace("chart = \"xy\"", "chart = \"xy\"\nlegend = \"top-left\""))
    );
}
