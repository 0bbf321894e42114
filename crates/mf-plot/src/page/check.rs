//! Checks of a figure that need no tables.

use crate::charts::heat_map::check_scales;
use crate::charts::xy::check::{check_panel, check_series};
use crate::error::PlotError;
use crate::page::facet;
use crate::parts::bars::bands::check_levels;
use crate::spec::check::{self as part, check_axes, check_colors, setting};
use crate::spec::{BarPlace, Colors, Facet, Figure, Layout, Panel, Titles};
use crate::text;
use crate::theme;

/// Smallest and largest side of a page, in points: half an inch and five feet.
const SIDES: std::ops::RangeInclusive<f64> = 36.0..=4320.0;

/// Checks a declared figure. Checks that depend on the axes of a panel are repeated later with shared axes.
pub(crate) fn check(figure: &Figure) -> Result<(), PlotError> {
    check_sides(figure)?;
    check_layout(figure)?;
    if let Some(facet) = &figure.facet {
        facet::check(facet, "figure")?;
    }
    for (index, panel) in figure.panels.iter().enumerate() {
        let part = part::panel(index);
        match (panel.head().1, &figure.facet) {
            (Some(_), Some(_)) => {
                let problem = "it has a `facet`, and the figure has one too".to_owned();
                return setting(&part, problem, "give only one of them");
            }
            (Some(facet), None) => facet::check(facet, &part)?,
            (None, _) => {}
        }
        check_axes(panel.axes()[0], panel.axes()[1], &part)?;
        match panel {
            Panel::Xy(own) => check_panel(own, panel.axes(), &part)?,
            Panel::HeatMap(own) => {
                check_scales(panel.axes(), &part)?;
                check_colors(&own.colors, &part)?;
            }
            Panel::ContourBands(own) => {
                if own.bands.bar == BarPlace::Panel || !own.bands.levels.is_empty() {
                    check_levels(&own.bands.levels, &part)?;
                }
            }
        }
        for (index, series) in panel.series().iter().enumerate() {
            check_series(series, &part::series(&part, index))?;
        }
    }
    let mut texts = texts(figure).into_iter();
    texts.try_for_each(|text| text::set(&text.replace("{}", "0"), theme::TEXT).map(drop))
}

fn check_sides(figure: &Figure) -> Result<(), PlotError> {
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

fn check_layout(figure: &Figure) -> Result<(), PlotError> {
    let page = |problem: &str, remedy: &str| {
        Err(PlotError::Page {
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        })
    };
    match figure.layout {
        _ if figure.panels.is_empty() => page(
            "it has no panel",
            "give at least one with [[figure.panels]]",
        ),
        Layout::Columns(0) => page("it has 0 columns", "give at least one"),
        _ => Ok(()),
    }
}

/// All texts with markup.
fn texts(figure: &Figure) -> Vec<&String> {
    let mut texts = Vec::new();
    let mut facets: Vec<&Facet> = figure.facet.iter().collect();
    for panel in &figure.panels {
        for axis in panel.axes() {
            texts.extend(axis.label.iter().chain(axis.tick_labels.iter().flatten()));
        }
        match panel {
            Panel::Xy(panel) => {
                texts.extend(panel.notes.iter().map(|note| &note.text));
                texts.extend(panel.bands.iter().filter_map(|band| band.label.as_ref()));
                texts.extend(panel.lines.iter().filter_map(|line| line.label.as_ref()));
            }
            Panel::HeatMap(panel) => texts.extend(of_colors(&panel.colors)),
            Panel::ContourBands(panel) => texts.extend(&panel.bands.label),
        }
        let (title, facet) = panel.head();
        texts.extend(title);
        facets.extend(facet);
        for series in panel.series() {
            texts.extend(series.label.iter().chain([&series.group_name]));
            texts.extend(series.colors.iter().flat_map(of_colors));
        }
    }
    for titles in facets.into_iter().filter_map(|facet| facet.titles.as_ref()) {
        match titles {
            Titles::Each(text) => texts.push(text),
            Titles::List(list) => texts.extend(list),
        }
    }
    texts
}

fn of_colors(colors: &Colors) -> impl Iterator<Item = &String> {
    colors
        .label
        .iter()
        .chain(colors.tick_labels.iter().flatten())
}
