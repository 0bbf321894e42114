//! Reference lines, notes and names in a panel, placed where they cover the least.

use plotters::element::{PathElement, Rectangle};
use plotters_backend::BackendColor;

use crate::canvas::elements::{Look, Pen, filled, label};
use crate::canvas::plane::{Page, Plane};
use crate::error::PlotError;
use crate::geometry::{Rect, Spot};
use crate::place::Obstacles;
use crate::spec::{AxisName, Corner, Note, ReferenceLine};
use crate::text::{self, Block};
use crate::theme;

/// Between two texts in one corner.
const STACK_GAP: f64 = 3.0;
/// Between a reference line and its name.
const LINE_NAME_GAP: f64 = 2.2;

/// The two ends of a reference line as values of x and y; none if it is outside the frame.
fn line_values(line: &ReferenceLine, plane: &Plane<'_>) -> Option<[(f64, f64); 2]> {
    let (x, y, at) = (plane.x(), plane.y(), line.at);
    match line.axis {
        AxisName::X => x.holds(at).then_some([(at, y.low), (at, y.high)]),
        AxisName::Y => y.holds(at).then_some([(x.low, at), (x.high, at)]),
    }
}

/// The two ends of a reference line on the page; none if it is outside the frame.
pub(crate) fn line_ends(line: &ReferenceLine, plane: &Plane<'_>) -> Option<[Spot; 2]> {
    line_values(line, plane).map(|ends| ends.map(|(x, y)| plane.spot(x, y)))
}

/// Draws the reference lines.
pub(crate) fn draw_lines(lines: &[ReferenceLine], plane: &Plane<'_>) -> Result<(), PlotError> {
    plane.draw(lines.iter().filter_map(|line| {
        let pen = Pen::new(theme::SOFT_INK, theme::REFERENCE_WIDTH, line.dash);
        let path = PathElement::new(line_values(line, plane)?.to_vec(), pen.style());
        Some(Look::dashed(path, &pen))
    }))
}

/// Draws a pale background behind a text.
pub(crate) fn draw_veil(place: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
    let paper = BackendColor {
        alpha: theme::VEIL,
        ..theme::PAPER
    };
    page.draw(&Rectangle::new(place.corners(), filled(paper)))
}

/// The places of the notes in their corners.
pub(crate) fn note_places(notes: &[Note], plane: &Plane<'_>) -> Result<Vec<Rect>, PlotError> {
    let bounds = corner_bounds(plane);
    let mut stack = Vec::new();
    for note in notes {
        let size = text::set(&note.text, theme::TEXT)?.extent();
        stack.push(in_corner(note.corner, size, &bounds, &stack));
    }
    Ok(stack)
}

/// Draws the notes in their places.
pub(crate) fn draw_notes(
    notes: &[Note],
    places: &[Rect],
    page: &Page<'_>,
) -> Result<(), PlotError> {
    for (note, place) in notes.iter().zip(places) {
        let block = text::set(&note.text, theme::TEXT)?;
        draw_veil(&place.grown(1.0), page)?;
        page.draw(&label(
            &block,
            place.left,
            place.top + block.ascent,
            theme::INK,
        ))?;
    }
    Ok(())
}

/// Draws the names of the reference lines next to them.
pub(crate) fn draw_line_names(
    lines: &[ReferenceLine],
    plane: &Plane<'_>,
    obstacles: &mut Obstacles,
    page: &Page<'_>,
) -> Result<(), PlotError> {
    for line in lines {
        let (Some(name), Some([from, _])) = (&line.label, line_ends(line, plane)) else {
            continue;
        };
        let block = text::set(name, theme::TEXT)?;
        let ends = [1.0, 0.0, 0.75, 0.25, 0.5];
        let inside = plane.inside();
        let places: Vec<Rect> = match line.axis {
            AxisName::Y => {
                // Most names have nothing below the baseline, so that depth is part of the gap.
                let bottom = from.1 - LINE_NAME_GAP + block.descent / 2.0;
                let above = Rect {
                    top: bottom - block.height(),
                    bottom,
                    ..inside
                };
                let top = from.1 + LINE_NAME_GAP;
                let below = Rect {
                    top,
                    bottom: top + block.height(),
                    ..inside
                };
                [above, below]
                    .iter()
                    .flat_map(|strip| places_in(strip, strip, &block, &ends, &[0.5]))
                    .collect()
            }
            AxisName::X => {
                let right = Rect {
                    left: from.0 + LINE_NAME_GAP,
                    right: from.0 + LINE_NAME_GAP + block.width,
                    ..inside
                };
                let left = Rect {
                    left: from.0 - LINE_NAME_GAP - block.width,
                    right: from.0 - LINE_NAME_GAP,
                    ..inside
                };
                let down = [0.0, 1.0, 0.25, 0.75, 0.5];
                [right, left]
                    .iter()
                    .flat_map(|strip| places_in(strip, strip, &block, &[0.5], &down))
                    .collect()
            }
        };
        put_text(&block, &places, theme::SOFT_INK, obstacles, page)?;
    }
    Ok(())
}

/// Places for a text in an area, at these fractions of its width and height, moved into the bounds.
pub(crate) fn places_in(
    area: &Rect,
    bounds: &Rect,
    block: &Block,
    across: &[f64],
    down: &[f64],
) -> Vec<Rect> {
    let (width, height) = block.extent();
    let place = |part_x: f64, part_y: f64| {
        // At 0 and 1 the text is at an edge of the area, at 1/2 in its middle.
        let left = area.left + part_x * (area.width() - width);
        let top = area.top + part_y * (area.height() - height);
        let left = left.min(bounds.right - width).max(bounds.left);
        let top = top.min(bounds.bottom - height).max(bounds.top);
        Rect::at(left, top, (width, height))
    };
    across
        .iter()
        .flat_map(|x| down.iter().map(move |y| (x, y)))
        .map(|(x, y)| place(*x, *y))
        .collect()
}

/// Draws a text at the cheapest of its places; it becomes an obstacle for later texts.
pub(crate) fn put_text(
    block: &Block,
    places: &[Rect],
    color: BackendColor,
    obstacles: &mut Obstacles,
    page: &Page<'_>,
) -> Result<(), PlotError> {
    if let Some(place) = obstacles.best(places) {
        obstacles.texts.push(place);
        page.draw(&label(block, place.left, place.top + block.ascent, color))?;
    }
    Ok(())
}

/// The area for texts in corners.
pub(crate) fn corner_bounds(plane: &Plane<'_>) -> Rect {
    plane.frame.grown(-theme::CORNER_GAP)
}

/// The place of a text in a corner, next to the texts that are there already.
pub(crate) fn in_corner(
    corner: Corner,
    (width, height): (f64, f64),
    bounds: &Rect,
    taken: &[Rect],
) -> Rect {
    let left = match corner {
        Corner::TopLeft | Corner::BottomLeft => bounds.left,
        Corner::TopRight | Corner::BottomRight => bounds.right - width,
    };
    let from_top = matches!(corner, Corner::TopLeft | Corner::TopRight);
    let top = if from_top {
        bounds.top
    } else {
        bounds.bottom - height
    };
    let mut place = Rect::at(left, top, (width, height));
    while let Some(other) = taken.iter().find(|other| other.overlaps(&place)) {
        let top = if from_top {
            other.bottom + STACK_GAP
        } else {
            other.top - STACK_GAP - height
        };
        place = Rect::at(left, top, (width, height));
    }
    place
}
