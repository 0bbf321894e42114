//! The elements that plotters places: lines and points of data.

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendColor, BackendCoord, DrawingErrorKind};

use crate::backend::SvgCanvas;
use crate::canvas::{Dot, Pen, Rect};
use crate::error::PlotError;

/// A line without gaps.
pub(crate) struct LineMark<'a> {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) pen: &'a Pen,
    /// What lies outside is not shown.
    pub(crate) clip: Rect,
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a LineMark<'_> {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64)];

    fn point_iter(self) -> Self::IntoIter {
        &self.points
    }
}

impl Drawable<SvgCanvas<'_, '_>> for LineMark<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        canvas: &mut SvgCanvas<'_, '_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<PlotError>> {
        canvas
            .0
            .curve(&points.collect::<Vec<_>>(), self.pen, Some(&self.clip));
        Ok(())
    }
}

/// Points of one kind.
pub(crate) struct DotMarks {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) dot: Dot,
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a DotMarks {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64)];

    fn point_iter(self) -> Self::IntoIter {
        &self.points
    }
}

impl Drawable<SvgCanvas<'_, '_>> for DotMarks {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        canvas: &mut SvgCanvas<'_, '_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<PlotError>> {
        canvas.0.dots(&points.collect::<Vec<_>>(), &self.dot);
        Ok(())
    }
}

/// A line without gaps or points of one kind, each point with a colour of its own.
pub(crate) struct ColoredMarks<'a> {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) colors: Vec<BackendColor>,
    pub(crate) kind: ColoredKind<'a>,
}

/// What `ColoredMarks` draws.
pub(crate) enum ColoredKind<'a> {
    /// A line; what lies outside the rectangle is not shown.
    Line(&'a Pen, Rect),
    /// Points.
    Dots(Dot),
}

impl<'a> PointCollection<'a, (f64, f64)> for &'a ColoredMarks<'_> {
    type Point = &'a (f64, f64);
    type IntoIter = &'a [(f64, f64)];

    fn point_iter(self) -> Self::IntoIter {
        &self.points
    }
}

impl Drawable<SvgCanvas<'_, '_>> for ColoredMarks<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        canvas: &mut SvgCanvas<'_, '_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<PlotError>> {
        let points: Vec<_> = points.zip(self.colors.iter().copied()).collect();
        match &self.kind {
            ColoredKind::Line(pen, clip) => canvas.0.colored_curve(&points, pen, clip),
            ColoredKind::Dots(dot) => canvas.0.colored_dots(&points, dot),
        }
        Ok(())
    }
}
