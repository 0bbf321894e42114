//! The elements that figures need in addition to those of plotters.
//!
//! [`Mark`] and [`label`] work with any backend of plotters. The others need functions of our backend that are not in
//! the trait: dashes and clips ([`Look`]), areas with holes ([`Areas`]), slanted texts ([`Slanted`]), stretched
//! pictures ([`Picture`]).

use plotters::element::{Drawable, DynElement, IntoDynElement, PointCollection, Text};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle,
};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

use crate::canvas::backend::{Drawn, SvgBackend};
use crate::canvas::sheet::{Dashes, Frame};
use crate::geometry::{GRID, Rect, Spot, grid, length, on_grid};
use crate::spec::{Dash, Marker};
use crate::text::Block;
use crate::theme;

/// A colour of the styles of plotters.
pub(crate) fn rgba(color: BackendColor) -> RGBAColor {
    RGBAColor(color.rgb.0, color.rgb.1, color.rgb.2, color.alpha)
}

/// The style of an area that is filled with a colour.
pub(crate) fn filled(color: BackendColor) -> ShapeStyle {
    rgba(color).filled()
}

/// The style of lines with a colour and a width in points.
pub(crate) fn stroke(color: BackendColor, width: f64) -> ShapeStyle {
    rgba(color).stroke_width(length(width))
}

/// A text that runs to the right, with the start of its first baseline.
pub(crate) fn label(
    block: &Block,
    left: f64,
    baseline: f64,
    color: BackendColor,
) -> Text<'static, BackendCoord, String> {
    text(
        block,
        (left, baseline - block.ascent),
        color,
        FontTransform::None,
    )
}

/// A text that runs upward, with the start of its first baseline.
pub(crate) fn upward(
    block: &Block,
    baseline: f64,
    bottom: f64,
    color: BackendColor,
) -> Text<'static, BackendCoord, String> {
    text(
        block,
        (baseline - block.ascent, bottom),
        color,
        FontTransform::Rotate270,
    )
}

fn text(
    block: &Block,
    corner: Spot,
    color: BackendColor,
    turn: FontTransform,
) -> Text<'static, BackendCoord, String> {
    let font = FontDesc::new(FontFamily::Serif, block.size, FontStyle::Normal);
    let style = TextStyle {
        font: font.transform(turn),
        color,
        pos: Pos::new(HPos::Left, VPos::Top),
    };
    Text::new(block.text.clone(), on_grid(corner), style)
}

/// How a line is drawn; lengths in points.
#[derive(Clone)]
pub(crate) struct Pen {
    pub(crate) color: BackendColor,
    pub(crate) width: f64,
    pub(crate) dashes: Dashes,
}

impl Pen {
    pub(crate) fn new(color: BackendColor, width: f64, dash: Dash) -> Self {
        let lengths = theme::dashes(dash, width);
        let lengths = lengths.iter().map(|length| length * GRID).collect();
        Pen {
            color,
            width,
            dashes: Dashes {
                lengths,
                offset: 0.0,
            },
        }
    }

    /// The pen for an edge around the line of this pen; the edge is drawn first.
    pub(crate) fn casing(&self, color: BackendColor, edge: f64) -> Self {
        let longer = |(index, length): (usize, &f64)| {
            let change = 2.0 * edge * GRID;
            length + if index % 2 == 0 { change } else { -change }
        };
        let lengths: Vec<f64> = self.dashes.lengths.iter().enumerate().map(longer).collect();
        let offset = if lengths.is_empty() { 0.0 } else { edge * GRID };
        Pen {
            color,
            width: self.width + 2.0 * edge,
            dashes: Dashes { lengths, offset },
        }
    }

    pub(crate) fn style(&self) -> ShapeStyle {
        stroke(self.color, self.width)
    }
}

