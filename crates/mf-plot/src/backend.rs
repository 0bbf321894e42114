//! The sheet of SVG as a drawing backend of plotters.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
    text_anchor::{HPos, VPos},
};

use crate::canvas::{Dot, GRID, Pen, Rect, Sheet, grid};
use crate::error::PlotError;
use crate::spec::Marker;

/// The sheet as a drawing backend of plotters.
pub(crate) struct SvgCanvas<'s, 'f>(pub(crate) &'s mut Sheet<'f>);

type Drawn = Result<(), DrawingErrorKind<PlotError>>;

fn points_of_grid(length: u32) -> f64 {
    f64::from(length) / GRID
}

fn rect_between(from: BackendCoord, to: BackendCoord) -> Rect {
    let points = |unit: i32| f64::from(unit) / GRID;
    Rect {
        left: points(from.0.min(to.0)),
        top: points(from.1.min(to.1)),
        right: points(from.0.max(to.0)),
        bottom: points(from.1.max(to.1)),
    }
}

impl DrawingBackend for SvgCanvas<'_, '_> {
    type ErrorType = PlotError;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.0.size();
        (grid(width).unsigned_abs(), grid(height).unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.0.area(
            &rect_between(point, (point.0 + 1, point.1 + 1)),
            color,
            color.alpha,
        );
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
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if fill {
            self.0
                .area(&rect_between(from, to), style.color(), style.color().alpha);
            return Ok(());
        }
        self.draw_path([from, (to.0, from.1), to, (from.0, to.1), from], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        self.0.curve(
            &points,
            &Pen::solid(style.color(), points_of_grid(style.stroke_width())),
            None,
        );
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let marker = if fill {
            Marker::Circle
        } else {
            Marker::OpenCircle
        };
        self.0.dots(
            &[center],
            &Dot {
                color: style.color(),
                marker,
                size: 2.0 * points_of_grid(radius),
            },
        );
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        self.0.polygon(&points, style.color());
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        let block = self
            .0
            .fonts()
            .set(text, style.size() / GRID)
            .map_err(DrawingErrorKind::DrawingError)?;
        let along = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => block.width / 2.0,
            HPos::Right => block.width,
        };
        let rise = match style.anchor().v_pos {
            VPos::Top => block.ascent,
            VPos::Center => block.ascent - block.height() / 2.0,
            VPos::Bottom => block.ascent - block.height(),
        };
        let (x, y) = (f64::from(pos.0) / GRID, f64::from(pos.1) / GRID);
        match style.transform() {
            FontTransform::Rotate270 => {
                self.0
                    .text_upward(&block, x + rise, y + along, style.color())
            }
            _ => self.0.text(&block, x - along, y + rise, style.color()),
        }
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<PlotError>> {
        let block = self
            .0
            .fonts()
            .set(text, style.size() / GRID)
            .map_err(DrawingErrorKind::DrawingError)?;
        Ok((
            grid(block.width).unsigned_abs(),
            grid(block.height()).unsigned_abs(),
        ))
    }
}
