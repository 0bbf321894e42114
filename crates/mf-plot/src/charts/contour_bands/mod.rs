//! The chart of filled bands between levels of a surface, with points and lines over them.

mod fill;
mod outline;
pub(crate) mod surface;

use plotters::element::PathElement;

use crate::axis::AxisRange;
use crate::canvas::elements::{Areas, Dot, Look, Mark, stroke};
use crate::canvas::plane::{Page, Plane};
use crate::charts::Chart;
use crate::charts::contour_bands::surface::Nodes;
use crate::charts::xy::{Content, Ground, XyChart};
use crate::error::PlotError;
use crate::geometry::{Margins, Rect, Spot, on_grid};
use crate::parts::around::Around;
use crate::parts::axes::Axes;
use crate::parts::bars::bands::BandBar;
use crate::parts::reading::Reader;
use crate::parts::signs::{draw_crosses, draw_hatching};
use crate::spec::{BarPlace, ContourBandsPanel, LegendPlace, Marker};
use crate::theme;

/// A panel of bands, read and measured.
pub(crate) struct BandsChart<'a> {
    panel: &'a ContourBandsPanel,
    nodes: Nodes,
    bands: BandBar,
    /// The frame, the axes, and the points and lines over the bands.
    over: XyChart<'a>,
}

impl<'a> BandsChart<'a> {
    /// Reads a panel's nodes from their table.
    pub(crate) fn new(
        panel: &'a ContourBandsPanel,
        around: &Around<'a>,
    ) -> Result<Self, PlotError> {
        let part = around.part.as_str();
        let scales = [around.x.scale, around.y.scale];
        let nodes = Nodes::read(&panel.surface, part, around.tables, scales)?;
        let shared = around
            .band_bar
            .filter(|_| panel.bands.bar == BarPlace::Shared);
        let bands = match shared {
            Some(bar) => bar.clone(),
            None => {
                let signs = (nodes.has_diverged(), nodes.has_gaps());
                BandBar::new(&panel.bands, part, signs.0, signs.1)?
            }
        };
        let span = |values: &[f64], scale| AxisRange::spanning(scale, values.iter().copied());
        let over = Content {
            title: panel.title.as_ref(),
            equal: false,
            legend: LegendPlace::Auto,
            series: &panel.series,
            bands: &[],
            lines: &[],
            notes: &[],
            ground: Ground::Bands,
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
            bands,
            over: XyChart::of(over, around)?,
        })
    }

    fn draw_bands(&self, plane: &Plane<'_>, page: &Page<'_>) -> Result<(), PlotError> {
        let (x, y) = (plane.x().low, plane.y().low);
        let across = self.nodes.x.iter().map(|x| plane.spot(*x, y).0);
        let down = self.nodes.y.iter().map(|y| plane.spot(x, *y).1);
        let (across, down): (Vec<f64>, Vec<f64>) = (across.collect(), down.collect());
        let triangles = fill::triangles(&across, &down, &self.nodes.z);
        if self.nodes.has_gaps() {
            self.draw_gaps(plane, page)?;
        }
        // The area of each band includes all higher bands, so that there is no visible seam between two.
        let lowest = [f64::NEG_INFINITY].into_iter();
        let levels = lowest.chain(self.bands.levels.iter().copied());
        for (level, color) in levels.zip(&self.bands.colors) {
            let above = triangles.iter().map(|triangle| {
                let corners = fill::above(triangle, level);
                corners.into_iter().map(on_grid).collect()
            });
            let (outlines, color) = (outline::union(above), *color);
            page.draw(&Look::solid_within(Areas { outlines, color }, &plane.frame))?;
        }
        let pen = stroke(theme::LEVEL, theme::LEVEL_WIDTH);
        for level in &self.bands.levels {
            let pieces = triangles
                .iter()
                .filter_map(|triangle| fill::boundary(triangle, *level))
                .map(|ends| ends.map(on_grid));
            for line in outline::chains(pieces) {
                page.draw(&Look::solid_within(
                    PathElement::new(line, pen),
                    &plane.frame,
                ))?;
            }
        }
        Ok(())
    }

    /// Draws hatching under the whole surface; it is visible where there are no bands.
    fn draw_gaps(&self, plane: &Plane<'_>, page: &Page<'_>) -> Result<(), PlotError> {
        let ends = |values: &[f64]| [values.first(), values.last()].map(|end| end.copied());
        let ([Some(west), Some(east)], [Some(south), Some(north)]) =
            (ends(&self.nodes.x), ends(&self.nodes.y))
        else {
            return Ok(());
        };
        let all = plane.rect([west, east], [south, north]);
        draw_hatching(&all.within(&plane.frame), page)
    }

    /// Draws dots at the nodes if the panel has `nodes`, and crosses at nodes that diverged.
    fn draw_nodes(&self, plane: &Plane<'_>, page: &Page<'_>) -> Result<(), PlotError> {
        let visible = || self.nodes.places().filter(|(x, y, _)| plane.holds(*x, *y));
        let dot = Dot {
            color: theme::PAPER,
            marker: Marker::Circle,
            size: theme::NODE_SIZE,
            edge: Some((theme::INK, theme::NODE_EDGE)),
        };
        let plain = visible().filter(|(_, _, diverged)| self.panel.nodes && !diverged);
        plane.draw(plain.map(|(x, y, _)| Mark { at: (x, y), dot }))?;
        let crosses = visible().filter(|(_, _, diverged)| *diverged);
        let crosses: Vec<Spot> = crosses.map(|(x, y, _)| plane.spot(x, y)).collect();
        draw_crosses(&crosses, page)
    }

    /// Reads the values of its nodes.
    fn read(&self, plane: &Plane<'_>, reader: &mut Reader) {
        let diverged = self.nodes.places().map(|(_, _, diverged)| diverged);
        let values = self.nodes.z.iter().copied().zip(diverged);
        let sides = (self.nodes.x.as_slice(), self.nodes.y.as_slice());
        reader.read_grid(plane, sides, self.bands.shows(), values);
    }
}

impl<'a> Chart<'a> for BandsChart<'a> {
    fn shows(&self) -> Option<String> {
        let value = self.bands.shows().unwrap_or("values");
        match self.axes().labels() {
            [Some(x), Some(y)] => Some(format!("{value} over {x} and {y}")),
            _ => self.bands.shows().map(str::to_owned),
        }
    }

    fn axes(&self) -> &Axes<'a> {
        self.over.axes()
    }

    fn name_once(&mut self, named: &mut Vec<String>) {
        self.over.name_once(named);
    }

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let margins = self.over.margins(width, height)?;
        let own = self.panel.bands.bar == BarPlace::Panel;
        let bar = if own { self.bands.width() } else { 0.0 };
        Ok(Margins {
            right: margins.right.max(bar),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, page: &Page<'_>, reader: &mut Reader) -> Result<(), PlotError> {
        let plane = self.axes().plane(frame, page);
        self.draw_bands(&plane, page)?;
        self.draw_nodes(&plane, page)?;
        self.read(&plane, reader);
        self.over.draw(frame, page, reader)?;
        if self.panel.bands.bar == BarPlace::Panel {
            self.bands.draw(frame, page)?;
        }
        Ok(())
    }
}
