//! Writes out the facets and filters of panels: the result has no facets, and every filter is at the series, cells or
//! surface that it applies to.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::Table;

use crate::axis::ticks;
use crate::error::{PlotError, list, nearest};
use crate::spec::check::{self as part, setting};
use crate::spec::{Facet, Figure, Filter, Panel, Titles, Value};
use crate::text::markup;

type Where = BTreeMap<String, Filter>;

/// The checked figure with facets and filters written out.
pub(crate) fn written_out(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
) -> Result<Figure, PlotError> {
    let mut panels = Vec::with_capacity(figure.panels.len());
    let mut missing: Vec<&String> = figure.filter.keys().collect();
    for (index, panel) in figure.panels.iter().enumerate() {
        let part = part::panel(index);
        let mut panel = panel.clone();
        let (own, filter, _) = about(&mut panel);
        let (own, filter) = (own.take(), std::mem::take(filter));
        for (column, wanted) in &filter {
            if !restrict(&mut panel, tables, column, wanted) {
                return unknown(&[panel], tables, column, &part);
            }
        }
        for (column, wanted) in &figure.filter {
            if restrict(&mut panel, tables, column, wanted) {
                missing.retain(|other| *other != column);
            }
        }
        let titled = own.is_some() || index == 0;
        match own.as_ref().or(figure.facet.as_ref()) {
            Some(facet) => panels.extend(copies(&panel, facet, titled, tables, &part)?),
            None => panels.push(panel),
        }
    }
    if let Some(column) = missing.first() {
        return unknown(&panels, tables, column, "the figure's `where`");
    }
    Ok(Figure {
        facet: None,
        filter: Where::new(),
        panels,
        ..figure.clone()
    })
}

/// A copy of a panel for each value of a facet.
fn copies(
    panel: &Panel,
    facet: &Facet,
    titled: bool,
    tables: &BTreeMap<String, Table>,
    part: &str,
) -> Result<Vec<Panel>, PlotError> {
    let mut made = Vec::with_capacity(facet.values.len());
    for (index, value) in facet.values.iter().enumerate() {
        check_value(panel, facet, value, tables, part)?;
        let mut copy = panel.clone();
        let wanted = Filter::One(value.clone());
        if !restrict(&mut copy, tables, &facet.column, &wanted) {
            return unknown(&[copy], tables, &facet.column, part);
        }
        let (_, _, title) = about(&mut copy);
        if titled && title.is_none() {
            *title = match &facet.titles {
                Some(Titles::Each(text)) => Some(text.replace("{}", &shown(value))),
                Some(Titles::List(titles)) => titles.get(index).cloned(),
                None => None,
            };
        }
        made.push(copy);
    }
    Ok(made)
}

/// Checks a facet without its tables.
pub(super) fn check(facet: &Facet, part: &str) -> Result<(), PlotError> {
    if let Some(Titles::List(titles)) = &facet.titles
        && titles.len() != facet.values.len()
    {
        let (given, values) = (titles.len(), facet.values.len());
        let problem = format!("its facet has {given} titles for {values} values");
        return setting(
            part,
            problem,
            "give a title for each value, or one text with `{}`",
        );
    }
    if let Some(Titles::Each(text)) = &facet.titles
        && facet.values.len() > 1
        && !text.contains("{}")
    {
        let problem = format!("its facet gives all copies the title \"{text}\"");
        return setting(part, problem, "write `{}` in the place of the value");
    }
    for (index, value) in facet.values.iter().enumerate() {
        if facet.values.iter().take(index).any(|other| other == value) {
            let problem = format!("its facet has the value {} twice", quoted(value));
            return setting(part, problem, "remove one of them");
        }
    }
    Ok(())
}

