//! The content of a panel of points and lines: its settings, and its curves with their styles.

use plotters_backend::BackendColor;

use crate::axis::AxisRange;
use crate::canvas::elements::{Dot, Pen};
use crate::canvas::plane::Plane;
use crate::colors::ColorScale;
use crate::geometry::Spot;
use crate::spec::{AxisName, Band, LegendPlace, Note, ReferenceLine, Series};
use crate::table::{Curve, Sample};
use crate::text::Block;
use crate::theme;

/// The background of lines and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// White paper.
    Paper,
    /// Bands of colour: lines and points are pale with dark edges.
    Bands,
}

/// One curve with its style.
pub(super) struct Layer {
    pub(super) curve: Curve,
    pub(super) pen: Option<Pen>,
    pub(super) dot: Option<Dot>,
    /// The colour scale of its points, if they do not all have the same colour.
    pub(super) scale: Option<ColorScale>,
    /// Its name, without markup.
    pub(super) name: Option<String>,
    /// Its name, if it is placed on the line.
    pub(super) line_name: Option<Block>,
}

/// The settings of a panel of points and lines, or of the points and lines over a panel of another kind.
pub(crate) struct Content<'a> {
    pub(crate) title: Option<&'a String>,
    pub(crate) equal: bool,
    pub(crate) legend: LegendPlace,
    pub(crate) series: &'a [Series],
    pub(crate) bands: &'a [Band],
    pub(crate) lines: &'a [ReferenceLine],
    pub(crate) notes: &'a [Note],
    /// The background.
    pub(crate) ground: Ground,
    /// Default ends of the axes; if there are none, the axes enclose the data.
    pub(crate) ends: Option<[AxisRange; 2]>,
    /// Places (values of x and y) that names should not cover.
    pub(crate) marked: Vec<(f64, f64)>,
}

/// The settings and the curves of a panel.
pub(super) struct Plot<'a> {
    pub(super) content: Content<'a>,
    pub(super) layers: Vec<Layer>,
}

impl Layer {
    /// The pieces of the line between gaps.
    pub(super) fn runs(&self) -> impl Iterator<Item = Vec<&Sample>> + '_ {
        let runs = self.curve.samples.split(Option::is_none);
        runs.map(|run| run.iter().flatten().collect::<Vec<_>>())
            .filter(|run: &Vec<_>| !run.is_empty())
    }

    /// The rows inside the frame.
    pub(super) fn visible<'s>(&'s self, plane: &'s Plane<'_>) -> impl Iterator<Item = &'s Sample> {
        let points = self.curve.points();
        points.filter(|sample| plane.holds(sample.x, sample.y))
    }

    pub(super) fn color(&self) -> BackendColor {
        let line = self.pen.as_ref().map(|pen| pen.color);
        line.or(self.dot.map(|dot| dot.color)).unwrap_or(theme::INK)
    }

    /// The two ends of the error bars, as values of x and y, with their points.
    pub(super) fn errors<'s>(
        &'s self,
        plane: &'s Plane<'_>,
    ) -> impl Iterator<Item = (&'s Sample, [f64; 2])> {
        self.curve.points().filter_map(|sample| {
            let error = sample.error.filter(|_| plane.x().holds(sample.x))?;
            let ends = [sample.y - error, sample.y + error];
            Some((sample, ends.map(|y| plane.y().shown(y))))
        })
    }
}

/// The corners of a line on the page.
pub(super) fn on_page(run: &[&Sample], plane: &Plane<'_>) -> Vec<Spot> {
    run.iter()
        .map(|sample| plane.spot(sample.x, sample.y))
        .collect()
}

/// Two opposite corners of the visible part of a band, as values of x and y.
pub(super) fn band_corners(band: &Band, plane: &Plane<'_>) -> [(f64, f64); 2] {
    let (x, y) = (plane.x(), plane.y());
    match band.axis {
        AxisName::X => [(band.from.max(x.low), y.low), (band.to.min(x.high), y.high)],
        AxisName::Y => [(x.low, band.from.max(y.low)), (x.high, band.to.min(y.high))],
    }
}
