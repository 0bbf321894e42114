//! Tables to figures: one theme, one file per kind of chart, SVG and PNG from one drawing.
//!
//! [`render`] takes a [`Figure`] (see [`spec`] for what can be said in one) and the tables that its series name.
//! The same figure and tables give the same bytes, on every machine: nothing is read but what is handed in, the
//! fonts are embedded, and logarithms come from libm.
//!
//! A new kind of chart is one file: a type that implements the crate's `Chart`, and a variant of [`spec::Panel`].

mod along;
mod annotate;
mod axes;
mod axis;
mod backend;
mod canvas;
mod check;
mod color_bar;
mod colors;
mod contour_bands;
mod data;
mod error;
mod facet;
mod font;
mod heat_map;
mod lattice;
mod layout;
mod legend;
mod marks;
mod markup;
mod place;
mod plane;
mod raster;
mod reading;
mod share;
mod shared_bars;
pub mod spec;
mod text;
mod theme;
mod ticks;
mod xy;

pub use error::PlotError;
pub use reading::Reading;
pub use spec::Figure;

use std::collections::BTreeMap;

use mf_data::Table;

use crate::canvas::Rect;
use crate::layout::Chart;
use crate::shared_bars::SharedBars;
use crate::spec::Panel;

/// A drawn figure.
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// The SVG file, sized in points; text is outlines, so it needs no fonts.
    pub svg: String,
    /// The PNG file, rasterized from the SVG at 300 pixels to the inch.
    pub png: Vec<u8>,
    /// What it says at its points, panel by panel; long curves and large maps are thinned out.
    pub readings: Vec<Reading>,
}

/// Says how large the files are, not what is in them.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Rendered {{ svg: {} bytes, png: {} bytes }}",
            self.svg.len(),
            self.png.len()
        )
    }
}

/// Draws a figure from the tables that its series name.
///
/// # Errors
/// [`PlotError`] names the panel, series, table, column or row at fault and says what to do.
pub fn render(figure: &Figure, tables: &BTreeMap<String, Table>) -> Result<Rendered, PlotError> {
    let figure = &facet::written_out(figure, tables)?;
    check_page(figure)?;
    let fonts = font::Fonts::embedded()?;
    let columns = layout::columns(figure)?;
    let bars = SharedBars::new(figure, tables, &fonts)?;
    let mut charts: Vec<Box<dyn Chart<'_> + '_>> = Vec::with_capacity(figure.panels.len());
    for (index, panel) in figure.panels.iter().enumerate() {
        let around = share::around(figure, columns, index, tables, &fonts, &bars);
        let Some(around) = around else { continue };
        charts.push(match panel {
            Panel::Xy(panel) => Box::new(xy::XyChart::new(panel, &around)?),
            Panel::HeatMap(panel) => Box::new(heat_map::HeatMap::new(panel, &around)?),
            Panel::ContourBands(panel) => Box::new(contour_bands::BandsChart::new(panel, &around)?),
        });
    }
    let mut sheet = canvas::Sheet::new(&fonts, figure.width, figure.height);
    let mut top = theme::PAGE_MARGIN;
    if let Some(title) = &figure.title {
        let title = fonts.set(title, theme::TITLE)?;
        sheet.text(
            &title,
            (figure.width - title.width) / 2.0,
            top + title.ascent,
            theme::INK,
        );
        top += title.height() + theme::AXIS_LABEL_GAP;
    }
    let mut page = Rect {
        left: theme::PAGE_MARGIN,
        top,
        right: figure.width - theme::PAGE_MARGIN,
        bottom: figure.height - theme::PAGE_MARGIN,
    };
    page.right -= bars.width(&fonts, page.height())?;
    let frames = layout::frames(&page, columns, &charts)?;
    if let [first, .., last] | [first @ last] = frames.as_slice() {
        share::check(figure, columns, &charts, (first.width(), first.height()))?;
        let beside = Rect {
            top: first.top,
            bottom: last.bottom,
            ..page
        };
        bars.draw(&beside, &mut sheet)?;
    }
    for (index, (chart, frame)) in charts.iter().zip(&frames).enumerate() {
        sheet.axis_names = axis_names(&charts, columns, index);
        chart.draw(frame, &mut sheet)?;
    }
    let readings = std::mem::take(&mut sheet.readings);
    let spoken = spoken_title(figure, &charts);
    let fitted = std::mem::take(&mut sheet.fitted);
    let svg = sheet.into_svg(&spoken, figure.description.as_deref().unwrap_or_default());
    let for_pixels = fitted.iter().fold(svg.clone(), |svg, (whole, fitted)| {
        svg.replace(whole, fitted)
    });
    let png = raster::png(&for_pixels, figure.width, figure.height)?;
    Ok(Rendered { svg, png, readings })
}

/// The names of x and y of a panel: its own labels, or those that stand for its column and its row.
fn axis_names<'a>(
    charts: &[Box<dyn Chart<'a> + 'a>],
    columns: usize,
    index: usize,
) -> [Option<String>; 2] {
    let label = |place: usize, axis: usize| {
        let labels = charts.get(place)?.axes().labels();
        labels.get(axis).copied().flatten()
    };
    let same_column = (0..charts.len()).filter(|place| place % columns == index % columns);
    let same_row = (0..charts.len()).filter(|place| place / columns == index / columns);
    let own = |axis| std::iter::once(index).filter_map(move |place| label(place, axis));
    let x = own(0)
        .chain(same_column.filter_map(|place| label(place, 0)))
        .next();
    let y = own(1)
        .chain(same_row.filter_map(|place| label(place, 1)))
        .next();
    [x, y].map(|name| name.map(str::to_owned))
}

/// Smallest and largest side of a page, in points: half an inch and five feet.
const SIDES: std::ops::RangeInclusive<f64> = 36.0..=4320.0;

fn check_page(figure: &Figure) -> Result<(), PlotError> {
    for (name, side) in [("width", figure.width), ("height", figure.height)] {
        if !SIDES.contains(&side) {
            return Err(PlotError::Page {
                problem: format!("`{name}` is {side}"),
                remedy: format!(
                    "give a length in points from {} to {}",
                    SIDES.start(),
                    SIDES.end()
                ),
            });
        }
    }
    Ok(())
}

/// The title that a screen reader says: the figure's own, or what its panels show.
fn spoken_title<'a>(figure: &Figure, charts: &[Box<dyn Chart<'a> + 'a>]) -> String {
    if let Some(title) = &figure.title {
        return markup::plain(title);
    }
    let mut panels: Vec<String> = charts.iter().filter_map(|chart| chart.shows()).collect();
    panels.dedup();
    if panels.is_empty() {
        "Figure".to_owned()
    } else {
        panels.join("; ")
    }
}
