//! The sheet as a backend of plotters: the only way to draw on it.
//!
//! plotters moves a point outside its drawing area to the edge of the area, which would bend lines that leave the page.
//! So its area extends [`FAR`] units beyond the page on all sides.

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};

use crate::canvas::sheet::{Dashes, Frame, Sheet};
use crate::error::PlotError;
use crate::geometry::{GRID, length, on_grid};
use crate::text::{self, Block};

/// How far the area of plotters extends beyond the page, in grid units: hundreds of the largest pages.
pub(super) const FAR: i32 = 1 << 26;

/// The sheet as a backend of plotters.
pub(crate) struct SvgBackend<'s> {
    sheet: &'s mut Sheet,
    /// The dashes of the current element.
    pub(super) dashes: Dashes,
    /// The clip of the current element.
    pub(super) clip: Option<Frame>,
}

/// The result of drawing.
pub(super) type Drawn = Result<(), DrawingErrorKind<PlotError>>;

/// Converts a place of the area of plotters into a place of the page.
fn on_page((x, y): BackendCoord) -> BackendCoord {
    (x - FAR, y - FAR)
}

impl<'s> SvgBackend<'s> {
    /// Draws on a sheet.
    pub(super) fn new(sheet: &'s mut Sheet) -> Self {
        SvgBackend {
            sheet,
            dashes: Dashes::default(),
            clip: None,
        }
    }

    /// Areas within outlines, with holes.
    pub(super) fn fill_outlines(&mut self, outlines: Vec<Vec<BackendCoord>>, color: BackendColor) {
        let moved = outlines
            .into_iter()
            .map(|outline| outline.into_iter().map(on_page).collect());
        self.sheet
            .area(&moved.collect::<Vec<_>>(), color, self.clip);
    }

    /// A picture between two opposite corners.
    pub(super) fn picture(&mut self, corners: [BackendCoord; 2], png: &[u8], smooth: bool) {
        self.sheet
            .picture(corners.map(on_page), png, smooth, self.clip);
    }

    /// A text of one line around its middle, in a direction (a vector of length 1), with a halo of a color that extends
    /// `reach` points around its letters.
    pub(super) fn slanted_text(
        &mut self,
        block: &Block,
        middle: BackendCoord,
        (across, down): (f64, f64),
        color: BackendColor,
        (halo, reach): (BackendColor, f64),
    ) -> Drawn {
        let (back, drop) = (block.width / 2.0, block.cap_height() / 2.0);
        let (x, y) = on_page(middle);
        let (left, below) = on_grid((-back * across - drop * down, -back * down + drop * across));
        let start = (x + left, y + below);
        let halo = Some((halo, 2.0 * reach * GRID));
        self.sheet
            .text(block, start, (across, down), color, halo)
            .map_err(DrawingErrorKind::DrawingError)
    }
}

fn set<T: BackendTextStyle>(text: &str, style: &T) -> Result<Block, DrawingErrorKind<PlotError>> {
    text::set(text, style.size()).map_err(DrawingErrorKind::DrawingError)
}

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = PlotError;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.sheet.size();
        let whole = |side: i32| (side + 2 * FAR).unsigned_abs();
        (whole(width), whole(height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let corners = vec![(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        self.fill_outlines(vec![corners], color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.fill_polygon(corners, style);
        }
        // Once around and along the first side again, so that all corners are closed.
        self.draw_path(corners.iter().cycle().take(6).copied(), style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().map(on_page).collect();
        let (color, width) = (style.color(), style.stroke_width());
        self.sheet
            .stroke(&points, color, width, &self.dashes, self.clip);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (center, color) = (on_page(center), style.color());
        if fill {
            self.sheet.disc(center, radius, color);
        } else {
            self.sheet.ring(center, radius, color, style.stroke_width());
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.fill_outlines(vec![vert.into_iter().collect()], style.color());
        Ok(())
    }

    /// Sizes are in points; a text runs to the right, or upward (`Rotate270`).
    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        let block = set(text, style)?;
        let before = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => block.width / 2.0,
            HPos::Right => block.width,
        };
        let below = match style.anchor().v_pos {
            VPos::Top => block.ascent,
            VPos::Center => block.ascent - block.height() / 2.0,
            VPos::Bottom => block.ascent - block.height(),
        };
        let ((x, y), upward) = (on_page(pos), FontTransform::Rotate270);
        let (direction, offset) =
            if std::mem::discriminant(&style.transform()) == std::mem::discriminant(&upward) {
                ((0.0, -1.0), (below, before))
            } else {
                ((1.0, 0.0), (-before, below))
            };
        let (across, down) = on_grid(offset);
        self.sheet
            .text(
                &block,
                (x + across, y + down),
                direction,
                style.color(),
                None,
            )
            .map_err(DrawingErrorKind::DrawingError)
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<PlotError>> {
        let block = set(text, style)?;
        Ok((length(block.width), length(block.height())))
    }
}
