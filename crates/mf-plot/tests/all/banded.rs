//! Bands of a surface, names on lines, ribbons and error bars: drawings and errors.

use crate::common::{banded, figure, says};

use mf_plot::{Figure, PlotError, render};
use resvg::tiny_skia::Pixmap;

/// The figure with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(banded::SPEC.contains(from), "the figure has no {from}");
    banded::SPEC.replacen(from, to, 1)
}

fn svg(spec: &str) -> String {
    render(&figure(spec), &banded::tables()).unwrap().svg
}

fn error(from: &str, to: &str) -> PlotError {
    render(&figure(&changed(from, to)), &banded::tables()).unwrap_err()
}

/// A panel of run 1 alone, without axes' labels, dots or lines.
const PLAIN: &str = r#"
width = 200
height = 200
[[panels]]
chart = "contour-bands"
y = { scale = "log" }
surface = { table = "nodes", x = "x", y = "y", value = "z", where = { run = 1 } }
bands = { levels = [0.25, 0.5, 0.75] }
"#;

/// Black, dark red, brick and red.
const COLORS: [&str; 4] = ["#000000", "#5d1f15", "#af422b", "#f4785f"];

/// The bounds of a rectangular outline `Mx yhAvBhCZ` or the like: all its corners' extremes, in grid units.
fn bounds(path: &str) -> [f64; 4] {
    let data = path.split(" d=\"M").nth(1).unwrap();
    let data = data.split('Z').next().unwrap();
    let mut at: Vec<f64> = Vec::new();
    let start = data.find(|sign: char| sign.is_ascii_lowercase()).unwrap();
    at.extend(
        data[..start]
            .split(' ')
            .map(|part| part.parse::<f64>().unwrap()),
    );
    let (mut x, mut y) = (at[0], at[1]);
    let mut all = [x, y, x, y];
    let steps = &data[start..];
    for (place, _) in steps.match_indices(|sign: char| sign.is_ascii_lowercase()) {
        let rest = &steps[place + 1..];
        let end = rest
            .find(|sign: char| sign.is_ascii_lowercase())
            .unwrap_or(rest.len());
        let step: f64 = rest[..end].parse().unwrap();
        match &steps[place..=place] {
            "h" => x += step,
            "v" => y += step,
            other => panic!("the outline has a {other}"),
        }
        all = [all[0].min(x), all[1].min(y), all[2].max(x), all[3].max(y)];
    }
    all
}

#[test]
fn bands_of_a_logarithm_are_even_on_a_logarithmic_axis() {
    let svg = svg(PLAIN);
    let outlines: Vec<[f64; 4]> = COLORS
        .iter()
        .map(|color| {
            let start = format!("<path fill=\"{color}\"");
            let line = svg.lines().find(|line| line.starts_with(&start)).unwrap();
            bounds(line)
        })
        .collect();
    let [left, top, right, bottom] = outlines[0];
    for (index, outline) in outlines.iter().enumerate() {
        assert_eq!([outline[0], outline[1], outline[2]], [left, top, right]);
        // z = ln(y) / ln(4) is linear in ln(y), so each level lies at its own share of the height; to a grid unit.
        let share = (bottom - outline[3]) / (bottom - top);
        let level = 0.25 * index as f64;
        assert!(
            (share - level).abs() <= 1.0 / (bottom - top),
            "{share}, not {level}"
        );
    }
}

#[test]
fn there_is_no_seam_between_cells() {
    let rendered = render(&figure(PLAIN), &banded::tables()).unwrap();
    let picture = Pixmap::decode_png(&rendered.png).unwrap();
    let band = rendered
        .svg
        .lines()
        .find(|line| line.starts_with("<path fill=\"#000000\""))
        .unwrap();
    // Grid units of the SVG to the pixel: 20 to the point, 72 points and 300 pixels to the inch.
    let pixel = |unit: f64| (unit / (20.0 * 72.0 / 300.0)) as u32;
    let [left, top, right, bottom] = bounds(band);
    // A row of pixels through the middle of the highest band, away from the frame.
    let row = pixel(top + (bottom - top) / 8.0);
    for column in pixel(left) + 5..pixel(right) - 5 {
        let found = picture.pixel(column, row).unwrap();
        assert_eq!(
            (found.red(), found.green(), found.blue()),
            (244, 120, 95),
            "column {column}"
        );
    }
}

#[test]
fn the_bar_shows_levels_and_marks_once() {
    let svg = svg(banded::SPEC);
    let texts = |text: &str| svg.matches(&format!("aria-label=\"{text}\"")).count();
    for text in ["25 %", "50 %", "75 %", "z", "diverged", "no value"] {
        assert_eq!(texts(text), 1, "{text}");
    }
    let plain = self::svg(&changed("format = \"percent\", ", "").replace("0.75]", "0.55]"));
    assert!(plain.contains("aria-label=\"0.55\""));
    let percent = self::svg(&banded::SPEC.replace("0.75]", "0.55]"));
    assert!(percent.contains("aria-label=\"55 %\""));
}

