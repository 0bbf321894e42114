//! Draws the data of a panel.

use plotters::element::{ErrorBar, PathElement, Polygon, Rectangle};
use plotters::series::LineSeries;

use crate::canvas::elements::{Dot, Look, Mark, Pen, filled, stroke};
use crate::canvas::plane::{Page, Plane};
use crate::charts::xy::names::NameOnLine;
use crate::charts::xy::plot::{Ground, Layer, Plot, band_corners, on_page};
use crate::error::PlotError;
use crate::geometry::{Spot, distance, length, on_grid};
use crate::place::along;
use crate::table::Sample;
use crate::theme;

/// Length of the caps of error bars, relative to the size of the point: smaller than any marker.
const CAP: f64 = 0.8;

impl Plot<'_> {
    pub(super) fn draw_bands(&self, plane: &Plane<'_>) -> Result<(), PlotError> {
        let bands = self.content.bands.iter();
        plane.draw(bands.map(|band| {
            let [(left, bottom), (right, top)] = band_corners(band, plane);
            Rectangle::new([(left, bottom), (right, top)], filled(theme::SHADE))
        }))
    }

    /// Draws the ribbons, behind all lines and points.
    pub(super) fn draw_ribbons(&self, plane: &Plane<'_>) -> Result<(), PlotError> {
        for layer in &self.layers {
            let style = filled(theme::ribbon(layer.color()));
            for run in layer.runs() {
                let pieces = run.split(|sample| sample.range.is_none());
                let ribbons = pieces.filter(|piece| piece.len() > 1).map(outline);
                plane.draw(
                    ribbons.map(|ribbon| {
                        Look::solid_within(Polygon::new(ribbon, style), &plane.frame)
                    }),
                )?;
            }
        }
        Ok(())
    }

    /// Draws lines, error bars and points; a line has a gap where a name is on it.
    pub(super) fn draw_layers(
        &self,
        plane: &Plane<'_>,
        on_lines: &[NameOnLine<'_>],
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        for (index, layer) in self.layers.iter().enumerate() {
            for (number, run) in layer.runs().enumerate() {
                let named = |name: &&NameOnLine<'_>| (name.layer, name.run) == (index, number);
                let gap = on_lines.iter().find(named).map(|name| name.place.gap);
                self.draw_line(layer, &run, gap, plane, page)?;
            }
            draw_errors(layer, plane)?;
            draw_points(layer, plane)?;
        }
        Ok(())
    }

    fn draw_line(
        &self,
        layer: &Layer,
        run: &[&Sample],
        gap: Option<[f64; 2]>,
        plane: &Plane<'_>,
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        let Some(pen) = &layer.pen else { return Ok(()) };
        let edge =
            (self.content.ground == Ground::Bands).then(|| pen.casing(theme::INK, theme::CASING));
        let Some(gap) = gap else {
            let points = || run.iter().map(|sample| (sample.x, sample.y));
            let line = |pen: &Pen| {
                let series = LineSeries::new(points(), pen.style());
                plane.draw(series.map(|line| Look::dashed(line, pen).within(&plane.frame)))
            };
            return edge.iter().chain([pen]).try_for_each(line);
        };
        for piece in along::without_gap(&on_page(run, plane), gap) {
            let points: Vec<(i32, i32)> = piece.into_iter().map(on_grid).collect();
            for pen in edge.iter().chain([pen]) {
                let path = PathElement::new(points.clone(), pen.style());
                page.draw(&Look::dashed(path, pen).within(&plane.frame))?;
            }
        }
        Ok(())
    }
}

fn draw_errors(layer: &Layer, plane: &Plane<'_>) -> Result<(), PlotError> {
    let style = stroke(layer.color(), theme::ERROR_WIDTH);
    let size = layer.dot.map_or(theme::MARKER_SIZE, |dot| dot.size);
    let (seen, beyond): (Vec<_>, Vec<_>) = layer
        .errors(plane)
        .partition(|(sample, _)| plane.holds(sample.x, sample.y));
    plane.draw(seen.into_iter().map(|(sample, [low, high])| {
        let cap = length(CAP * size);
        let bar = ErrorBar::new_vertical(sample.x, low, sample.y, high, style.filled(), cap);
        Look::solid_within(bar, &plane.frame)
    }))?;
    plane.draw(beyond.into_iter().map(|(sample, ends)| {
        let ends = ends.map(|y| (sample.x, y));
        Look::solid_within(PathElement::new(ends.to_vec(), style), &plane.frame)
    }))
}

fn draw_points(layer: &Layer, plane: &Plane<'_>) -> Result<(), PlotError> {
    let Some(mut dot) = layer.dot else {
        return Ok(());
    };
    let spots: Vec<Spot> = layer
        .visible(plane)
        .map(|sample| plane.spot(sample.x, sample.y))
        .collect();
    // Where points are crowded, little more than their edges would be visible.
    dot.edge = dot.edge.filter(|_| !crowded(&spots, dot.size));
    plane.draw(layer.visible(plane).map(|sample| {
        let shade = sample.shade.unwrap_or(f64::NAN);
        let color = layer.scale.map_or(dot.color, |scale| scale.color(shade));
        Mark {
            at: (sample.x, sample.y),
            dot: Dot { color, ..dot },
        }
    }))
}

/// Whether more than a third of the points cover half of the one before.
fn crowded(spots: &[Spot], size: f64) -> bool {
    let pairs = spots.iter().zip(spots.iter().skip(1));
    let covers = pairs.filter(|(a, b)| distance(**a, **b) < size / 2.0);
    3 * covers.count() > spots.len()
}

/// The outline of a ribbon: along its upper ends and back along the lower.
fn outline(samples: &[&Sample]) -> Vec<(f64, f64)> {
    let end = |which: usize| {
        samples
            .iter()
            .filter_map(move |sample| Some((sample.x, *sample.range.as_ref()?.get(which)?)))
    };
    let back: Vec<(f64, f64)> = end(0).collect();
    end(1).chain(back.into_iter().rev()).collect()
}
