//! The drawing itself, byte for byte.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;

use mf_plot::render;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/small.svg");

#[test]
fn the_same_figure_gives_the_same_bytes() {
    let (figure, tables) = (common::figure(common::SPEC), common::tables());
    assert_eq!(
        render(&figure, &tables).unwrap(),
        render(&figure, &tables).unwrap()
    );
}

/// After a change that is meant, look at the new picture and take it over: `MF_UPDATE_GOLDEN=1 cargo test -p mf-plot`.
#[test]
fn the_drawing_is_the_one_that_was_looked_at() {
    let svg = render(&common::figure(common::SPEC), &common::tables())
        .unwrap()
        .svg;
    if std::env::var_os("MF_UPDATE_GOLDEN").is_some() {
        mf_data::files::write_atomic(Path::new(GOLDEN), svg.as_bytes()).unwrap();
    }
    let golden = String::from_utf8(mf_data::files::read(Path::new(GOLDEN)).unwrap()).unwrap();
    for (number, (found, expected)) in svg.lines().zip(golden.lines()).enumerate() {
        assert_eq!(
            found,
            expected,
            "line {} of {GOLDEN} differs (MF_UPDATE_GOLDEN=1 takes the new drawing)",
            number + 1
        );
    }
    assert_eq!(
        svg.lines().count(),
        golden.lines().count(),
        "number of lines of {GOLDEN}"
    );
}
