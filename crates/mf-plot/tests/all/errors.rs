//! Every message names the place, the problem and the remedy.

use crate::common::{self, says};

use mf_data::Table;
use mf_plot::{PlotError, render};

/// The error of the small figure with one thing changed.
fn error(from: &str, to: &str) -> PlotError {
    assert!(
        common::SPEC.contains(from),
        "the small figure has no {from}"
    );
    render(
        &common::figure(&common::SPEC.replace(from, to)),
        &common::tables(),
    )
    .unwrap_err()
}

#[test]
fn an_unknown_table() {
    let error = error("table = \"curves\"", "table = \"curve\"");
    says(
        &error,
        &[
            "panel 2, series 1",
            "no table \"curve\"",
            "did you mean \"curves\"",
            "curves, law",
        ],
    );
}

#[test]
fn an_unknown_column() {
    let error = error("x = \"t\"", "x = \"tt\"");
    says(
        &error,
        &[
            "panel 2, series 1",
            "\"curves\"",
            "no column \"tt\"",
            "a, t, value",
        ],
    );
}

#[test]
fn a_column_of_text() {
    let error = error(
        "y = \"value\"\nwhere = { kind = \"power\" }",
        "y = \"name\"",
    );
    says(
        &error,
        &["panel 1, series 1", "column \"name\"", "not numeric"],
    );
}

#[test]
fn a_value_without_a_place_on_a_logarithmic_axis() {
    let error = error("states = [4, 32]", "states = [4, 100]");
    says(
        &error,
        &[
            "panel 1, series 2",
            "row 12",
            "column \"value\"",
            "\"law\"",
            "is 0",
            "y axis is logarithmic",
        ],
    );
}

#[test]
fn a_filter_that_leaves_nothing() {
    let error = error(
        "where = { kind = \"power\" }",
        "where = { kind = \"Power\" }",
    );
    says(&error, &["panel 1, series 1", "12 rows", "none is left"]);
}

#[test]
fn a_series_of_gaps() {
    let error = error(
        "where = { kind = \"power\" }",
        "where = { states = 32, kind = \"power\" }",
    );
    says(&error, &["panel 1, series 1", "none is left"]);
}

#[test]
fn a_range_with_the_ends_exchanged() {
    says(
        &error("range = [0, 3]", "range = [3, 0]"),
        &["panel 2", "[3, 0]", "lower end first"],
    );
}

#[test]
fn a_logarithmic_range_from_zero() {
    says(
        &error("range = [1.5, 600]", "range = [0, 600]"),
        &["panel 1", "begins at 0", "logarithmic"],
    );
}

#[test]
fn a_color_that_is_not_in_the_palette() {
    says(
        &error("label = \"power law\"", "color = 8"),
        &["panel 1, series 1", "no colour 8", "0 to 7"],
    );
}

#[test]
fn names_and_colours_of_a_group() {
    says(
        &error("group-name = \"*a* = {}\"", "label = \"a\""),
        &[
            "panel 2, series 1",
            "`label` or `color` is given together with `group`",
            "`group-name`",
        ],
    );
    says(
        &error("label = \"power law\"", "group-name = \"*a* = {}\""),
        &["panel 1, series 1", "`group-name` is given without `group`"],
    );
}

#[test]
fn a_page_that_is_too_small() {
    says(
        &error("height = 150", "height = 60"),
        &["panels would be", "larger"],
    );
    says(&error("width = 300", "width = 3"), &["`width` is 3", "36"]);
}

#[test]
fn names_without_space() {
    let mut tables = common::tables();
    let crowd = Table::builder()
        .f64("states", "", "x", vec![100.0; 12])
        .f64("value", "", "y", vec![0.01; 12])
        .text(
            "name",
            "long names of one spot",
            vec!["a name that takes a third of the panel".to_owned(); 12],
        )
        .build()
        .unwrap();
    tables.insert("crowd".to_owned(), crowd);
    let old = "table = \"law\"\nx = \"states\"\ny = \"value\"\nwhere = { kind = [\"named\"], states = [4, 32] }";
    let new = "table = \"crowd\"\nx = \"states\"\ny = \"value\"";
    assert!(common::SPEC.contains(old));
    let error = render(&common::figure(&common::SPEC.replace(old, new)), &tables).unwrap_err();
    says(&error, &["the name \"a name", "make the figure larger"]);
}

#[test]
fn invalid_markup() {
    says(
        &error("title = \"(b)\"", "title = \"*b\""),
        &["\"*b\"", "no other * ends"],
    );
}

#[test]
fn a_letter_without_a_glyph() {
    says(
        &error("title = \"(b)\"", "title = \"漢\""),
        &["'漢'", "U+6F22"],
    );
}

#[test]
fn a_key_that_does_not_exist() {
    let spec = common::SPEC.replace("mark = \"line\"", "marks = \"line\"");
    let message = toml::from_str::<mf_plot::Figure>(&spec)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("unknown field `marks`") && message.contains("`mark`"),
        "{message}"
    );
}