/// How a point is drawn; lengths in points.
#[derive(Clone, Copy)]
pub(crate) struct Dot {
    pub(crate) color: BackendColor,
    pub(crate) marker: Marker,
    /// The diameter of a circle; other shapes have about its area.
    pub(crate) size: f64,
    /// Colour and width of its edge.
    pub(crate) edge: Option<(BackendColor, f64)>,
}

/// A point of data.
pub(crate) struct Mark<C> {
    pub(crate) at: C,
    pub(crate) dot: Dot,
}

impl<'a, C> PointCollection<'a, C> for &'a Mark<C> {
    type Point = &'a C;
    type IntoIter = std::iter::Once<&'a C>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<C, DB: DrawingBackend> Drawable<DB> for Mark<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let Some(at) = points.next() else {
            return Ok(());
        };
        let Dot {
            color,
            marker,
            size,
            edge,
        } = self.dot;
        if let Some((edge, width)) = edge {
            shape(
                backend,
                at,
                marker,
                size + 2.0 * width,
                edge,
                theme::MARKER_STROKE + 2.0 * width,
            )?;
        }
        shape(backend, at, marker, size, color, theme::MARKER_STROKE)
    }
}

/// Draws the shape of a marker; `width` is for the strokes of markers that are not filled.
fn shape<DB: DrawingBackend>(
    backend: &mut DB,
    (x, y): BackendCoord,
    marker: Marker,
    size: f64,
    color: BackendColor,
    width: f64,
) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
    let corners = |corners: &[(f64, f64)]| -> Vec<BackendCoord> {
        let moved = corners
            .iter()
            .map(|(across, down)| (x + grid(across * size), y + grid(down * size)));
        moved.collect()
    };
    let square = [
        (-0.445, -0.445),
        (0.445, -0.445),
        (0.445, 0.445),
        (-0.445, 0.445),
    ];
    let (fill, line) = (filled(color), stroke(color, width));
    match marker {
        Marker::Circle => backend.draw_circle((x, y), length(size / 2.0), &fill, true),
        Marker::OpenCircle => backend.draw_circle((x, y), length(size / 2.0), &line, false),
        Marker::Square => backend.fill_polygon(corners(&square), &fill),
        Marker::OpenSquare => {
            backend.draw_path(corners(&square).into_iter().cycle().take(6), &line)
        }
        Marker::Diamond => {
            let diamond = [(0.0, -0.63), (0.63, 0.0), (0.0, 0.63), (-0.63, 0.0)];
            backend.fill_polygon(corners(&diamond), &fill)
        }
        Marker::Triangle => {
            backend.fill_polygon(corners(&[(0.0, -0.68), (0.6, 0.4), (-0.6, 0.4)]), &fill)
        }
        Marker::TriangleDown => {
            backend.fill_polygon(corners(&[(0.0, 0.68), (0.6, -0.4), (-0.6, -0.4)]), &fill)
        }
        Marker::Plus => {
            backend.draw_path(corners(&[(-0.6, 0.0), (0.6, 0.0)]), &line)?;
            backend.draw_path(corners(&[(0.0, -0.6), (0.0, 0.6)]), &line)
        }
        Marker::Cross => {
            backend.draw_path(corners(&[(-0.45, -0.45), (0.45, 0.45)]), &line)?;
            backend.draw_path(corners(&[(-0.45, 0.45), (0.45, -0.45)]), &line)
        }
    }
}

/// An element with dashed lines, or clipped to a frame, or both.
pub(crate) struct Look<'b, 's, C: Clone> {
    element: DynElement<'b, SvgBackend<'s>, C>,
    dashes: Dashes,
    clip: Option<Frame>,
}

impl<'b, 's, C: Clone> Look<'b, 's, C> {
    /// An element with the dashes of a pen, not clipped.
    pub(crate) fn dashed(element: impl IntoDynElement<'b, SvgBackend<'s>, C>, pen: &Pen) -> Self
    where
        's: 'b,
    {
        Look {
            element: element.into_dyn(),
            dashes: pen.dashes.clone(),
            clip: None,
        }
    }

