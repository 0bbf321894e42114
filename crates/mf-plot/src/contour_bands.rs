//! The chart of filled bands between levels of a surface, with points and lines over them.

mod bar;
mod fill;
mod outline;
mod surface;

use plotters_backend::BackendCoord;

use crate::annotate::Ground;
use crate::axes::Axes;
use crate::axis::AxisRange;
use crate::canvas::{Dot, Pen, Rect, Sheet, grid};
use crate::check::{check_axes, check_lines};
use crate::contour_bands::bar::Bands;
pub(crate) use crate::contour_bands::bar::{BandBar, shared_bar};
use crate::contour_bands::surface::Nodes;
use crate::error::PlotError;
use crate::layout::{Chart, Margins};
use crate::plane::Plane;
use crate::share::Around;
use crate::spec::{BarPlace, ContourBandsPanel, LegendPlace, Marker};
use crate::theme;
use crate::xy::{Content, XyChart};

/// Distance of two lines of hatching, along x.
const HATCH_STEP: f64 = 4.0;

/// A panel of bands, read and measured.
pub(crate) struct BandsChart<'a> {
    panel: &'a ContourBandsPanel,
    nodes: Nodes,
    bands: Bands,
    /// The panel's own bar.
    bar: Option<BandBar>,
    /// What the bands show, in plain words.
    shows: Option<String>,
    /// Frame, axes, and what lies over the bands.
    over: XyChart<'a>,
}

impl<'a> BandsChart<'a> {
    /// Reads a panel's nodes from their table.
    pub(crate) fn new(
        panel: &'a ContourBandsPanel,
        around: &Around<'a>,
    ) -> Result<Self, PlotError> {
        let (part, fonts) = (around.part.as_str(), around.fonts);
        check_axes(around.x, around.y, part)?;
        check_lines(&panel.lines, around.x, around.y, part)?;
        let scales = [around.x.scale, around.y.scale];
        let nodes = Nodes::read(&panel.surface, part, around.tables, scales)?;
        let shared = around
            .band_bar
            .filter(|_| panel.bands.bar == BarPlace::Shared);
        let own = match shared {
            Some(_) => None,
            None => Some(BandBar::new(
                &panel.bands,
                part,
                [&nodes].into_iter(),
                fonts,
            )?),
        };
        let bands = shared.or(own.as_ref()).map(|bar| bar.bands().clone());
        let shows = shared.or(own.as_ref()).and_then(BandBar::shows);
        let shows = shows.map(str::to_owned);
        let span = |values: &[f64], scale| AxisRange::spanning(scale, values.iter().copied());
        let over = Content {
            title: panel.title.as_deref(),
            equal: false,
            legend: LegendPlace::Auto,
            series: &panel.series,
            bands: &[],
            lines: &panel.lines,
            notes: &panel.notes,
            ground: Ground::Color,
            ends: Some([span(&nodes.x, scales[0]), span(&nodes.y, scales[1])]),
            marked: nodes
                .places()
                .filter(|(_, _, diverged)| panel.nodes || *diverged)
                .map(|(x, y, _)| (x, y))
                .collect(),
        };
        Ok(BandsChart {
            panel,
            nodes,
            bands: bands.unwrap_or_default(),
            bar: own.filter(|_| panel.bands.bar == BarPlace::Panel),
            shows,
            over: XyChart::of(over, around)?,
        })
    }

    fn draw_bands(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        let frame = &plane.frame;
        let across: Vec<f64> = self.nodes.x.iter().map(|x| plane.across(*x)).collect();
        let down: Vec<f64> = self.nodes.y.iter().map(|y| plane.down(*y)).collect();
        let triangles = fill::triangles(&across, &down, &self.nodes.z);
        if self.nodes.has_gaps() {
            self.draw_hatching(plane, sheet);
        }
        // Each band's area reaches up to the highest, so that no seam shows between two.
        let levels = [f64::NEG_INFINITY]
            .into_iter()
            .chain(self.bands.levels.iter().copied());
        for (level, color) in levels.zip(&self.bands.colors) {
            let above = triangles
                .iter()
                .map(|triangle| on_grid(&fill::above(triangle, level)));
            sheet.areas(&outline::union(above), *color, 1.0, frame);
        }
        let pen = Pen::solid(theme::LEVEL, theme::LEVEL_WIDTH);
        for level in &self.bands.levels {
            let pieces = triangles
                .iter()
                .filter_map(|triangle| fill::boundary(triangle, *level))
                .map(|ends| ends.map(|(x, y)| (grid(x), grid(y))));
            for line in outline::chains(pieces) {
                sheet.curve(&line, &pen, Some(frame));
            }
        }
    }

