//! A small figure of bands, names on lines, ribbons and error bars, and its tables.

use std::collections::BTreeMap;

use mf_data::Table;

pub(crate) const SPEC: &str = r#"
width = 360
height = 130
layout = "side-by-side"
description = "Two surfaces with one bar of bands, and means with their spread."

[[panels]]
chart = "contour-bands"
title = "(a)"
x = { label = "*x*" }
y = { label = "*y*", scale = "log" }
surface = { table = "nodes", x = "x", y = "y", value = "z", diverged = "flag", where = { run = 1 } }
bands = { levels = [0.25, 0.5, 0.75], format = "percent", label = "*z*", bar = "shared" }
nodes = true

[[panels.series]]
table = "lines"
x = "x"
y = "y"
group = "k"
group-name = "*k* = {}"
mark = "line"

[[panels]]
chart = "contour-bands"
title = "(b)"
surface = { table = "nodes", x = "x", y = "y", value = "z", where = { run = 2 } }
bands = { bar = "shared" }

[[panels]]
chart = "xy"
title = "(c)"
y = { range = [0, 4] }

[[panels.series]]
table = "means"
x = "x"
y = "mean"
low = "low"
high = "high"
group = "kind"
group-colors = "palette"
mark = "line"

[[panels.series]]
table = "means"
x = "x"
y = "mean"
error = "error"
where = { kind = "a" }
label = "with errors"
"#;

/// Run 1 is z = ln(y) / ln(4) on uneven steps with one node flagged; run 2 has a hole in a corner. Run 3 lacks a node,
/// run 4 has one twice, run 5 has one column only, run 6 begins at y = 0, run 7 has a flag of 2, run 8 an infinite value.
pub(crate) fn tables() -> BTreeMap<String, Table> {
    let hole = f64::NAN;
    let mut rows: Vec<(u64, f64, f64, f64, u64)> = Vec::new();
    for run in 1..=8 {
        for y in [1.0, 2.0, 4.0] {
            for x in [0.0, 1.0, 3.0] {
                let z = libm::log(y) / libm::log(4.0);
                let node = |y: f64, z: f64, flag: u64| (run, x, y, z, flag);
                match (run, x as u64, y as u64) {
                    (1, 1, 2) => rows.push(node(y, z, 1)),
                    (2, 3, 4) => rows.push(node(y, hole, 0)),
                    (3, 1, 2) => {}
                    (4, 1, 2) => rows.extend([node(y, z, 0), node(y, z, 0)]),
                    (5, 1 | 3, _) => {}
                    (6, _, 1) => rows.push(node(0.0, 0.0, 0)),
                    (7, 1, 2) => rows.push(node(y, z, 2)),
                    (8, 1, 2) => rows.push(node(y, f64::INFINITY, 0)),
                    _ => rows.push(node(y, z, 0)),
                }
            }
        }
    }
    // The order of rows does not matter.
    rows.reverse();
    let nodes = Table::builder()
        .u64("run", "", "run", rows.iter().map(|row| row.0).collect())
        .f64("x", "", "x", rows.iter().map(|row| row.1).collect())
        .f64("y", "", "y", rows.iter().map(|row| row.2).collect())
        .f64("z", "", "z", rows.iter().map(|row| row.3).collect())
        .u64("flag", "", "flag", rows.iter().map(|row| row.4).collect())
        .text("word", "text", vec!["word".to_owned(); rows.len()])
        .build()
        .unwrap();
    // Both lines leave the panel, one at the top and one on the right.
    let lines = Table::builder()
        .u64("k", "", "k", vec![1, 1, 2, 2])
        .f64("x", "", "x", vec![0.0, 6.0, 0.0, 6.0])
        .f64("y", "", "y", vec![1.1, 4.0, 1.5, 16.0])
        .build()
        .unwrap();
    let kinds = ["a", "b"].map(|kind| vec![kind.to_owned(); 4]).concat();
    let means = Table::builder()
        .text("kind", "kind", kinds)
        .f64("x", "", "x", [0.0, 1.0, 2.0, 3.0].repeat(2))
        .f64(
            "mean",
            "",
            "mean",
            vec![1.0, 1.5, 1.8, 2.0, 2.5, 2.8, 3.0, 3.1],
        )
        .f64(
            "low",
            "",
            "low",
            vec![0.5, 1.2, 1.6, 1.9, 2.0, hole, 2.8, 3.0],
        )
        .f64(
            "high",
            "",
            "high",
            vec![1.5, 1.8, 2.0, 2.1, 3.0, 3.2, 3.2, 3.2],
        )
        .f64(
            "error",
            "",
            "error",
            vec![0.5, hole, 0.2, 5.0, 0.0, 0.0, 0.0, 0.0],
        )
        .f64("bad", "", "negative", vec![-0.5; 8])
        .build()
        .unwrap();
    BTreeMap::from([
        ("nodes".to_owned(), nodes),
        ("lines".to_owned(), lines),
        ("means".to_owned(), means),
    ])
}
