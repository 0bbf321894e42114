//! What each series of a panel looks like, and what names it.

use crate::annotate::Ground;
use crate::canvas::{Dot, Pen};
use crate::check::check_colors;
use crate::color_bar::ColorBar;
use crate::colors::ColorScale;
use crate::data::{Curve, Key};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::legend::Entry;
use crate::markup;
use crate::spec::{BarPlace, Dash, GroupColors, GroupKey, LabelAt, Mark, Marker, Series};
use crate::theme;
use crate::ticks;
use crate::xy::Layer;

/// Collects layers and what names them, giving each series its looks in turn.
pub(super) struct Looks<'a> {
    pub(super) fonts: &'a Fonts,
    /// What lies behind.
    pub(super) ground: Ground,
    /// The colour bar of the whole figure.
    pub(super) shared: Option<&'a ColorBar>,
    pub(super) plain: usize,
    pub(super) lines: usize,
    pub(super) layers: Vec<Layer>,
    pub(super) entries: Vec<Entry>,
    pub(super) bars: Vec<ColorBar>,
}

impl Looks<'_> {
    pub(super) fn add_single(
        &mut self,
        series: &Series,
        curves: Vec<Curve>,
    ) -> Result<(), PlotError> {
        let index = series.color.unwrap_or(self.plain);
        self.plain += 1;
        let color = match (self.ground, series.color) {
            (Ground::Color, None) => theme::PAPER,
            _ => theme::color(index),
        };
        let has_line = series.mark != Mark::Points;
        let dash = series.dash.unwrap_or_else(|| self.dash(self.lines));
        self.lines += usize::from(has_line);
        let width = series.line_width.unwrap_or(theme::LINE_WIDTH);
        let pen = has_line.then(|| Pen::dashed(color, width, theme::dashes(dash, width)));
        let dot = (series.mark != Mark::Line).then(|| Dot {
            color,
            marker: series.marker.unwrap_or_else(|| theme::marker(index)),
            size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
        });
        let plain = series.label.as_deref().map(markup::plain);
        let name = series
            .label
            .as_ref()
            .map(|label| self.fonts.set(label, theme::TEXT))
            .transpose()?;
        let (line_name, entry) = if self.names_lines(series) {
            (name, None)
        } else {
            (None, name)
        };
        self.entries.extend(entry.map(|name| Entry {
            pen: pen.clone(),
            dot,
            edged: self.ground == Ground::Color,
            ribbon: series.low.as_ref().map(|_| color),
            name,
        }));
        let layer = |curve| Layer {
            curve,
            pen: pen.clone(),
            dot,
            scale: None,
            name: plain.clone(),
            end_name: None,
            line_name: line_name.clone(),
        };
        self.layers.extend(curves.into_iter().map(layer));
        Ok(())
    }

    /// Whether names stand on the series' lines.
    fn names_lines(&self, series: &Series) -> bool {
        let can = series.mark != Mark::Points && series.color_by.is_none();
        series
            .label_at
            .map_or(can && self.ground == Ground::Color, |at| {
                at == LabelAt::Line
            })
    }

    /// The dashes of a line that says none.
    fn dash(&self, place: usize) -> Dash {
        match self.ground {
            Ground::Paper => theme::dash(place),
            Ground::Color => Dash::Dashed,
        }
    }

    /// A series whose points have the colours of a column; in the legend it is grey.
    pub(super) fn add_colored(
        &mut self,
        series: &Series,
        part: &str,
        curves: Vec<Curve>,
    ) -> Result<(), PlotError> {
        let colors = series.colors.clone().unwrap_or_default();
        let shared = self.shared.filter(|_| colors.bar == BarPlace::Shared);
        let scale = match shared {
            Some(bar) => bar.scale(),
            None => {
                check_colors(&colors, part)?;
                let samples = curves.iter().flat_map(|curve| curve.points());
                ColorScale::new(&colors, samples.filter_map(|sample| sample.shade))
            }
        };
        if colors.bar == BarPlace::Panel {
            self.bars
                .push(ColorBar::for_colors(&colors, scale, self.fonts)?);
        }
        let width = series.line_width.unwrap_or(theme::LINE_WIDTH);
        let pen = (series.mark != Mark::Points).then(|| Pen::solid(theme::SOFT_INK, width));
        let dot = (series.mark != Mark::Line).then(|| Dot {
            color: theme::SOFT_INK,
            marker: series.marker.unwrap_or(Marker::Circle),
            size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
        });
        if let Some(label) = &series.label {
            let name = self.fonts.set(label, theme::TEXT)?;
            self.entries.push(Entry {
                pen: pen.clone(),
                dot,
                edged: false,
                ribbon: None,
                name,
            });
        }
        self.layers.extend(curves.into_iter().map(|curve| Layer {
            curve,
            pen: pen.clone(),
            dot,
            scale: Some(scale),
            name: series.label.as_deref().map(markup::plain),
            end_name: None,
            line_name: None,
        }));
        Ok(())
    }

    pub(super) fn add_group(
        &mut self,
        series: &Series,
        part: &str,
        curves: Vec<Curve>,
    ) -> Result<(), PlotError> {
        let title = series
            .label
            .as_ref()
            .map(|label| self.fonts.set(label, theme::LABEL))
            .transpose()?;
        let bar = match series.group_key {
            GroupKey::ColorBar => Some(ColorBar::for_group(
                group_values(series, part, &curves)?,
                title,
            )),
            _ => None,
        };
        let last = curves.len().saturating_sub(1).max(1) as f64;
        let width = series.line_width.unwrap_or(theme::GROUP_LINE_WIDTH);
        let on_lines = self.names_lines(series);
        for (place, curve) in curves.into_iter().enumerate() {
            let value = curve.key.as_ref().and_then(|key| key.number);
            let palette = series.group_colors == GroupColors::Palette;
            let color = match (&bar, value) {
                (Some(bar), Some(value)) => bar.scale().color(value),
                _ if palette => theme::color(place),
                _ if self.ground == Ground::Color => theme::PAPER,
                _ => theme::ramp(place as f64 / last),
            };
            let (own_dash, own_marker) = if palette {
                (theme::dash(place), theme::marker(place))
            } else {
                (Dash::Solid, Marker::Circle)
            };
            let dash = match self.ground {
                Ground::Paper => own_dash,
                Ground::Color => Dash::Dashed,
            };
            let dashes = theme::dashes(series.dash.unwrap_or(dash), width);
            let pen =
                (series.mark != Mark::Points).then(|| Pen::dashed(color, width, dashes.clone()));
            let dot = (series.mark != Mark::Line).then(|| Dot {
                color,
                marker: series.marker.unwrap_or(own_marker),
                size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
            });
            let group = group_name(series, curve.key.as_ref());
            let name = self.fonts.set(&group, theme::TEXT)?;
            let (mut end_name, mut line_name, mut entry) = (None, None, None);
            match series.group_key {
                GroupKey::End if on_lines => line_name = Some(name),
                GroupKey::End => end_name = Some(name),
                GroupKey::Legend => entry = Some(name),
                GroupKey::ColorBar | GroupKey::None => {}
            }
            self.entries.extend(entry.map(|name| Entry {
                pen: pen.clone(),
                dot,
                edged: self.ground == Ground::Color,
                ribbon: series.low.as_ref().map(|_| color),
                name,
            }));
            self.layers.push(Layer {
                curve,
                pen,
                dot,
                scale: None,
                name: Some(markup::plain(&group)),
                end_name,
                line_name,
            });
        }
        self.bars.extend(bar);
        Ok(())
    }
}

fn group_name(series: &Series, key: Option<&Key>) -> String {
    let value = match key {
        Some(Key {
            number: Some(number),
            ..
        }) => ticks::number(*number),
        Some(Key { text, .. }) => markup::escape(text),
        None => String::new(),
    };
    series.group_name.replace("{}", &value)
}

fn group_values(series: &Series, part: &str, curves: &[Curve]) -> Result<Vec<f64>, PlotError> {
    let value = |curve: &Curve| curve.key.as_ref().and_then(|key| key.number);
    curves
        .iter()
        .map(value)
        .collect::<Option<Vec<f64>>>()
        .ok_or_else(|| PlotError::NotNumeric {
            part: part.to_owned(),
            table: series.table.clone(),
            column: series.group.clone().unwrap_or_default(),
            role: "the group of a colour bar",
        })
}