    /// Grey with slanting lines under all of the surface; it shows where there are no bands.
    fn draw_hatching(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        let ends = |values: &[f64]| [values.first(), values.last()].map(|end| end.copied());
        let ([Some(west), Some(east)], [Some(south), Some(north)]) =
            (ends(&self.nodes.x), ends(&self.nodes.y))
        else {
            return;
        };
        let all = plane.rect([west, east], [south, north]);
        let area = Rect {
            left: all.left.max(plane.frame.left),
            top: all.top.max(plane.frame.top),
            right: all.right.min(plane.frame.right),
            bottom: all.bottom.min(plane.frame.bottom),
        };
        hatch(&area, sheet);
    }

    /// Says what its nodes say.
    fn read(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        let remark = |diverged| if diverged { ", diverged" } else { "" };
        let places = self.nodes.places().map(|(_, _, diverged)| remark(diverged));
        let values = self.nodes.z.iter().copied().zip(places);
        let sides = (self.nodes.x.as_slice(), self.nodes.y.as_slice());
        sheet.read_grid(plane, sides, self.shows.as_deref(), values);
    }

    fn draw_nodes(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        let visible = |(x, y, _): &(f64, f64, bool)| plane.holds_x(*x) && plane.holds_y(*y);
        let spots = |diverged: bool| {
            self.nodes
                .places()
                .filter(visible)
                .filter(move |place| place.2 == diverged)
                .map(|(x, y, _)| plane.spot(x, y))
        };
        if self.panel.nodes {
            let points: Vec<BackendCoord> = on_grid(&spots(false).collect::<Vec<_>>());
            for (color, size) in [
                (theme::INK, theme::NODE_SIZE + 2.0 * theme::NODE_EDGE),
                (theme::PAPER, theme::NODE_SIZE),
            ] {
                let marker = Marker::Circle;
                sheet.flat_dots(
                    &points,
                    &Dot {
                        color,
                        marker,
                        size,
                    },
                );
            }
        }
        draw_crosses(&spots(true).collect::<Vec<_>>(), sheet);
    }
}

impl<'a> Chart<'a> for BandsChart<'a> {
    fn shows(&self) -> Option<String> {
        let value = self.shows.as_deref().unwrap_or("values");
        match self.axes().labels() {
            [Some(x), Some(y)] => Some(format!("{value} over {x} and {y}")),
            _ => self.shows.clone(),
        }
    }

    fn axes(&self) -> &Axes<'a> {
        self.over.axes()
    }

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let margins = self.over.margins(width, height)?;
        let bar = self.bar.as_ref().map_or(0.0, BandBar::width);
        Ok(Margins {
            right: margins.right.max(bar),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let plane = self.axes().plane(frame);
        self.draw_bands(&plane, sheet);
        self.draw_nodes(&plane, sheet);
        self.read(&plane, sheet);
        self.over.draw(frame, sheet)?;
        if let Some(bar) = &self.bar {
            bar.draw(frame, sheet);
        }
        Ok(())
    }
}

fn on_grid(spots: &[(f64, f64)]) -> Vec<BackendCoord> {
    spots.iter().map(|(x, y)| (grid(*x), grid(*y))).collect()
}

/// Fills an area with grey and slanting lines.
fn hatch(area: &Rect, sheet: &mut Sheet<'_>) {
    sheet.area(area, theme::MISSING, 1.0);
    // Lines where x + y is a multiple of the step, so that neighbouring areas match.
    let first = ((area.left + area.top) / HATCH_STEP).ceil() as i64;
    let last = ((area.right + area.bottom) / HATCH_STEP).floor() as i64;
    let strokes: Vec<[(f64, f64); 2]> = (first..=last)
        .map(|line| {
            let sum = line as f64 * HATCH_STEP;
            let right = (sum - area.top).min(area.right);
            let left = (sum - area.bottom).max(area.left);
            [(left, sum - left), (right, sum - right)]
        })
        .collect();
    sheet.strokes(&strokes, &Pen::solid(theme::HATCH, theme::REFERENCE_WIDTH));
}

/// Crosses that show on any band: yellow with dark edges.
fn draw_crosses(spots: &[(f64, f64)], sheet: &mut Sheet<'_>) {
    let strokes = |half: f64| -> Vec<[(f64, f64); 2]> {
        let cross = |(x, y): &(f64, f64)| {
            [
                [(x - half, y - half), (x + half, y + half)],
                [(x - half, y + half), (x + half, y - half)],
            ]
        };
        spots.iter().flat_map(cross).collect()
    };
    let pen = Pen::solid(theme::WARNING, theme::CROSS_WIDTH);
    let half = theme::CROSS_SIZE / 2.0;
    sheet.strokes(
        &strokes(half + theme::CASING),
        &pen.casing(theme::INK, theme::CASING),
    );
    sheet.strokes(&strokes(half), &pen);
}
