//! Heat maps, points coloured by a column, shared axes and colour bars: drawings and errors.

use crate::common::{colored, figure, says};

use mf_plot::{PlotError, render};
use resvg::tiny_skia::Pixmap;

fn svg(spec: &str) -> String {
    render(&figure(spec), &colored::tables()).unwrap().svg
}

/// The figure with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(colored::SPEC.contains(from), "the figure has no {from}");
    colored::SPEC.replacen(from, to, 1)
}

fn error(from: &str, to: &str) -> PlotError {
    render(&figure(&changed(from, to)), &colored::tables()).unwrap_err()
}

/// Numbers of an attribute, in order.
fn attribute(line: &str, name: &str) -> f64 {
    let rest = line.split(&format!(" {name}=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// Half a step of the 255 shades of an image, where a map is steepest (79 of 255 in a tenth of the range).
const SHADE: u8 = 2;
/// Grid units of the SVG to the pixel: 20 to the point, 72 points and 300 pixels to the inch.
const UNITS_PER_PIXEL: f64 = 20.0 * 72.0 / 300.0;

#[test]
fn a_cell_has_the_colour_of_its_value_at_its_place() {
    let rendered = render(&figure(colored::SPEC), &colored::tables()).unwrap();
    let picture = Pixmap::decode_png(&rendered.png).unwrap();
    let images: Vec<&str> = rendered
        .svg
        .lines()
        .filter(|line| line.starts_with("<image"))
        .collect();
    assert_eq!(images.len(), 2);
    // The ends and the middle of RdBu as ColorBrewer publishes it, a quarter of its even arm, and the grey of a hole.
    let (low, quarter, middle, high) = ([5, 48, 97], [103, 169, 205], [247; 3], [103, 0, 31]);
    let hole = [178; 3];
    // Layer 0 is at the top.
    let expected = [
        ((0, 0), low, 0),
        ((1, 0), middle, 0),
        ((2, 0), high, 0),
        ((1, 1), hole, 0),
        ((0, 0), quarter, 1),
        ((1, 1), hole, 1),
    ];
    for ((column, row), rgb, map) in expected {
        let cell = |at: f64, length: f64, place: i32, count: f64, off: f64| {
            // Next to the middle of the cell.
            ((at + length * (f64::from(place) + off) / count) / UNITS_PER_PIXEL) as u32
        };
        let line = images[map];
        let x = cell(
            attribute(line, "x"),
            attribute(line, "width"),
            column,
            3.0,
            0.6,
        );
        let y = cell(
            attribute(line, "y"),
            attribute(line, "height"),
            row,
            2.0,
            0.6,
        );
        let pixel = picture.pixel(x, y).unwrap();
        let found = [pixel.red(), pixel.green(), pixel.blue()];
        let near = found.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) <= SHADE);
        assert!(
            near,
            "cell ({column}, {row}) of map {map}: {found:?}, not {rgb:?}"
        );
    }
}

/// Columns of -1 and 1 in turn, ten to a pixel: sampling would show one of the two, averaging uses all of them.
#[test]
fn cells_smaller_than_pixels_are_averaged() {
    let (columns, rows) = (4001_u32, 2_u32);
    let at = |of: fn(u32, u32) -> f64| -> Vec<f64> {
        (0..rows)
            .flat_map(|y| (0..columns).map(move |x| of(x, y)))
            .collect()
    };
    let table = mf_data::Table::builder()
        .f64("x", "", "x", at(|x, _| f64::from(x)))
        .f64("y", "", "y", at(|_, y| f64::from(y)))
        .f64(
            "value",
            "",
            "stripes",
            at(|x, _| f64::from(x % 2) * 2.0 - 1.0),
        )
        .build()
        .unwrap();
    let spec = r#"
width = 130
height = 100
[[panels]]
chart = "heat-map"
cells = { table = "stripes", x = "x", y = "y", value = "value" }
colors = { map = "diverging", range = [-1, 1] }
"#;
    let tables = [("stripes".to_owned(), table)].into();
    let rendered = render(&figure(spec), &tables).unwrap();
    let line = rendered
        .svg
        .lines()
        .find(|line| line.starts_with("<image"))
        .unwrap();
    let picture = Pixmap::decode_png(&rendered.png).unwrap();
    let middle = |side: &str, length: &str| {
        ((attribute(line, side) + attribute(line, length) / 4.0) / UNITS_PER_PIXEL) as u32
    };
    let y = middle("y", "height");
    for off in 0..40 {
        let pixel = picture.pixel(middle("x", "width") + off, y).unwrap();
        // The middle of the map; of ten cells and a bit the two kinds differ by a cell.
        for channel in [pixel.red(), pixel.green(), pixel.blue()] {
            assert!(channel.abs_diff(247) < 40, "{pixel:?}");
        }
    }
    // The SVG has a pixel for each of the PNG's.
    let base64 = line
        .split("base64,")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, base64).unwrap();
    let pixels = attribute(line, "width") / UNITS_PER_PIXEL;
    let found = f64::from(Pixmap::decode_png(&bytes).unwrap().width());
    assert!(
        (found - pixels).abs() < 1.0,
        "{found} columns for {pixels} pixels"
    );
}

