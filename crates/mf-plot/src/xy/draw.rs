//! Drawing a panel's bands, lines, data, frame and axes.

use crate::canvas::{Pen, Rect, Sheet};
use crate::error::PlotError;
use crate::layout::Chart;
use crate::marks::{DotMarks, LineMark};
use crate::place::Spot;
use crate::spec::{AxisName, Band};
use crate::theme;
use crate::xy::{Plane, STACK_GAP, SetTick, XyChart};

impl XyChart<'_> {
    pub(super) fn draw_bands(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for band in &self.panel.bands {
            sheet.area(&band_area(band, plane), theme::SHADE, 1.0);
        }
    }

    pub(super) fn draw_reference_lines(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for line in &self.panel.lines {
            if let Some(ends) = line_ends(line.axis, line.at, plane) {
                let dashes = theme::dashes(line.dash, theme::REFERENCE_WIDTH);
                sheet.line(
                    ends,
                    &Pen {
                        color: theme::SOFT_INK,
                        width: theme::REFERENCE_WIDTH,
                        dashes,
                    },
                );
            }
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
                for points in layer.runs() {
                    area.draw(&LineMark {
                        points,
                        pen,
                        clip: plane.frame,
                    })?;
                }
            }
            if let Some(dot) = layer.dot {
                let points = layer.curve.points().filter(|sample| plane.holds(sample));
                area.draw(&DotMarks {
                    points: points.map(|sample| (sample.x, sample.y)).collect(),
                    dot,
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn draw_frame(&self, plane: &Plane, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let frame = &plane.frame;
        let mut ticks = Vec::new();
        for tick in self.x_ticks(frame.width())? {
            let (x, length) = (
                frame.left + tick.fraction * frame.width(),
                tick_length(&tick),
            );
            ticks.push([(x, frame.bottom), (x, frame.bottom - length)]);
            ticks.push([(x, frame.top), (x, frame.top + length)]);
            if let Some(label) = tick.label {
                let baseline = frame.bottom + theme::TICK_LABEL_GAP + label.ascent;
                sheet.text(&label, x - label.width / 2.0, baseline, theme::INK);
            }
        }
        for tick in self.y_ticks(frame.height())? {
            let (y, length) = (
                frame.bottom - tick.fraction * frame.height(),
                tick_length(&tick),
            );
            ticks.push([(frame.left, y), (frame.left + length, y)]);
            ticks.push([(frame.right, y), (frame.right - length, y)]);
            if let Some(label) = tick.label {
                let right = frame.left - theme::TICK_LABEL_GAP;
                sheet.text(
                    &label,
                    right - label.width,
                    y + label.cap_height() / 2.0,
                    theme::INK,
                );
            }
        }
        let pen = Pen::solid(theme::INK, theme::FRAME_WIDTH);
        sheet.strokes(&ticks, &pen);
        let [left, top, right, bottom] = frame.on_grid();
        sheet.curve(
            &[
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
                (right, top),
            ],
            &pen,
            None,
        );
        Ok(())
    }

    pub(super) fn draw_labels(
        &self,
        plane: &Plane,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let frame = &plane.frame;
        let margins = self.margins(frame.width(), frame.height())?;
        if let Some(label) = &self.x.label {
            let baseline = frame.bottom + margins.bottom - label.descent;
            sheet.text(
                label,
                (frame.left + frame.right - label.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        if let Some(label) = &self.y.label {
            let baseline = frame.left - margins.left + label.ascent;
            sheet.text_upward(
                label,
                baseline,
                (frame.top + frame.bottom + label.width) / 2.0,
                theme::INK,
            );
        }
        if let Some(title) = &self.title {
            let baseline = frame.top - STACK_GAP - title.height() + title.ascent;
            sheet.text(
                title,
                (frame.left + frame.right - title.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        Ok(())
    }
}

fn tick_length(tick: &SetTick) -> f64 {
    if tick.label.is_some() {
        theme::MAJOR_TICK
    } else {
        theme::MINOR_TICK
    }
}

/// The visible part of a band.
pub(super) fn band_area(band: &Band, plane: &Plane) -> Rect {
    let frame = plane.frame;
    match band.axis {
        AxisName::X => Rect {
            left: plane.across(band.from).clamp(frame.left, frame.right),
            right: plane.across(band.to).clamp(frame.left, frame.right),
            ..frame
        },
        AxisName::Y => Rect {
            top: plane.down(band.to).clamp(frame.top, frame.bottom),
            bottom: plane.down(band.from).clamp(frame.top, frame.bottom),
            ..frame
        },
    }
}

/// The two ends of a reference line; none if it lies outside the frame.
pub(super) fn line_ends(axis: AxisName, at: f64, plane: &Plane) -> Option<[Spot; 2]> {
    let frame = plane.frame;
    match axis {
        AxisName::X if plane.x.holds(at) => {
            let x = plane.across(at);
            Some([(x, frame.top), (x, frame.bottom)])
        }
        AxisName::Y if plane.y.holds(at) => {
            let y = plane.down(at);
            Some([(frame.left, y), (frame.right, y)])
        }
        _ => None,
    }
}
