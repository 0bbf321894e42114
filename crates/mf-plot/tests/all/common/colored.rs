//! A small figure with everything that is coloured by numbers, and its tables.

use std::collections::BTreeMap;

use mf_data::Table;

pub(crate) const SPEC: &str = r#"
width = 360
height = 120
layout = "side-by-side"
share = true
description = "Two maps with one colour bar, and coloured points."

[[panels]]
chart = "heat-map"
title = "(a)"
x = { label = "angle", ticks = [-1, 0, 1], tick-labels = ["−π", "0", "π"] }
y = { label = "layer", reversed = true, range = [-0.5, 1.5] }
cells = { table = "map", x = "angle", y = "layer", value = "c", where = { run = 1 } }
colors = { map = "diverging", range = [-2, 2], label = "*c*", bar = "shared" }

[[panels]]
chart = "heat-map"
title = "(b)"
x = { label = "angle", range = [-1, 1] }
cells = { table = "map", x = "angle", y = "layer", value = "c", where = { run = 2 } }
colors = { bar = "shared" }

[[panels]]
chart = "xy"
x = { label = "*x*" }

[[panels.series]]
table = "path"
x = "x"
y = "y"
color-by = "t"
colors = { map = "cyclic", range = [0, 4] }
"#;

/// Run 1 has the values -2, 0, 2 and a hole; run 2 is half of it. Run 3 lacks a cell, run 4 has one twice, run 5 has
/// uneven steps, run 6 an infinite value, run 7 a cell without a place, run 8 one column only, run 9 holes only.
pub(crate) fn tables() -> BTreeMap<String, Table> {
    let hole = f64::NAN;
    let whole = [-2.0, 0.0, 2.0, 1.0, hole, -1.0];
    let angles = [-1.0, 0.0, 1.0];
    let mut rows: Vec<(u64, f64, f64, f64)> = Vec::new();
    for run in 1..=9 {
        for (cell, value) in whole.iter().enumerate() {
            let (angle, layer) = (angles[cell % 3], (cell / 3) as f64);
            match (run, cell) {
                (2, _) => rows.push((run, angle, layer, value / 2.0)),
                (3, 5) => {}
                (4, 1) => rows.extend([(run, angle, layer, *value), (run, angle, layer, 7.0)]),
                (5, 2 | 5) => rows.push((run, 1.5, layer, *value)),
                (6, 3) => rows.push((run, angle, layer, f64::INFINITY)),
                (7, 3) => rows.push((run, angle, hole, *value)),
                (8, 0 | 3) => rows.push((run, angle, layer, *value)),
                (8, _) => {}
                (9, _) => rows.push((run, angle, layer, hole)),
                _ => rows.push((run, angle, layer, *value)),
            }
        }
    }
    // The order of rows does not matter.
    rows.reverse();
    let map = Table::builder()
        .u64("run", "", "run", rows.iter().map(|row| row.0).collect())
        .f64("angle", "", "angle", rows.iter().map(|row| row.1).collect())
        .f64("layer", "", "layer", rows.iter().map(|row| row.2).collect())
        .f64("c", "", "value", rows.iter().map(|row| row.3).collect())
        .text("word", "text", vec!["word".to_owned(); rows.len()])
        .build()
        .unwrap();
    let path = Table::builder()
        .f64("x", "", "x", vec![0.0, 1.0, 1.0, 0.0, 0.5])
        .f64("y", "", "y", vec![0.0, 0.0, 1.0, 1.0, 0.5])
        .f64("t", "", "time", vec![0.0, 1.0, 6.0, 3.0, hole])
        .f64("far", "", "infinite", vec![f64::INFINITY; 5])
        .build()
        .unwrap();
    BTreeMap::from([("map".to_owned(), map), ("path".to_owned(), path)])
}