#[test]
fn a_large_map_is_a_small_file() {
    let (columns, rows) = (300_u32, 101_u32);
    let at = |of: fn(u32, u32) -> f64| -> Vec<f64> {
        (0..rows)
            .flat_map(|y| (0..columns).map(move |x| of(x, y)))
            .collect()
    };
    let table = mf_data::Table::builder()
        .f64("x", "", "x", at(|x, _| f64::from(x) / 47.7))
        .f64("y", "", "y", at(|_, y| f64::from(y)))
        .f64(
            "z",
            "",
            "z",
            at(|x, y| libm::exp(-f64::from(y) / 30.0) * libm::cos(f64::from(x) / 47.7)),
        )
        .build()
        .unwrap();
    let spec = "[[panels]]\nchart = \"heat-map\"\ncells = { table = \"t\", x = \"x\", y = \"y\", value = \"z\" }";
    let tables = std::collections::BTreeMap::from([("t".to_owned(), table)]);
    let svg = render(&figure(spec), &tables).unwrap().svg;
    // One byte a cell would be 30 kB.
    assert!(svg.len() < 30_000, "{} bytes", svg.len());
}

#[test]
fn shared_labels_are_drawn_once() {
    let labels = |svg: &str, label: &str| svg.matches(&format!("aria-label=\"{label}\"")).count();
    let shared = svg(colored::SPEC);
    assert_eq!(labels(&shared, "layer"), 1);
    assert_eq!(labels(&shared, "angle"), 2);
    assert_eq!(labels(&shared, "−π"), 1);
    assert_eq!(labels(&shared, "c"), 1, "one bar for both maps");
    let apart = svg(&changed("share = true\n", ""));
    assert_eq!(labels(&apart, "layer"), 1, "the other panels give none");
    assert!(apart.matches("aria-label").count() > shared.matches("aria-label").count());
}

#[test]
fn cyclic_colours_repeat_and_nan_is_grey() {
    let svg = svg(colored::SPEC);
    // Turns 0, 1/4, 6/4 = 1/2, 3/4 and NaN: twilight at these places times 0.88, then grey.
    let dots = ["#c7bfc7", "#5668a4", "#2a1131", "#9d4c48", "#b2b2b2"];
    for color in dots {
        assert_eq!(
            svg.matches(&format!("<circle fill=\"{color}\" ")).count(),
            1,
            "{color}"
        );
    }
}

#[test]
fn equal_units_have_equal_lengths() {
    let spec = |equal: bool| {
        format!(
            "width = 300\nheight = 150\n[[panels]]\nchart = \"xy\"\nequal = {equal}\n[[panels.series]]\ntable = \"path\"\nx = \"x\"\ny = \"y\"\nwhere = {{ t = [0, 1, 6, 3] }}"
        )
    };
    // The four points are the corners of a square.
    let spans = |spec: &str| {
        let svg = svg(spec);
        let discs = svg
            .lines()
            .filter(|line| line.starts_with("<circle fill=\"#003aa8\""));
        let places: Vec<[f64; 2]> = discs
            .map(|disc| [attribute(disc, "cx"), attribute(disc, "cy")])
            .collect();
        assert_eq!(places.len(), 4);
        let span = |side: usize| {
            let places = || places.iter().map(|place| place[side]);
            places().fold(f64::MIN, f64::max) - places().fold(f64::MAX, f64::min)
        };
        (span(0), span(1))
    };
    let (across, down) = spans(&spec(true));
    // Places are rounded to the grid.
    assert!((across - down).abs() <= 2.0, "{across} and {down}");
    let (across, down) = spans(&spec(false));
    assert!(across > 1.5 * down, "{across} and {down}");
}

