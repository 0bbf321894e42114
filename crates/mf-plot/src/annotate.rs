//! Reference lines, notes and names in a panel, where they cover the least.

use plotters_backend::BackendColor;

use crate::canvas::{Pen, Rect, Sheet};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::place::{Obstacles, Spot};
use crate::plane::Plane;
use crate::spec::{AxisName, Corner, Note, ReferenceLine};
use crate::text::Block;
use crate::theme;

/// Between two texts in one corner.
const STACK_GAP: f64 = 3.0;
/// Between a reference line and its name.
const LINE_NAME_GAP: f64 = 2.2;

/// What lies behind lines and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Paper and curves.
    Paper,
    /// Colour: lines get pale edges, and names a pale ground.
    Color,
}

/// The two ends of a reference line; none if it lies outside the frame.
pub(crate) fn line_ends(axis: AxisName, at: f64, plane: &Plane) -> Option<[Spot; 2]> {
    let frame = plane.frame;
    match axis {
        AxisName::X if plane.holds_x(at) => {
            let x = plane.across(at);
            Some([(x, frame.top), (x, frame.bottom)])
        }
        AxisName::Y if plane.holds_y(at) => {
            let y = plane.down(at);
            Some([(frame.left, y), (frame.right, y)])
        }
        _ => None,
    }
}

/// Draws the reference lines.
pub(crate) fn draw_lines(
    lines: &[ReferenceLine],
    plane: &Plane,
    ground: Ground,
    sheet: &mut Sheet<'_>,
) {
    for line in lines {
        let Some(ends) = line_ends(line.axis, line.at, plane) else {
            continue;
        };
        if ground == Ground::Color {
            sheet.line(
                ends,
                &Pen::solid(theme::PAPER, 2.0 * theme::REFERENCE_WIDTH),
            );
        }
        let dashes = theme::dashes(line.dash, theme::REFERENCE_WIDTH);
        sheet.line(
            ends,
            &Pen::dashed(theme::SOFT_INK, theme::REFERENCE_WIDTH, dashes),
        );
    }
}

/// Where the notes stand in their corners.
pub(crate) fn note_places(
    notes: &[Note],
    plane: &Plane,
    fonts: &Fonts,
) -> Result<Vec<Rect>, PlotError> {
    let bounds = corner_bounds(plane);
    let mut stack = Vec::new();
    for note in notes {
        let block = fonts.set(&note.text, theme::TEXT)?;
        let size = (block.width, block.height());
        stack.push(in_corner(note.corner, size, &bounds, &stack));
    }
    Ok(stack)
}

/// Draws the notes in their corners; the places they take.
pub(crate) fn draw_notes(
    notes: &[Note],
    plane: &Plane,
    sheet: &mut Sheet<'_>,
) -> Result<Vec<Rect>, PlotError> {
    let stack = note_places(notes, plane, sheet.fonts())?;
    for (note, place) in notes.iter().zip(&stack) {
        let block = sheet.fonts().set(&note.text, theme::TEXT)?;
        sheet.area(&place.grown(1.0), theme::PAPER, theme::VEIL);
        sheet.text(&block, place.left, place.top + block.ascent, theme::INK);
    }
    Ok(stack)
}

/// Draws the names of the reference lines beside them.
pub(crate) fn draw_line_names(
    lines: &[ReferenceLine],
    plane: &Plane,
    ground: Ground,
    obstacles: &mut Obstacles,
    sheet: &mut Sheet<'_>,
) -> Result<(), PlotError> {
    for line in lines {
        let (Some(label), Some([from, _])) = (&line.label, line_ends(line.axis, line.at, plane))
        else {
            continue;
        };
        let block = sheet.fonts().set(label, theme::TEXT)?;
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
        if let (Ground::Color, Some(place)) = (ground, obstacles.best(&places)) {
            sheet.area(&place.grown(1.0), theme::PAPER, theme::VEIL);
        }
        put_text(&block, &places, theme::SOFT_INK, obstacles, sheet);
    }
    Ok(())
}

/// Places for a text in an area at these parts of its width and height, moved into the bounds.
pub(crate) fn places_in(
    area: &Rect,
    bounds: &Rect,
    block: &Block,
    across: &[f64],
    down: &[f64],
) -> Vec<Rect> {
    let (width, height) = (block.width, block.height());
    let place = |part_x: f64, part_y: f64| {
        // At 0 and 1 the text stands at the area's edge, in between its middle does at that part.
        let left = area.left + part_x * (area.width() - width);
        let top = area.top + part_y * (area.height() - height);
        let left = left.min(bounds.right - width).max(bounds.left);
        let top = top.min(bounds.bottom - height).max(bounds.top);
        Rect {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    };
    across
        .iter()
        .flat_map(|x| down.iter().map(move |y| (x, y)))
        .map(|(x, y)| place(*x, *y))
        .collect()
}

/// Draws a text at the cheapest of its places, and lets later texts know.
pub(crate) fn put_text(
    block: &Block,
    places: &[Rect],
    color: BackendColor,
    obstacles: &mut Obstacles,
    sheet: &mut Sheet<'_>,
) {
    if let Some(place) = obstacles.best(places) {
        sheet.text(block, place.left, place.top + block.ascent, color);
        obstacles.texts.push(place);
    }
}

/// Where texts in corners may stand.
pub(crate) fn corner_bounds(plane: &Plane) -> Rect {
    plane.frame.grown(-theme::CORNER_GAP)
}

/// The place of a text in a corner, beyond what stands there already.
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
    let mut place = Rect {
        left,
        top,
        right: left + width,
        bottom: top + height,
    };
    while let Some(other) = taken.iter().find(|other| {
        other.left < place.right
            && place.left < other.right
            && other.top < place.bottom
            && place.top < other.bottom
    }) {
        let top = if from_top {
            other.bottom + STACK_GAP
        } else {
            other.top - STACK_GAP - height
        };
        place = Rect {
            top,
            bottom: top + height,
            ..place
        };
    }
    place
}
