//! The page: computes the frames of all panels, so that they align and nothing is cut, and draws the panels.

mod check;
mod facet;
pub(crate) mod raster;
mod share;

use std::collections::BTreeMap;

use mf_data::Table;

use crate::canvas::plane::Page;
use crate::canvas::sheet::Sheet;
use crate::charts::Chart;
use crate::charts::contour_bands::BandsChart;
use crate::charts::heat_map::HeatMap;
use crate::charts::xy::XyChart;
use crate::error::PlotError;
use crate::geometry::Rect;
use crate::page::share::SharedBars;
use crate::parts::reading::{PanelNames, Reader, Readings};
use crate::spec::{Figure, Layout, Panel};
use crate::theme;

/// Ticks depend on the size of the frame, and the size on the labels of the ticks; a few rounds give both.
const ROUNDS: usize = 4;
/// The least width and height of a frame, in points.
const LEAST_FRAME: f64 = 36.0;

pub(crate) use check::check;

/// Draws a figure as SVG, and reads the values that it shows.
pub(crate) fn draw(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
) -> Result<(String, Readings), PlotError> {
    check(figure)?;
    let figure = &facet::written_out(figure, tables)?;
    let columns = columns(figure);
    let bars = SharedBars::new(figure, tables)?;
    let charts = charts(figure, columns, tables, &bars)?;
    let whole = Rect::at(0.0, 0.0, (figure.width, figure.height)).grown(-theme::PAGE_MARGIN);
    let panels = Rect {
        right: whole.right - bars.width(whole.height())?,
        ..whole
    };
    let frames = frames(&panels, columns, &charts)?;
    let mut sheet = Sheet::new(figure.width, figure.height);
    let mut reader = Reader::new(figure.width, figure.height);
    {
        let page = Page::on(&mut sheet);
        if let [first, .., last] | [first @ last] = frames.as_slice() {
            share::check(figure, columns, &charts, (first.width(), first.height()))?;
            let beside = Rect {
                top: first.top,
                bottom: last.bottom,
                ..panels
            };
            bars.draw(&beside, &page)?;
        }
        for (index, (chart, frame)) in charts.iter().zip(&frames).enumerate() {
            let names = PanelNames {
                title: title(&charts, columns, index, figure.share),
                axes: axis_names(&charts, columns, index),
            };
            reader.begin(names, &chart.axes().plane(frame, &page));
            chart.draw(frame, &page, &mut reader)?;
        }
    }
    let description = figure.description.as_deref().unwrap_or_default();
    let svg = sheet.into_svg(&spoken_title(&charts), description)?;
    Ok((svg, reader.into_readings()))
}

/// The charts of all panels.
fn charts<'a>(
    figure: &'a Figure,
    columns: usize,
    tables: &'a BTreeMap<String, Table>,
    bars: &'a SharedBars,
) -> Result<Vec<Box<dyn Chart<'a> + 'a>>, PlotError> {
    let mut charts: Vec<Box<dyn Chart<'a> + 'a>> = Vec::with_capacity(figure.panels.len());
    let mut named = Vec::new();
    for (index, panel) in figure.panels.iter().enumerate() {
        let around = share::around(figure, columns, index, tables, bars);
        let Some(around) = around else { continue };
        let mut chart: Box<dyn Chart<'a> + 'a> = match panel {
            Panel::Xy(panel) => Box::new(XyChart::new(panel, &around)?),
            Panel::HeatMap(panel) => Box::new(HeatMap::new(panel, &around)?),
            Panel::ContourBands(panel) => Box::new(BandsChart::new(panel, &around)?),
        };
        if figure.share {
            chart.name_once(&mut named);
        }
        charts.push(chart);
    }
    Ok(charts)
}

/// The title of a panel; where panels share titles, that of the first panel of its column.
fn title<'a>(
    charts: &[Box<dyn Chart<'a> + 'a>],
    columns: usize,
    index: usize,
    shared: bool,
) -> Option<String> {
    let title = |place: usize| charts.get(place)?.axes().title().map(str::to_owned);
    title(index).or_else(|| title(index % columns).filter(|_| shared))
}

/// The names of x and y of a panel: its own labels, or those that it shares with its column and its row.
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

/// The title for screen readers: the contents of the panels.
fn spoken_title<'a>(charts: &[Box<dyn Chart<'a> + 'a>]) -> String {
    let mut panels: Vec<String> = charts.iter().filter_map(|chart| chart.shows()).collect();
    panels.dedup();
    if panels.is_empty() {
        "Figure".to_owned()
    } else {
        panels.join("; ")
    }
}

/// The number of columns of a checked figure, at least one.
fn columns(figure: &Figure) -> usize {
    let panels = figure.panels.len();
    let columns = match figure.layout {
        Layout::Stacked => 1,
        Layout::SideBySide => panels,
        Layout::Columns(columns) => columns.min(panels),
    };
    columns.max(1)
}

/// The frames of all panels, in this number of columns, on a part of the page.
fn frames<'a>(
    page: &Rect,
    columns: usize,
    charts: &[Box<dyn Chart<'a> + 'a>],
) -> Result<Vec<Rect>, PlotError> {
    let rows = charts.len().div_ceil(columns);
    let mut across = vec![(0.0_f64, 0.0_f64); columns];
    let mut down = vec![(0.0_f64, 0.0_f64); rows];
    let mut size = (page.width() / columns as f64, page.height() / rows as f64);
    for _ in 0..ROUNDS {
        for (index, chart) in charts.iter().enumerate() {
            let margins = chart.margins(size.0, size.1)?;
            if let Some(column) = across.get_mut(index % columns) {
                *column = (column.0.max(margins.left), column.1.max(margins.right));
            }
            if let Some(row) = down.get_mut(index / columns) {
                *row = (row.0.max(margins.top), row.1.max(margins.bottom));
            }
        }
        size = (part(page.width(), &across), part(page.height(), &down));
        if size.0 < LEAST_FRAME || size.1 < LEAST_FRAME {
            return Err(PlotError::Page {
                problem: format!(
                    "its panels would be {:.0} x {:.0} points, but each side must be at least {LEAST_FRAME}",
                    size.0.max(0.0),
                    size.1.max(0.0)
                ),
                remedy: "make `width` or `height` larger".to_owned(),
            });
        }
    }
    let (lefts, tops) = (
        starts(page.left, size.0, &across),
        starts(page.top, size.1, &down),
    );
    let frame = |index: usize| {
        let (left, top) = (*lefts.get(index % columns)?, *tops.get(index / columns)?);
        Some(Rect::at(left, top, size))
    };
    Ok((0..charts.len()).filter_map(frame).collect())
}

/// The length of each frame along a side of the page, without the margins and the gaps.
fn part(length: f64, margins: &[(f64, f64)]) -> f64 {
    let used: f64 = margins.iter().map(|(before, after)| before + after).sum();
    let count = margins.len() as f64;
    (length - used - (count - 1.0) * theme::PANEL_GAP) / count
}

/// The start of each frame.
fn starts(start: f64, length: f64, margins: &[(f64, f64)]) -> Vec<f64> {
    let mut at = start;
    margins
        .iter()
        .map(|(before, after)| {
            let begin = at + before;
            at = begin + length + after + theme::PANEL_GAP;
            begin
        })
        .collect()
}
