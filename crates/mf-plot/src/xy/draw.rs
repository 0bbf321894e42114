//! Drawing a panel's bands and data.

use crate::along;
use crate::annotate::Ground;
use crate::canvas::{Pen, Rect, Sheet, grid};
use crate::colors::ColorScale;
use crate::data::Sample;
use crate::error::PlotError;
use crate::marks::{ColoredKind, ColoredMarks, DotMarks, LineMark};
use crate::place::Spot;
use crate::plane::Plane;
use crate::spec::{AxisName, Band};
use crate::theme;
use crate::xy::names::NameOnLine;
use crate::xy::{XyChart, visible};

impl XyChart<'_> {
    pub(super) fn draw_bands(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for band in self.content.bands {
            sheet.area(&band_area(band, plane), theme::SHADE, 1.0);
        }
    }

    /// Draws lines, error bars and points; lines have a gap where a name stands on them.
    pub(super) fn draw_layers(
        &self,
        plane: &Plane,
        on_lines: &[NameOnLine<'_>],
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let edged = self.content.ground == Ground::Color;
        for (index, layer) in self.layers.iter().enumerate() {
            if let Some(pen) = &layer.pen {
                for (number, run) in layer.runs().enumerate() {
                    let gap = on_lines
                        .iter()
                        .find(|name| (name.layer, name.run) == (index, number))
                        .and_then(|name| name.place.gap);
                    match layer.scale {
                        Some(scale) => {
                            let kind = ColoredKind::Line(pen, plane.frame);
                            plane.area(sheet).draw(&colored(&run, scale, kind))?;
                        }
                        None if edged || gap.is_some() => {
                            draw_run(&run, gap, (pen, edged), plane, sheet);
                        }
                        None => plane.area(sheet).draw(&LineMark {
                            points: places(&run),
                            pen,
                            clip: plane.frame,
                        })?,
                    }
                }
            }
            self.draw_errors(layer, plane, sheet);
            if let Some(dot) = layer.dot {
                let points: Vec<&Sample> = layer
                    .curve
                    .points()
                    .filter(|sample| visible(plane, sample))
                    .collect();
                let area = plane.area(sheet);
                if edged {
                    area.draw(&DotMarks {
                        points: places(&points),
                        dot: dot.casing(theme::INK, theme::CASING),
                    })?;
                }
                match layer.scale {
                    Some(scale) => {
                        area.draw(&colored(&points, scale, ColoredKind::Dots(dot)))?;
                    }
                    None => area.draw(&DotMarks {
                        points: places(&points),
                        dot,
                    })?,
                }
            }
        }
        Ok(())
    }
}

/// Draws a line with its gap, and with dark edges where it is edged.
fn draw_run(
    run: &[&Sample],
    gap: Option<[f64; 2]>,
    (pen, edged): (&Pen, bool),
    plane: &Plane,
    sheet: &mut Sheet<'_>,
) {
    let spots = on_page(run, plane);
    let pieces = match gap {
        Some(gap) => along::without_gap(&spots, gap).to_vec(),
        None => vec![spots],
    };
    for piece in pieces {
        let points: Vec<(i32, i32)> = piece.iter().map(|(x, y)| (grid(*x), grid(*y))).collect();
        if edged {
            let casing = pen.casing(theme::INK, theme::CASING);
            sheet.curve_within(&points, &casing, &plane.frame);
        }
        sheet.curve_within(&points, pen, &plane.frame);
    }
}

/// Where a line's corners lie on the page.
pub(super) fn on_page(run: &[&Sample], plane: &Plane) -> Vec<Spot> {
    run.iter()
        .map(|sample| plane.spot(sample.x, sample.y))
        .collect()
}

fn places(samples: &[&Sample]) -> Vec<(f64, f64)> {
    samples.iter().map(|sample| (sample.x, sample.y)).collect()
}

fn colored<'a>(samples: &[&Sample], scale: ColorScale, kind: ColoredKind<'a>) -> ColoredMarks<'a> {
    let shade = |sample: &&Sample| scale.color(sample.shade.unwrap_or(f64::NAN));
    ColoredMarks {
        points: places(samples),
        colors: samples.iter().map(shade).collect(),
        kind,
    }
}

/// The visible part of a band.
pub(super) fn band_area(band: &Band, plane: &Plane) -> Rect {
    let frame = plane.frame;
    match band.axis {
        AxisName::X => {
            let ends = [band.from, band.to].map(|x| plane.across(x).clamp(frame.left, frame.right));
            Rect {
                left: ends[0].min(ends[1]),
                right: ends[0].max(ends[1]),
                ..frame
            }
        }
        AxisName::Y => {
            let ends = [band.from, band.to].map(|y| plane.down(y).clamp(frame.top, frame.bottom));
            Rect {
                top: ends[0].min(ends[1]),
                bottom: ends[0].max(ends[1]),
                ..frame
            }
        }
    }
}
