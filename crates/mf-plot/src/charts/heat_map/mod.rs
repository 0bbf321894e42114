//! The chart of values on a regular grid: the colour of a cell shows its value.
//!
//! All cells are one embedded image, so that a file stays small and there are no visible seams between cells. The image
//! has one pixel for each cell or, if cells are finer than the pixels of the PNG, one for the mean of the cells that it
//! covers.

mod grid;
mod picture;

use crate::axis::AxisRange;
use crate::canvas::elements::{Look, Picture};
use crate::canvas::plane::{Page, Plane};
use crate::charts::Chart;
use crate::charts::heat_map::grid::{Grid, Steps};
use crate::charts::heat_map::picture::Pixels;
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::geometry::{Margins, Rect, pixels};
use crate::parts::around::Around;
use crate::parts::axes::{Axes, TickSide};
use crate::parts::bars::colors::ColorBar;
use crate::parts::reading::Reader;
use crate::spec::check::setting;
use crate::spec::{Axis, BarPlace, HeatMapPanel, Scale};

/// A panel of coloured cells, read and measured.
pub(crate) struct HeatMap<'a> {
    axes: Axes<'a>,
    grid: Grid,
    scale: ColorScale,
    /// The panel's own colour bar.
    bar: Option<ColorBar>,
    /// The quantity that the colours show.
    shows: Option<String>,
}

impl<'a> HeatMap<'a> {
    /// Reads a panel's cells from their table.
    pub(crate) fn new(panel: &'a HeatMapPanel, around: &Around<'a>) -> Result<Self, PlotError> {
        let part = around.part.as_str();
        check_scales([around.x, around.y], part)?;
        let grid = Grid::read(&panel.cells, part, around.tables)?;
        let shared = around
            .color_bar
            .filter(|_| panel.colors.bar == BarPlace::Shared);
        let own = match shared {
            Some(_) => None,
            None => {
                let scale = ColorScale::new(&panel.colors, grid.values.iter().copied());
                Some(ColorBar::new(&panel.colors, scale)?)
            }
        };
        let bar = shared.or(own.as_ref());
        let (scale, shows) = match bar {
            Some(bar) => (bar.scale(), bar.shows().map(str::to_owned)),
            None => (ColorScale::new(&panel.colors, [].into_iter()), None),
        };
        let ends = |steps: &Steps| AxisRange::new(Scale::Linear, steps.ends());
        let ranges = [ends(&grid.x), ends(&grid.y)];
        let axes = Axes::new(panel.title.as_ref(), around, ranges, TickSide::Outward)?;
        Ok(HeatMap {
            axes,
            grid,
            scale,
            bar: own,
            shows,
        })
    }

    /// Reads the values of its cells.
    fn read(&self, plane: &Plane<'_>, reader: &mut Reader) {
        let [x, y] = [self.grid.x, self.grid.y].map(|side| side.middles().collect::<Vec<f64>>());
        let values = self.grid.values.iter().map(|value| (*value, false));
        reader.read_grid(plane, (&x, &y), self.shows.as_deref(), values);
    }
}

/// Checks that both axes are linear.
pub(crate) fn check_scales([x, y]: [&Axis; 2], part: &str) -> Result<(), PlotError> {
    if x.scale == Scale::Log || y.scale == Scale::Log {
        return setting(
            part,
            "a heat map has no logarithmic axis".to_owned(),
            "leave out `scale`, and give the table a column of logarithms",
        );
    }
    Ok(())
}

impl<'a> Chart<'a> for HeatMap<'a> {
    fn shows(&self) -> Option<String> {
        let value = self.shows.as_deref().unwrap_or("values");
        match self.axes.labels() {
            [Some(x), Some(y)] => Some(format!("{value} over {x} and {y}")),
            _ => self.shows.clone(),
        }
    }

    fn axes(&self) -> &Axes<'a> {
        &self.axes
    }

    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let margins = self.axes.margins(width, height)?;
        let bar = self.bar.as_ref().map(|bar| bar.width(height)).transpose()?;
        Ok(Margins {
            right: margins.right.max(bar.unwrap_or(0.0)),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, page: &Page<'_>, reader: &mut Reader) -> Result<(), PlotError> {
        let plane = self.axes.plane(frame, page);
        let ([west, east], [south, north]) = (self.grid.x.ends(), self.grid.y.ends());
        let rect = plane.rect([west, east], [south, north]);
        let reversed = [plane.x().reversed, plane.y().reversed];
        let cells = Pixels::new(&self.grid, &self.scale, reversed);
        let most = [rect.width(), rect.height()].map(|side| pixels(side) as usize);
        let averaged = cells.within(most);
        let picture = Picture {
            corners: [(west, south), (east, north)],
            smooth: averaged.is_some(),
            png: averaged.unwrap_or(cells).png()?,
        };
        plane.draw([Look::solid_within(picture, frame)])?;
        self.axes.draw(&plane, page)?;
        if let Some(bar) = &self.bar {
            bar.draw(frame, page)?;
        }
        self.read(&plane, reader);
        Ok(())
    }
}
