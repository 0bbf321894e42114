//! How far values spread: ribbons around lines and error bars on points.

use crate::canvas::{Pen, Sheet, grid};
use crate::data::Sample;
use crate::place::Spot;
use crate::plane::Plane;
use crate::theme;
use crate::xy::{Layer, XyChart};

impl Layer {
    fn color(&self) -> plotters_backend::BackendColor {
        let line = self.pen.as_ref().map(|pen| pen.color);
        line.or(self.dot.map(|dot| dot.color)).unwrap_or(theme::INK)
    }
}

impl XyChart<'_> {
    /// Draws the ribbons, behind all lines and points.
    pub(super) fn draw_ribbons(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for layer in &self.layers {
            let mut outlines = Vec::new();
            for run in layer.runs() {
                for piece in run.split(|sample| sample.range.is_none()) {
                    outlines.extend(ribbon(piece, plane));
                }
            }
            let color = layer.color();
            sheet.areas(&outlines, color, theme::RIBBON, &plane.frame);
        }
    }

    /// Draws a layer's error bars: a stroke with a short bar at each end that lies in the frame.
    pub(super) fn draw_errors(&self, layer: &Layer, plane: &Plane, sheet: &mut Sheet<'_>) {
        let cap = layer.dot.map_or(theme::MARKER_SIZE, |dot| dot.size) / 2.0;
        let mut strokes = Vec::new();
        for bar in bars(layer, plane) {
            strokes.push(bar);
            for (x, y) in bar {
                if y > plane.frame.top && y < plane.frame.bottom {
                    strokes.push([(x - cap, y), (x + cap, y)]);
                }
            }
        }
        sheet.strokes(&strokes, &Pen::solid(layer.color(), theme::ERROR_WIDTH));
    }

    /// The error bars of all layers.
    pub(super) fn error_bars<'s>(
        &'s self,
        plane: &'s Plane,
    ) -> impl Iterator<Item = [Spot; 2]> + 's {
        self.layers.iter().flat_map(|layer| bars(layer, plane))
    }
}

/// The outline of a ribbon: along its upper ends and back along the lower; none of a single row.
fn ribbon(samples: &[&Sample], plane: &Plane) -> Option<Vec<(i32, i32)>> {
    let end = |which: usize| {
        samples.iter().filter_map(move |sample| {
            let (x, y) = plane.spot(sample.x, *sample.range.as_ref()?.get(which)?);
            Some((grid(x), grid(y)))
        })
    };
    let back: Vec<(i32, i32)> = end(0).collect();
    let outline: Vec<(i32, i32)> = end(1).chain(back.into_iter().rev()).collect();
    (samples.len() > 1).then_some(outline)
}

/// The visible parts of a layer's error bars.
fn bars<'s>(layer: &'s Layer, plane: &'s Plane) -> impl Iterator<Item = [Spot; 2]> + 's {
    layer.curve.points().filter_map(|sample| {
        let error = sample.error.filter(|_| plane.holds_x(sample.x))?;
        let frame = plane.frame;
        let [low, high] = [sample.y - error, sample.y + error]
            .map(|y| plane.down_or_end(y).clamp(frame.top, frame.bottom));
        let x = plane.across(sample.x);
        // A bar that lies beyond the frame is a point of its edge.
        (low != high || error == 0.0).then_some([(x, low), (x, high)])
    })
}