#[test]
fn names_are_on_their_lines() {
    let svg = svg(banded::SPEC);
    // The halo first, then the letters, both slanting the same way.
    for name in ["k = 1", "k = 2"] {
        let start = format!("<g role=\"img\" aria-label=\"{name}\"");
        let (place, line) = svg
            .lines()
            .enumerate()
            .find(|(_, line)| line.starts_with(&start))
            .unwrap();
        let matrix = |line: &str| {
            line.split("matrix(")
                .nth(1)
                .unwrap()
                .split(')')
                .next()
                .unwrap()
                .to_owned()
        };
        let halo = svg.lines().nth(place - 1).unwrap();
        assert!(halo.starts_with("<g aria-hidden=\"true\""), "{halo}");
        assert_eq!(matrix(halo), matrix(line));
        let rise: f64 = matrix(line).split(' ').nth(1).unwrap().parse().unwrap();
        assert!(rise < 0.0, "{name} runs upward");
    }
}

#[test]
fn a_ribbon_breaks_where_an_end_is_missing() {
    let svg = svg(banded::SPEC);
    let ribbons = |color: &str| {
        let start = format!("<path fill=\"{color}\" fill-opacity");
        svg.lines().filter(|line| line.starts_with(&start)).count()
    };
    // A ribbon, and its sample in the legend.
    assert_eq!(ribbons("#003aa8"), 2);
    // The first of its four rows is alone before the gap in the second: one piece of the last two rows.
    assert_eq!(ribbons("#b92a00"), 2);
}

#[test]
fn invalid_levels() {
    says(
        &error("[0.25, 0.5, 0.75]", "[0.25, 0.75, 0.5]"),
        &["panel 1", "[0.25, 0.75, 0.5] do not increase"],
    );
    says(
        &error("[0.25, 0.5, 0.75]", "[0.5, nan]"),
        &["do not increase"],
    );
    says(&error("[0.25, 0.5, 0.75]", "[]"), &["panel 1", "no levels"]);
    says(
        &error("bands = { bar", "bands = { levels = [0.5], bar"),
        &["panel 2", "shares the bar of panel 1"],
    );
}

#[test]
fn invalid_grids_of_nodes() {
    says(
        &error("run = 2", "run = 3"),
        &[
            "panel 2",
            "x = 1, y = 2 of the grid has no row",
            "\"nodes\"",
        ],
    );
    says(
        &error("run = 2", "run = 4"),
        &["x = 1, y = 2 of the grid has rows"],
    );
    says(
        &error("run = 2", "run = 5"),
        &["panel 2", "only one value of \"x\"", "at least two"],
    );
    says(&error("run = 2", "run = 9"), &["panel 2", "none is left"]);
}

#[test]
fn invalid_values_of_a_surface() {
    says(
        &error("run = 1", "run = 6"),
        &["panel 1", "column \"y\"", "is 0", "y axis is logarithmic"],
    );
    says(
        &error("run = 1", "run = 7"),
        &["panel 1", "column \"flag\"", "is \"2\"", "0 or 1"],
    );
    says(
        &error("run = 2", "run = 8"),
        &["panel 2", "\"z\"", "infinite"],
    );
    says(
        &error("value = \"z\"", "value = \"word\""),
        &["panel 1", "\"word\"", "not numeric"],
    );
    says(
        &error("value = \"z\"", "value = \"zz\""),
        &["panel 1", "no column \"zz\""],
    );
    says(
        &error("diverged = \"flag\"", "diverged = \"flags\""),
        &["no column \"flags\"", "did you mean \"flag\""],
    );
}

#[test]
fn invalid_ranges_and_errors() {
    says(
        &error("low = \"low\"\n", ""),
        &["panel 3, series 1", "`low` and `high`"],
    );
    says(
        &error(
            "low = \"low\"\nhigh = \"high\"",
            "low = \"high\"\nhigh = \"low\"",
        ),
        &["panel 3, series 1", "row 1", "is 1.5, above the 0.5"],
    );
    says(
        &error("error = \"error\"", "error = \"bad\""),
        &[
            "panel 3, series 2",
            "column \"bad\"",
            "is -0.5",
            "must be 0 or more",
        ],
    );
    says(
        &error("error = \"error\"", "error = \"kind\""),
        &["\"kind\"", "not numeric"],
    );
    says(
        &error("error = \"error\"", "error = \"error\"\ncolor-by = \"x\""),
        &["panel 3, series 2", "together with `color-by`"],
    );
    says(
        &error("error = \"error\"", "group-colors = \"palette\""),
        &["panel 3, series 2", "without `group`"],
    );
}

#[test]
fn a_name_without_room_on_its_line() {
    let name = "group-name = \"a name that is longer than any line in a panel of this size\"";
    says(
        &error("group-name = \"*k* = {}\"", name),
        &["the name \"a name", "no free space", "shorten the name"],
    );
}

#[test]
fn a_key_that_does_not_exist() {
    let message = toml::from_str::<Figure>(&changed("nodes = true", "node = true"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("unknown field `node`"), "{message}");
}