#[test]
fn a_cell_without_a_row() {
    says(
        &error("run = 1", "run = 3"),
        &["panel 1", "angle = 1, layer = 1", "no row", "\"map\""],
    );
}

#[test]
fn a_cell_with_two_rows() {
    let error = error("run = 1", "run = 4");
    says(
        &error,
        &["panel 1", "angle = 0, layer = 0 of the grid has rows"],
    );
    assert!(matches!(error, PlotError::Cell { rows, .. } if rows.len() == 2));
}

#[test]
fn uneven_steps() {
    says(
        &error("run = 2", "run = 5"),
        &["panel 2", "\"angle\"", "0 follows -1, a step of 1", "1.25"],
    );
    says(
        &error("run = 2", "run = 8"),
        &["\"angle\"", "all its values are -1"],
    );
}

#[test]
fn cells_without_a_place_or_with_an_infinite_value() {
    says(
        &error("run = 2", "run = 6"),
        &["panel 2", "\"c\"", "infinite"],
    );
    says(
        &error("run = 2", "run = 7"),
        &["panel 2", "\"layer\"", "NaN"],
    );
    says(&error("run = 2", "run = 9"), &["panel 2", "none is left"]);
    says(&error("run = 2", "run = 10"), &["panel 2", "none is left"]);
}

#[test]
fn missing_columns_and_columns_of_text() {
    says(
        &error("value = \"c\"", "value = \"cc\""),
        &["panel 1", "no column \"cc\"", "angle"],
    );
    says(
        &error("y = \"layer\"", "y = \"word\""),
        &["panel 1", "\"word\" of table \"map\" is not numeric"],
    );
    says(
        &error("color-by = \"t\"", "color-by = \"time\""),
        &["panel 3, series 1", "no column \"time\""],
    );
    says(
        &error("color-by = \"t\"", "color-by = \"far\""),
        &["panel 3, series 1", "\"far\"", "infinite"],
    );
}

#[test]
fn invalid_colours() {
    says(
        &error("range = [-2, 2]", "range = [-1, 2]"),
        &["panel 1", "[-1, 2]", "not symmetric"],
    );
    says(
        &error(", range = [0, 4]", ""),
        &["panel 3, series 1", "one full turn"],
    );
    says(
        &error("color-by = \"t\"\n", ""),
        &["`colors` is given without `color-by`"],
    );
    says(
        &error("color-by", "color = 1\ncolor-by"),
        &["give only one of them"],
    );
    says(
        &error(
            "colors = { bar",
            "colors = { map = \"sequential\", range = [0, 1], bar",
        ),
        &["panel 2", "shares the colour bar of panel 1"],
    );
}

#[test]
fn invalid_axes() {
    says(
        &error("tick-labels = [\"−π\", ", "tick-labels = ["),
        &["panel 1", "x has 2 tick labels for 3 ticks"],
    );
    says(
        &error("reversed = true", "scale = \"log\", reversed = true"),
        &["panel 1", "logarithmic"],
    );
    says(
        &error(
            "x = { label = \"*x*\" }",
            "x = { label = \"*x*\", scale = \"log\" }\nequal = true",
        ),
        &["panel 3", "`equal`"],
    );
}

#[test]
fn shared_axes_must_agree() {
    says(
        &error("x = { label = \"*x*\" }", "y = { range = [0, 2] }"),
        &["panel 3, y axis", "labels of panel 1", "direction"],
    );
    says(
        &error(
            "x = { label = \"*x*\" }",
            "y = { range = [0, 2], reversed = true }",
        ),
        &["from 0 to 2, not from -0.5 to 1.5"],
    );
    says(
        &error(
            "x = { label = \"*x*\" }",
            "y = { range = [-0.5, 1.5], label = \"depth\", reversed = true }",
        ),
        &["\"depth\" would not be shown"],
    );
}
