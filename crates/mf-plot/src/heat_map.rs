//! The chart of values on a regular grid, each cell coloured by its value.
//!
//! All cells are one embedded picture of a pixel each, so that a file stays small and no seam shows between cells. In the
//! PNG, where cells can outnumber pixels, a pixel shows the mean of the cells that it covers.

mod grid;
mod picture;

use crate::annotate::{Ground, draw_line_names, draw_lines, draw_notes};
use crate::axes::{Axes, TickSide};
use crate::axis::AxisRange;
use crate::canvas::{Rect, Sheet};
use crate::check::{check_axes, check_colors, check_lines, setting};
use crate::color_bar::ColorBar;
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::font::Fonts;
use crate::heat_map::grid::{Grid, Steps};
use crate::heat_map::picture::Picture;
use crate::layout::{Chart, Margins};
use crate::place::Obstacles;
use crate::plane::Plane;
use crate::raster::pixels;
use crate::share::Around;
use crate::spec::{BarPlace, HeatMapPanel, Scale};

/// A panel of coloured cells, read and measured.
pub(crate) struct HeatMap<'a> {
    panel: &'a HeatMapPanel,
    fonts: &'a Fonts,
    axes: Axes<'a>,
    grid: Grid,
    /// Whether x and y run the other way.
    reversed: [bool; 2],
    scale: ColorScale,
    /// The panel's own colour bar.
    bar: Option<ColorBar>,
    /// What the colours show.
    shows: Option<String>,
}

impl<'a> HeatMap<'a> {
    /// Reads a panel's cells from their table.
    pub(crate) fn new(panel: &'a HeatMapPanel, around: &Around<'a>) -> Result<Self, PlotError> {
        let (part, fonts) = (around.part.as_str(), around.fonts);
        check_axes(around.x, around.y, part)?;
        check_lines(&panel.lines, around.x, around.y, part)?;
        if around.x.scale == Scale::Log || around.y.scale == Scale::Log {
            return setting(
                part,
                "a heat map has no logarithmic axis".to_owned(),
                "leave out `scale`, and give the table a column of logarithms",
            );
        }
        let grid = Grid::read(&panel.cells, part, around.tables)?;
        let shared = around.bar.filter(|_| panel.colors.bar == BarPlace::Shared);
        let scale = match shared {
            Some(bar) => bar.scale(),
            None => {
                check_colors(&panel.colors, part)?;
                ColorScale::new(&panel.colors, grid.values.iter().copied())
            }
        };
        let bar = (panel.colors.bar == BarPlace::Panel)
            .then(|| ColorBar::for_colors(&panel.colors, scale, fonts))
            .transpose()?;
        let shows = match (shared, &panel.colors.label) {
            (Some(bar), _) => bar.shows().map(str::to_owned),
            (None, label) => label.as_deref().map(crate::markup::plain),
        };
        let reversed = [around.x.reversed, around.y.reversed];
        let ends = |steps: &Steps| AxisRange {
            scale: Scale::Linear,
            low: steps.ends()[0],
            high: steps.ends()[1],
        };
        let axes = Axes::new(
            panel.title.as_deref(),
            around,
            [ends(&grid.x), ends(&grid.y)],
            TickSide::Outward,
        )?;
        Ok(HeatMap {
            panel,
            fonts,
            axes,
            grid,
            reversed,
            scale,
            bar,
            shows,
        })
    }
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
        let bar = self.bar.as_ref().map(|bar| bar.width(self.fonts, height));
        Ok(Margins {
            right: margins.right.max(bar.transpose()?.unwrap_or(0.0)),
            ..margins
        })
    }

    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let plane = self.axes.plane(frame);
        let rect = plane.rect(self.grid.x.ends(), self.grid.y.ends());
        let picture = Picture::new(&self.grid, &self.scale, self.reversed[0], self.reversed[1]);
        let fitted = picture.within(
            pixels(rect.width()) as usize,
            pixels(rect.height()) as usize,
        );
        let fitted = fitted.map(|picture| picture.png()).transpose()?;
        sheet.image(&rect, &picture.png()?, fitted.as_deref(), frame);
        draw_lines(&self.panel.lines, &plane, Ground::Color, sheet);
        self.axes.draw_frame(frame, sheet)?;
        self.axes.draw_labels(frame, sheet)?;
        let mut obstacles = Obstacles {
            bounds: plane.inside(),
            texts: draw_notes(&self.panel.notes, &plane, sheet)?,
            dots: Vec::new(),
            strokes: Vec::new(),
        };
        draw_line_names(
            &self.panel.lines,
            &plane,
            Ground::Color,
            &mut obstacles,
            sheet,
        )?;
        self.bar.iter().try_for_each(|bar| bar.draw(frame, sheet))?;
        self.read(&plane, sheet);
        Ok(())
    }
}

impl HeatMap<'_> {
    /// Says what its cells say.
    fn read(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        let [x, y] = [self.grid.x, self.grid.y].map(|side| side.middles().collect::<Vec<f64>>());
        let values = self.grid.values.iter().map(|value| (*value, ""));
        sheet.read_grid(plane, (&x, &y), self.shows.as_deref(), values);
    }
}
