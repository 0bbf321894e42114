//! The elements that plotters places: lines and points of data.

use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingErrorKind};

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
