//! The two files: size, white paper, texts for readers who cannot see.

use crate::common;

use mf_plot::{Rendered, render};
use resvg::tiny_skia::Pixmap;

fn rendered() -> Rendered {
    render(&common::figure(common::SPEC), &common::tables()).unwrap()
}

#[test]
fn the_png_has_300_pixels_to_the_inch_on_white() {
    let picture = Pixmap::decode_png(&rendered().png).unwrap();
    assert_eq!((picture.width(), picture.height()), (1250, 625));
    for (x, y) in [(0, 0), (1249, 0), (0, 624), (1249, 624)] {
        let color = picture.pixel(x, y).unwrap();
        assert_eq!(
            (color.red(), color.green(), color.blue(), color.alpha()),
            (255, 255, 255, 255)
        );
    }
    assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 255));
    assert!(picture.pixels().iter().any(|pixel| pixel.red() < 60));
}

#[test]
fn nothing_is_cut_at_the_edge_of_the_page() {
    let picture = Pixmap::decode_png(&rendered().png).unwrap();
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    let edge = (0..=right)
        .flat_map(|x| [(x, 0), (x, bottom)])
        .chain((0..=bottom).flat_map(|y| [(0, y), (right, y)]));
    for (x, y) in edge {
        assert_eq!(picture.pixel(x, y).unwrap().red(), 255, "ink at ({x}, {y})");
    }
}

#[test]
fn the_svg_has_its_size_in_points_and_a_text_for_screen_readers() {
    let svg = rendered().svg;
    assert!(
        svg.starts_with(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300pt\" height=\"150pt\""
        )
    );
    assert!(svg.contains("<title>1 − χ_max against states N; t^2/a against t</title>"));
    assert!(svg.contains("<desc>A small figure &lt;with&gt; every part.</desc>"));
    assert!(svg.contains("aria-label=\"power law\""));
    assert_eq!(
        mf_plot::description(&svg),
        "A small figure <with> every part."
    );
}

#[test]
fn the_svg_needs_no_font_and_nothing_from_elsewhere() {
    let svg = rendered().svg;
    assert!(!svg.contains("<text") && !svg.contains("font-") && !svg.contains("<image"));
    assert_eq!(svg.matches("http").count(), 1, "only the namespace");
}

#[test]
fn every_definition_is_used_and_every_use_is_defined() {
    let svg = rendered().svg;
    let names = |start: &str, end: char| -> std::collections::BTreeSet<String> {
        svg.split(start)
            .skip(1)
            .filter_map(|rest| rest.split(end).next())
            .map(str::to_owned)
            .collect()
    };
    let mut used = names("href=\"#", '"');
    used.extend(names("url(#", ')'));
    assert_eq!(names(" id=\"", '"'), used);
}

#[test]
fn a_gap_breaks_the_line() {
    let svg = rendered().svg;
    // The first series has a NaN in row 5: its blue line starts twice.
    let line = |line: &&str| line.starts_with("<path fill=\"none\" stroke=\"#003aa8\"");
    let blue = svg.lines().find(line).unwrap();
    assert_eq!(blue.matches('M').count(), 2);
}
