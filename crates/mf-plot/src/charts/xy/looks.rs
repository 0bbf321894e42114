//! The style of each series of a panel, and its entry in the legend.

use crate::axis::ticks;
use crate::canvas::elements::{Dot, Pen};
use crate::charts::xy::plot::{Ground, Layer};
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::parts::bars::colors::ColorBar;
use crate::parts::legend::Entry;
use crate::spec::{BarPlace, Dash, GroupColors, GroupKey, Mark, Marker, Series};
use crate::table::{Curve, Key};
use crate::text::{self, markup};
use crate::theme;

/// Collects layers, legend entries and colour bars, and gives each series its style in turn.
pub(super) struct Looks<'a> {
    ground: Ground,
    /// The colour bar of the whole figure.
    shared: Option<&'a ColorBar>,
    /// The number of series without groups so far, and the number of those with lines.
    plain: usize,
    lines: usize,
    pub(super) layers: Vec<Layer>,
    pub(super) entries: Vec<Entry>,
    pub(super) bars: Vec<ColorBar>,
}

impl<'a> Looks<'a> {
    /// For a panel on this ground, in a figure with this colour bar.
    pub(super) fn new(ground: Ground, shared: Option<&'a ColorBar>) -> Self {
        Looks {
            ground,
            shared,
            plain: 0,
            lines: 0,
            layers: Vec::new(),
            entries: Vec::new(),
            bars: Vec::new(),
        }
    }

    /// Adds the curves of a series.
    pub(super) fn add(&mut self, series: &Series, curves: Vec<Curve>) -> Result<(), PlotError> {
        let scale = self.scale(series, &curves)?;
        let (has_line, has_points) = (series.mark != Mark::Points, series.mark != Mark::Line);
        let count = curves.len();
        for (place, curve) in curves.into_iter().enumerate() {
            let (color, dash, marker) = self.look(series, place, count);
            let pen =
                has_line.then(|| Pen::new(color, theme::LINE_WIDTH, series.dash.unwrap_or(dash)));
            let marker = series.marker.unwrap_or(marker);
            let dot = has_points.then_some(Dot {
                color,
                marker,
                size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
                edge: match self.ground {
                    Ground::Bands => Some((theme::INK, theme::CASING)),
                    Ground::Paper if scale.is_some() || !marker.is_filled() => None,
                    Ground::Paper => Some((theme::PAPER, theme::MARKER_EDGE)),
                },
            });
            let name = match &series.group {
                Some(_) => Some(group_name(series, curve.key.as_ref())),
                None => series.label.clone(),
            };
            let plain = name.as_deref().map(markup::plain);
            let block = text::set_if(name.as_ref(), theme::TEXT)?;
            let block = block.filter(|_| series.group_key != GroupKey::None);
            let on_line = has_line && self.ground == Ground::Bands;
            let (line_name, entry) = if on_line {
                (block, None)
            } else {
                (None, block)
            };
            self.entries.extend(entry.map(|name| Entry {
                pen: pen.clone(),
                dot,
                ribbon: series.low.as_ref().map(|_| theme::ribbon(color)),
                name,
            }));
            self.layers.push(Layer {
                curve,
                pen,
                dot,
                scale,
                name: plain,
                line_name,
            });
        }
        if series.group.is_none() && scale.is_none() {
            self.plain += 1;
            self.lines += usize::from(has_line);
        }
        Ok(())
    }

    /// The default colour, dashes and shape of the curve at a place among `count` curves.
    fn look(
        &self,
        series: &Series,
        place: usize,
        count: usize,
    ) -> (plotters_backend::BackendColor, Dash, Marker) {
        let palette = series.group_colors == GroupColors::Palette;
        let index = match (&series.group, palette) {
            (Some(_), true) => Some(place),
            (Some(_), false) => None,
            (None, _) => Some(series.color.unwrap_or(self.plain)),
        };
        let line = if palette { place } else { self.lines };
        let over_bands = self.ground == Ground::Bands;
        let color = match index {
            _ if series.color_by.is_some() => theme::SOFT_INK,
            _ if over_bands && series.color.is_none() && !palette => theme::PAPER,
            Some(index) => theme::color(index),
            None => theme::ramp(place as f64 / count.saturating_sub(1).max(1) as f64),
        };
        let dash = match index {
            _ if over_bands => Dash::Dashed,
            Some(_) => theme::dash(line),
            None => Dash::Solid,
        };
        let marker = match index {
            Some(index) if series.color_by.is_none() => theme::marker(index),
            _ => Marker::Circle,
        };
        (color, dash, marker)
    }

    /// The colour scale of a series with `color-by`; the bar of the panel is added, if it is not shared.
    fn scale(
        &mut self,
        series: &Series,
        curves: &[Curve],
    ) -> Result<Option<ColorScale>, PlotError> {
        if series.color_by.is_none() {
            return Ok(None);
        }
        let colors = series.colors.clone().unwrap_or_default();
        if let Some(bar) = self.shared.filter(|_| colors.bar == BarPlace::Shared) {
            return Ok(Some(bar.scale()));
        }
        let samples = curves.iter().flat_map(|curve| curve.points());
        let scale = ColorScale::new(&colors, samples.filter_map(|sample| sample.shade));
        self.bars.push(ColorBar::new(&colors, scale)?);
        Ok(Some(scale))
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
