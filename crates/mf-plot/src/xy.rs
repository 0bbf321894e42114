//! The chart of points and lines over two axes.

mod check;
mod draw;
mod looks;
mod names;
mod spread;

use crate::annotate::{self, Ground};
use crate::axes::{Axes, TickSide};
use crate::axis::AxisRange;
use crate::canvas::{Dot, Pen, Rect, Sheet};
use crate::color_bar::ColorBar;
use crate::colors::ColorScale;
use crate::data::{self, Curve, Sample};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::layout::{Chart, Margins};
use crate::legend::Entry;
use crate::plane::Plane;
use crate::reading;
use crate::share::Around;
use crate::spec::{Band, LegendPlace, Note, ReferenceLine, Scale, Series, XyPanel};
use crate::text::Block;
use crate::theme;
use crate::xy::check::{check_panel, check_series};
use crate::xy::looks::Looks;

/// One curve with its looks.
struct Layer {
    curve: Curve,
    pen: Option<Pen>,
    dot: Option<Dot>,
    /// What colours its points, if they don't have one colour.
    scale: Option<ColorScale>,
    /// What it is called, without markup.
    name: Option<String>,
    /// Its name, if it stands in the right margin.
    end_name: Option<Block>,
    /// Its name, if it stands on the line.
    line_name: Option<Block>,
}

/// What a panel of points and lines says, and what a panel of another kind says about points and lines over it.
pub(crate) struct Content<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) equal: bool,
    pub(crate) legend: LegendPlace,
    pub(crate) series: &'a [Series],
    pub(crate) bands: &'a [Band],
    pub(crate) lines: &'a [ReferenceLine],
    pub(crate) notes: &'a [Note],
    /// What lies behind.
    pub(crate) ground: Ground,
    /// The ends of the axes where the specification gives none; otherwise they enclose the data.
    pub(crate) ends: Option<[AxisRange; 2]>,
    /// Places (values of x and y) that names should not cover.
    pub(crate) marked: Vec<(f64, f64)>,
}

/// A panel of points and lines, read and measured.
pub(crate) struct XyChart<'a> {
    content: Content<'a>,
    fonts: &'a Fonts,
    axes: Axes<'a>,
    layers: Vec<Layer>,
    entries: Vec<Entry>,
    bars: Vec<ColorBar>,
}

impl<'a> XyChart<'a> {
    /// Reads a panel's series from the tables.
    pub(crate) fn new(panel: &'a XyPanel, around: &Around<'a>) -> Result<Self, PlotError> {
        check_panel(panel, around)?;
        let content = Content {
            title: panel.title.as_deref(),
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
        let (part, fonts) = (around.part.as_str(), around.fonts);
        let scales = (around.x.scale, around.y.scale);
        let mut looks = Looks {
            fonts,
            ground: content.ground,
            shared: around.bar,
            plain: 0,
            lines: 0,
            layers: Vec::new(),
            entries: Vec::new(),
            bars: Vec::new(),
        };
        for (index, series) in content.series.iter().enumerate() {
            let part = format!("{part}, series {}", index + 1);
            check_series(series, &part)?;
            let curves = data::curves(series, &part, around.tables, scales)?;
            match (&series.group, &series.color_by) {
                (Some(_), _) => looks.add_group(series, &part, curves)?,
                (None, Some(_)) => looks.add_colored(series, &part, curves)?,
                (None, None) => looks.add_single(series, curves)?,
            }
        }
        let Looks {
            layers,
            entries,
            bars,
            ..
        } = looks;
        let samples = || layers.iter().flat_map(|layer| layer.curve.points());
        let shown = |height: &f64| scales.1 == Scale::Linear || *height > 0.0;
        let ranges = content.ends.unwrap_or_else(|| {
            [
                AxisRange::enclosing(scales.0, samples().map(|sample| sample.x)),
                AxisRange::enclosing(scales.1, samples().flat_map(Sample::heights).filter(shown)),
            ]
        });
        let ticks = match content.ground {
            Ground::Paper => TickSide::Inward,
            Ground::Color => TickSide::Outward,
        };
        let axes = Axes::new(content.title, around, ranges, ticks)?.with_equal_units(content.equal);
        Ok(XyChart {
            content,
            fonts,
            axes,
            layers,
            entries,
            bars,
        })
    }
}

fn visible(plane: &Plane, sample: &Sample) -> bool {
    plane.holds_x(sample.x) && plane.holds_y(sample.y)
}

impl Layer {
    /// The pieces of the line between gaps.
    fn runs(&self) -> impl Iterator<Item = Vec<&Sample>> + '_ {
        let runs = self.curve.samples.split(Option::is_none);
        runs.map(|run| run.iter().flatten().collect::<Vec<_>>())
            .filter(|run: &Vec<_>| !run.is_empty())
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

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let margins = self.axes.margins(width, height)?;
        let names = self
            .layers
            .iter()
            .filter_map(|layer| layer.end_name.as_ref());
        let names = names
            .map(|name| theme::SIDE_GAP + name.width)
            .fold(0.0, f64::max);
        let bars = self
            .bars
            .iter()
            .map(|bar| bar.width(self.fonts, height))
            .sum::<Result<f64, _>>()?;
        Ok(Margins {
            right: margins.right.max(names + bars),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let plane = self.axes.plane(frame);
        let (lines, ground) = (self.content.lines, self.content.ground);
        let mut obstacles = self.obstacles(&plane);
        let on_lines = self.names_on_lines(&plane, &mut obstacles)?;
        self.draw_bands(&plane, sheet);
        annotate::draw_lines(lines, &plane, ground, sheet);
        self.draw_ribbons(&plane, sheet);
        self.draw_layers(&plane, &on_lines, sheet)?;
        self.draw_names_on_lines(&on_lines, sheet);
        self.axes.draw_frame(frame, sheet)?;
        self.axes.draw_labels(frame, sheet)?;
        self.draw_corners(&plane, &mut obstacles, sheet)?;
        self.draw_band_names(&plane, &mut obstacles, sheet)?;
        annotate::draw_line_names(lines, &plane, ground, &mut obstacles, sheet)?;
        self.draw_point_names(&plane, &mut obstacles, sheet)?;
        self.draw_end_names(&plane, sheet)?;
        self.bars
            .iter()
            .try_for_each(|bar| bar.draw(frame, sheet))?;
        self.read(&plane, sheet);
        Ok(())
    }
}

impl XyChart<'_> {
    /// Says what its points say.
    fn read(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for layer in &self.layers {
            let samples = layer.curve.points().filter(|sample| visible(plane, sample));
            let point = |sample: &Sample| {
                let names = layer.name.iter().chain(&sample.name);
                let before = names.map(|name| format!("{name}: ")).collect();
                let error = |error| format!(" ± {}", reading::number(error));
                let after = sample.error.map(error).unwrap_or_default();
                (sample.x, sample.y, before, after)
            };
            sheet.read_curve(plane, &samples.map(point).collect::<Vec<_>>());
        }
    }
}
