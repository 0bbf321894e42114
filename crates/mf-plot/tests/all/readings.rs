//! The values of a figure: names, numbers, and where they are.

use crate::common::banded;

use crate::common::{SPEC, figure, tables};
use mf_plot::{AxisReading, Readings, render};

fn readings(spec: &str) -> Readings {
    render(&figure(spec), &tables()).unwrap().readings
}

/// Where a value is, by the formula of [`AxisReading`].
fn place(axis: &AxisReading, value: f64) -> f64 {
    let on = |value: f64| if axis.log { libm::log(value) } else { value };
    let [low, high] = axis.ends.map(on);
    axis.at[0] + (on(value) - low) / (high - low) * (axis.at[1] - axis.at[0])
}

#[test]
fn panels_and_curves_have_names() {
    let found = readings(SPEC);
    let [first, second] = &found.panels[..] else {
        panic!("{found:?}");
    };
    assert_eq!(first.title.as_deref(), Some("(a)"));
    assert_eq!([&first.x.name, &first.y.name], ["states N", "1 − χ_max"]);
    assert_eq!(first.curves[0].name.as_deref(), Some("power law"));
    // The columns of the table, but for the row that is not a number.
    assert_eq!(first.curves[0].x[..4], [2.0, 4.0, 8.0, 16.0]);
    assert_eq!(first.curves[0].y[..4], [0.5, 0.125, 0.03125, 0.0078125]);
    assert_eq!(first.curves[1].names.len(), first.curves[1].x.len());
    assert_eq!(second.curves[0].name.as_deref(), Some("a = 1"));
    // What a panel does not have is left out of the file.
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains("errors") && !text.contains("grid") && !text.contains("null"));
}

#[test]
fn the_ends_of_an_axis_are_at_the_frame() {
    let found = readings(SPEC);
    let (x, y) = (&found.panels[0].x, &found.panels[0].y);
    assert!(x.log && x.ends == [1.5, 600.0]);
    // From left to right, before the next panel; from the bottom to the top.
    let beside = &found.panels[1].x;
    assert!(0.0 < x.at[0] && x.at[0] < x.at[1] && x.at[1] < beside.at[0] && beside.at[1] < 1.0);
    assert!(1.0 > y.at[0] && y.at[0] > y.at[1] && y.at[1] > 0.0);
    // The logarithmic middle of the axis is the middle of the frame.
    let middle = place(x, (1.5_f64 * 600.0).sqrt());
    assert!((middle - 0.5 * (x.at[0] + x.at[1])).abs() < 1e-12);
    let turned =
        readings(&SPEC.replace("range = [1.5, 600]", "range = [1.5, 600], reversed = true"));
    assert_eq!(turned.panels[0].x.at, [x.at[1], x.at[0]]);
}

#[test]
fn a_grid_has_columns_rows_and_what_diverged() {
    let found = render(&figure(banded::SPEC), &banded::tables())
        .unwrap()
        .readings;
    let grid = found.panels[0].grid.as_ref().unwrap();
    assert_eq!(grid.name, "z");
    assert_eq!(
        (&grid.x[..], &grid.y[..]),
        (&[0.0, 1.0, 3.0][..], &[1.0, 2.0, 4.0][..])
    );
    // z = ln(y) / ln(4), row by row; the node in the middle is flagged.
    assert_eq!(grid.values[6..], [Some(1.0); 3]);
    assert_eq!(grid.diverged, [4]);
    // The second surface has a hole at its last node.
    let hole = found.panels[1].grid.as_ref().unwrap();
    assert_eq!((hole.values[7], hole.values[8]), (Some(1.0), None));
    // The curves over it, and the means with their error bars beside it.
    assert!(!found.panels[0].curves.is_empty());
    let means = found.panels[2].curves.last().unwrap();
    assert_eq!(means.name.as_deref(), Some("with errors"));
    assert_eq!(means.errors.len(), means.x.len());
}