/// Checks that a value of a facet is in a table of the panel. A missing column is reported elsewhere.
fn check_value(
    panel: &Panel,
    facet: &Facet,
    value: &Value,
    tables: &BTreeMap<String, Table>,
    part: &str,
) -> Result<(), PlotError> {
    let mut there = BTreeSet::new();
    for (name, filter) in drawn(&mut panel.clone()) {
        let table = tables
            .get(name)
            .filter(|_| !filter.contains_key(&facet.column));
        let Some(cells) = table.and_then(|table| table.text(&facet.column).ok()) else {
            continue;
        };
        let holds = |cell: &String| match value {
            Value::Number(number) => cell.parse() == Ok(*number),
            Value::Text(text) => cell == text,
        };
        if cells.iter().any(holds) {
            return Ok(());
        }
        there.extend(cells);
    }
    if there.is_empty() {
        return Ok(());
    }
    let there: Vec<String> = there.into_iter().collect();
    let problem = format!(
        "its facet has the value {}, but column \"{}\" does not have it",
        quoted(value),
        facet.column
    );
    setting(part, problem, &format!("choose from {}", list(&there)))
}

/// A value as in `pipeline.toml`.
fn quoted(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{text}\""),
    }
}

/// A value as in a title.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => ticks::number(*number),
        Value::Text(text) => markup::escape(text),
    }
}

/// The facet, the `where` and the title of a panel.
fn about(panel: &mut Panel) -> (&mut Option<Facet>, &mut Where, &mut Option<String>) {
    match panel {
        Panel::Xy(panel) => (&mut panel.facet, &mut panel.filter, &mut panel.title),
        Panel::HeatMap(panel) => (&mut panel.facet, &mut panel.filter, &mut panel.title),
        Panel::ContourBands(panel) => (&mut panel.facet, &mut panel.filter, &mut panel.title),
    }
}

/// The tables of a panel, each with its filter.
fn drawn(panel: &mut Panel) -> Vec<(&String, &mut Where)> {
    let series = match panel {
        Panel::HeatMap(panel) => return vec![(&panel.cells.table, &mut panel.cells.filter)],
        Panel::Xy(panel) => (None, &mut panel.series),
        Panel::ContourBands(panel) => {
            let surface = &mut panel.surface;
            (
                Some((&surface.table, &mut surface.filter)),
                &mut panel.series,
            )
        }
    };
    let (surface, series) = series;
    let series = series.iter_mut().map(|s| (&s.table, &mut s.filter));
    surface.into_iter().chain(series).collect()
}

/// Filters a column in all tables of a panel that have it, unless it has a filter already. Returns whether there is
/// such a table. Missing tables are reported later.
fn restrict(
    panel: &mut Panel,
    tables: &BTreeMap<String, Table>,
    column: &str,
    wanted: &Filter,
) -> bool {
    let mut found = false;
    for (table, filter) in drawn(panel) {
        let has = |table: &Table| table.fields().iter().any(|field| field.name == column);
        match tables.get(table) {
            Some(table) if !has(table) => {}
            _ => {
                found = true;
                let entry = filter.entry(column.to_owned());
                entry.or_insert_with(|| wanted.clone());
            }
        }
    }
    found
}

/// The error for a column that no table of these panels has.
fn unknown<T>(
    panels: &[Panel],
    tables: &BTreeMap<String, Table>,
    column: &str,
    part: &str,
) -> Result<T, PlotError> {
    let (mut names, mut available) = (BTreeSet::new(), BTreeSet::new());
    for panel in panels {
        for (name, _) in drawn(&mut panel.clone()) {
            let fields = tables.get(name).map_or(&[][..], |table| table.fields());
            available.extend(fields.iter().map(|field| field.name.clone()));
            names.insert(name.clone());
        }
    }
    let available: Vec<String> = available.into_iter().collect();
    Err(PlotError::UnknownColumn {
        part: part.to_owned(),
        table: names.into_iter().collect::<Vec<_>>().join(", "),
        column: column.to_owned(),
        nearest: nearest(column, &available),
        available,
    })
}