    /// An element of solid lines, clipped to a frame.
    pub(crate) fn solid_within(
        element: impl IntoDynElement<'b, SvgBackend<'s>, C>,
        frame: &Rect,
    ) -> Self
    where
        's: 'b,
    {
        Look {
            element: element.into_dyn(),
            dashes: Dashes::default(),
            clip: Some(frame.corners()),
        }
    }

    /// The same, clipped to a frame.
    pub(crate) fn within(self, frame: &Rect) -> Self {
        Look {
            clip: Some(frame.corners()),
            ..self
        }
    }
}

impl<'a, C: Clone> PointCollection<'a, C> for &'a Look<'_, '_, C> {
    type Point = &'a C;
    type IntoIter = &'a Vec<C>;

    fn point_iter(self) -> Self::IntoIter {
        self.element.point_iter()
    }
}

impl<'s, C: Clone> Drawable<SvgBackend<'s>> for Look<'_, 's, C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut SvgBackend<'s>,
        size: (u32, u32),
    ) -> Drawn {
        (backend.dashes, backend.clip) = (self.dashes.clone(), self.clip);
        let drawn = self.element.draw(points, backend, size);
        (backend.dashes, backend.clip) = (Dashes::default(), None);
        drawn
    }
}

/// Areas within closed outlines, without edges; an outline within another is a hole. They are one path, so that there
/// is no visible seam where two touch.
pub(crate) struct Areas<C> {
    pub(crate) outlines: Vec<Vec<C>>,
    pub(crate) color: BackendColor,
}

impl<'a, C> PointCollection<'a, C> for &'a Areas<C> {
    type Point = &'a C;
    type IntoIter = std::iter::Flatten<std::slice::Iter<'a, Vec<C>>>;

    fn point_iter(self) -> Self::IntoIter {
        self.outlines.iter().flatten()
    }
}

impl<C> Drawable<SvgBackend<'_>> for Areas<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut SvgBackend<'_>,
        _: (u32, u32),
    ) -> Drawn {
        let outlines = self
            .outlines
            .iter()
            .map(|outline| points.by_ref().take(outline.len()).collect());
        backend.fill_outlines(outlines.collect(), self.color);
        Ok(())
    }
}

/// A text of one line around its middle, in a direction, with a halo around its letters.
pub(crate) struct Slanted {
    pub(crate) block: Block,
    pub(crate) middle: BackendCoord,
    /// A vector of length 1.
    pub(crate) direction: Spot,
    pub(crate) color: BackendColor,
    pub(crate) halo: BackendColor,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Slanted {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.middle)
    }
}

impl Drawable<SvgBackend<'_>> for Slanted {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut SvgBackend<'_>,
        _: (u32, u32),
    ) -> Drawn {
        points.next().map_or(Ok(()), |middle| {
            let halo = (self.halo, theme::HALO);
            backend.slanted_text(&self.block, middle, self.direction, self.color, halo)
        })
    }
}

/// A PNG image stretched between two opposite corners, its pixels sharp or smooth.
pub(crate) struct Picture<C> {
    pub(crate) corners: [C; 2],
    pub(crate) png: Vec<u8>,
    pub(crate) smooth: bool,
}

impl<'a, C> PointCollection<'a, C> for &'a Picture<C> {
    type Point = &'a C;
    type IntoIter = &'a [C; 2];

    fn point_iter(self) -> Self::IntoIter {
        &self.corners
    }
}

impl<C> Drawable<SvgBackend<'_>> for Picture<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut SvgBackend<'_>,
        _: (u32, u32),
    ) -> Drawn {
        if let (Some((left, top)), Some((right, bottom))) = (points.next(), points.next()) {
            let corners = [
                (left.min(right), top.min(bottom)),
                (left.max(right), top.max(bottom)),
            ];
            backend.picture(corners, &self.png, self.smooth);
        }
        Ok(())
    }
}
