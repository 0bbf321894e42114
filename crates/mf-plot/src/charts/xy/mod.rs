//! The chart of points and lines over two axes.

pub(crate) mod check;
mod draw;
mod looks;
mod names;
mod plot;

use crate::axis::AxisRange;
use crate::canvas::plane::{Page, Plane};
use crate::charts::Chart;
use crate::charts::xy::check::check_panel;
use crate::charts::xy::looks::Looks;
use crate::charts::xy::plot::Plot;
pub(crate) use crate::charts::xy::plot::{Content, Ground};
use crate::error::PlotError;
use crate::geometry::{Margins, Rect};
use crate::parts::around::Around;
use crate::parts::axes::{Axes, TickSide};
use crate::parts::bars::colors::ColorBar;
use crate::parts::legend::Entry;
use crate::parts::notes::{draw_line_names, draw_lines, draw_notes, note_places};
use crate::parts::reading::Reader;
use crate::spec::check as part;
use crate::spec::{Scale, XyPanel};
use crate::table::{self, Sample};

/// A panel of points and lines, read and measured.
pub(crate) struct XyChart<'a> {
    plot: Plot<'a>,
    axes: Axes<'a>,
    entries: Vec<Entry>,
    bars: Vec<ColorBar>,
}

impl<'a> XyChart<'a> {
    /// Reads a panel's series from the tables.
    pub(crate) fn new(panel: &'a XyPanel, around: &Around<'a>) -> Result<Self, PlotError> {
        check_panel(panel, [around.x, around.y], &around.part)?;
        let content = Content {
            title: panel.title.as_ref(),
            equal: panel.equal,
            legend: panel.legend,
            series: &panel.series,
            bands: &panel.bands,
            lines: &panel.lines,
            notes: &panel.notes,
            ground: Ground::Paper,
            ends: None,
            marked: Vec::new(),
        };
        XyChart::of(content, around)
    }

    /// Reads the series of a panel whose other settings are checked.
    pub(crate) fn of(content: Content<'a>, around: &Around<'a>) -> Result<Self, PlotError> {
        let scales = (around.x.scale, around.y.scale);
        let mut looks = Looks::new(content.ground, around.color_bar);
        for (index, series) in content.series.iter().enumerate() {
            let part = part::series(&around.part, index);
            let curves = table::curves(series, &part, around.tables, scales)?;
            looks.add(series, curves)?;
        }
        let layers = looks.layers;
        let samples = || layers.iter().flat_map(|layer| layer.curve.points());
        let shown = |height: &f64| scales.1 == Scale::Linear || *height > 0.0;
        let ranges = content.ends.unwrap_or_else(|| {
            [
                AxisRange::enclosing(scales.0, samples().map(|sample| sample.x)),
                AxisRange::enclosing(scales.1, samples().flat_map(Sample::heights).filter(shown)),
            ]
        });
        let side = match content.ground {
            Ground::Paper => TickSide::Inward,
            Ground::Bands => TickSide::Outward,
        };
        let axes = Axes::new(content.title, around, ranges, side)?.with_equal_units(content.equal);
        Ok(XyChart {
            plot: Plot { content, layers },
            axes,
            entries: looks.entries,
            bars: looks.bars,
        })
    }

    /// Reads the values of its points.
    fn read(&self, plane: &Plane<'_>, reader: &mut Reader) {
        for layer in &self.plot.layers {
            let points = layer.visible(plane);
            let points: Vec<_> = points
                .map(|sample| (sample.x, sample.y, sample.error, sample.name.as_deref()))
                .collect();
            reader.read_curve(layer.name.as_deref(), &points);
        }
    }
}

impl<'a> Chart<'a> for XyChart<'a> {
    fn shows(&self) -> Option<String> {
        let [x, y] = self.axes.labels();
        let y = y?;
        Some(x.map_or_else(|| y.to_owned(), |x| format!("{y} against {x}")))
    }

    fn axes(&self) -> &Axes<'a> {
        &self.axes
    }

    fn name_once(&mut self, named: &mut Vec<String>) {
        self.entries
            .retain(|entry| !named.contains(&entry.name.plain));
        named.extend(self.entries.iter().map(|entry| entry.name.plain.clone()));
    }

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let margins = self.axes.margins(width, height)?;
        let bars = self.bars.iter().map(|bar| bar.width(height));
        Ok(Margins {
            right: margins.right.max(bars.sum::<Result<f64, _>>()?),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, page: &Page<'_>, reader: &mut Reader) -> Result<(), PlotError> {
        let plane = self.axes.plane(frame, page);
        let plot = &self.plot;
        let (lines, notes) = (plot.content.lines, plot.content.notes);
        let mut obstacles = plot.obstacles(&plane);
        obstacles.texts = note_places(notes, &plane)?;
        let note_places = obstacles.texts.clone();
        let on_lines = plot.names_on_lines(&plane, &mut obstacles)?;
        plot.draw_bands(&plane)?;
        draw_lines(lines, &plane)?;
        plot.draw_ribbons(&plane)?;
        plot.draw_layers(&plane, &on_lines, page)?;
        plot.draw_names_on_lines(&on_lines, page)?;
        self.axes.draw(&plane, page)?;
        draw_notes(notes, &note_places, page)?;
        plot.draw_legend(&self.entries, &plane, &mut obstacles, page)?;
        plot.draw_band_names(&plane, &mut obstacles, page)?;
        draw_line_names(lines, &plane, &mut obstacles, page)?;
        plot.draw_point_names(&plane, &mut obstacles, page)?;
        for bar in &self.bars {
            bar.draw(frame, page)?;
        }
        self.read(&plane, reader);
        Ok(())
    }
}
