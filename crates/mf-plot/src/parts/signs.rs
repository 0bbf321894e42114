//! Signs on a surface: hatching where it has no value, crosses at nodes that diverged.

use plotters::element::{PathElement, Rectangle};

use crate::canvas::elements::{Pen, filled, stroke};
use crate::canvas::plane::Page;
use crate::error::PlotError;
use crate::geometry::{Rect, Spot, on_grid};
use crate::spec::Dash;
use crate::theme;

/// Distance of two lines of hatching, along x.
const STEP: f64 = 4.0;

/// Fills an area with grey and slanting lines.
pub(crate) fn draw_hatching(area: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
    page.draw(&Rectangle::new(area.corners(), filled(theme::MISSING)))?;
    // Lines where x + y is a multiple of the step, so that neighbouring areas match.
    let first = ((area.left + area.top) / STEP).ceil() as i64;
    let last = ((area.right + area.bottom) / STEP).floor() as i64;
    for line in first..=last {
        let sum = line as f64 * STEP;
        let right = (sum - area.top).min(area.right);
        let left = (sum - area.bottom).max(area.left);
        let ends = vec![on_grid((left, sum - left)), on_grid((right, sum - right))];
        let pen = stroke(theme::HATCH, theme::REFERENCE_WIDTH);
        page.draw(&PathElement::new(ends, pen))?;
    }
    Ok(())
}

/// Draws crosses that are visible on any band: yellow with dark edges.
pub(crate) fn draw_crosses(spots: &[Spot], page: &Page<'_>) -> Result<(), PlotError> {
    let pen = Pen::new(theme::WARNING, theme::CROSS_WIDTH, Dash::Solid);
    let edge = pen.casing(theme::INK, theme::CASING);
    for (pen, half) in [
        (edge, theme::CROSS_SIZE / 2.0 + theme::CASING),
        (pen, theme::CROSS_SIZE / 2.0),
    ] {
        for (x, y) in spots {
            for (from, to) in [
                ((-half, -half), (half, half)),
                ((-half, half), (half, -half)),
            ] {
                let ends = [from, to].map(|(across, down)| on_grid((x + across, y + down)));
                page.draw(&PathElement::new(ends.to_vec(), pen.style()))?;
            }
        }
    }
    Ok(())
}
