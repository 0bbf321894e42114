//! Drawing a panel's bands and data.

use crate::canvas::{Rect, Sheet};
use crate::colors::ColorScale;
use crate::data::Sample;
use crate::error::PlotError;
use crate::marks::{ColoredKind, ColoredMarks, DotMarks, LineMark};
use crate::plane::Plane;
use crate::spec::{AxisName, Band};
use crate::theme;
use crate::xy::{XyChart, visible};

impl XyChart<'_> {
    pub(super) fn draw_bands(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for band in &self.panel.bands {
            sheet.area(&band_area(band, plane), theme::SHADE, 1.0);
        }
    }

    pub(super) fn draw_layers(
        &self,
        plane: &Plane,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let area = plane.area(sheet);
        for layer in &self.layers {
            if let Some(pen) = &layer.pen {
                for run in layer.runs() {
                    match layer.scale {
                        Some(scale) => {
                            let kind = ColoredKind::Line(pen, plane.frame);
                            area.draw(&colored(&run, scale, kind))?;
                        }
                        None => area.draw(&LineMark {
                            points: places(&run),
                            pen,
                            clip: plane.frame,
                        })?,
                    }
                }
            }
            if let Some(dot) = layer.dot {
                let points: Vec<&Sample> = layer
                    .curve
                    .points()
                    .filter(|sample| visible(plane, sample))
                    .collect();
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
