//! A small figure that shows every part of a panel, and its tables.
pub(crate) mod banded;
pub(crate) mod colored;

use std::collections::BTreeMap;

use mf_data::Table;
use mf_plot::{Figure, PlotError};

pub(crate) const SPEC: &str = r#"
width = 300
height = 150
layout = "side-by-side"
description = "A small figure <with> every part."

[[panels]]
chart = "xy"
title = "(a)"
x = { label = "states *N*", scale = "log", range = [1.5, 600], ticks = [4, 16, 64, 256] }
y = { label = "1 − *χ*_{max}", scale = "log" }
bands = [{ from = 8, to = 64, label = "band" }]
lines = [{ axis = "y", at = 0.01, label = "10^{−2}" }]
notes = [{ text = "~{*Δ*} ≤ 1\nline two", corner = "bottom-left" }]

[[panels.series]]
table = "law"
x = "states"
y = "value"
where = { kind = "power" }
mark = "points-and-line"
label = "power law"

[[panels.series]]
table = "law"
x = "states"
y = "value"
where = { kind = ["named"], states = [4, 32] }
label-column = "name"

[[panels]]
chart = "xy"
title = "(b)"
x = { label = "*t*" }
y = { label = "*t*^2/*a*", range = [0, 3] }

[[panels.series]]
table = "curves"
x = "t"
y = "value"
group = "a"
group-name = "*a* = {}"
mark = "line"
"#;

pub(crate) fn figure(spec: &str) -> Figure {
    toml::from_str(spec).unwrap()
}

/// The message of the error has all these parts.
#[track_caller]
pub(crate) fn says(error: &PlotError, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(
            message.contains(part),
            "\"{message}\" does not say \"{part}\""
        );
    }
}

pub(crate) fn tables() -> BTreeMap<String, Table> {
    let states = vec![2, 4, 8, 16, 32, 64, 128, 256, 512, 4, 32, 100];
    let value = [
        0.5,
        0.125,
        0.03125,
        0.0078125,
        f64::NAN,
        4.9e-4,
        1.2e-4,
        3.0e-5,
        7.6e-6,
        0.2,
        0.002,
        0.0,
    ];
    let kind = |row: usize| if row < 9 { "power" } else { "named" };
    let law = Table::builder()
        .u64("states", "", "states", states)
        .f64("value", "", "value", value.to_vec())
        .text(
            "kind",
            "kind",
            (0..12).map(|row| kind(row).to_owned()).collect(),
        )
        .text(
            "name",
            "name",
            (0..12).map(|row| format!("point_{row}")).collect(),
        )
        .build()
        .unwrap();
    let rows: Vec<(f64, f64)> = [1.0, 2.0, 4.0]
        .iter()
        .flat_map(|a| (0..5).map(|t| (*a, f64::from(t))))
        .collect();
    let curves = Table::builder()
        .f64("a", "", "a", rows.iter().map(|row| row.0).collect())
        .f64("t", "", "t", rows.iter().map(|row| row.1).collect())
        .f64(
            "value",
            "",
            "value",
            rows.iter().map(|(a, t)| t * t / 4.0 / a).collect(),
        )
        .build()
        .unwrap();
    BTreeMap::from([("law".to_owned(), law), ("curves".to_owned(), curves)])
}
