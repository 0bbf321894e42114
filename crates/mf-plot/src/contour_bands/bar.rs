//! The bar that says what the bands mean: a block for each, their boundaries as ticks, and what its marks mean.

use std::collections::BTreeMap;

use mf_data::Table;
use plotters_backend::BackendColor;

use crate::canvas::{Pen, Rect, Sheet};
use crate::check::setting;
use crate::contour_bands::surface::Nodes;
use crate::contour_bands::{draw_crosses, hatch};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::share;
use crate::spec::{BarPlace, ContourBands, Figure, LevelFormat, Panel, Scale};
use crate::text::Block;
use crate::theme;
use crate::ticks;

/// Between two rows of the key, and between bar and key.
const ROW_GAP: f64 = 2.0;
/// What hatching means.
const NO_VALUE: &str = "no value";

/// Levels and the colours between them, one more.
#[derive(Clone, Default)]
pub(super) struct Bands {
    pub(super) levels: Vec<f64>,
    pub(super) colors: Vec<BackendColor>,
}

impl Bands {
    fn new(spec: &ContourBands, part: &str) -> Result<Self, PlotError> {
        let levels = &spec.levels;
        let remedy =
            "give ascending numbers, for instance `bands = { levels = [0.25, 0.5, 0.75] }`";
        if levels.is_empty() {
            return setting(part, "its bands have no levels".to_owned(), remedy);
        }
        let ascends = |pair: &[f64]| matches!(pair, [low, high] if low < high);
        if !levels.iter().all(|level| level.is_finite()) || !levels.windows(2).all(ascends) {
            return setting(part, format!("the levels {levels:?} do not ascend"), remedy);
        }
        let count = levels.len() + 1;
        let Some(written) = &spec.colors else {
            let colors = (0..count).map(|index| theme::band(index, count)).collect();
            let levels = levels.clone();
            return Ok(Bands { levels, colors });
        };
        if written.len() != count {
            return setting(
                part,
                format!("it has {} colours for {count} bands", written.len()),
                "give one more of `colors` than of `levels`, or leave `colors` out",
            );
        }
        let mut colors = Vec::with_capacity(count);
        for color in written {
            match theme::parse(color) {
                Some(color) => colors.push(color),
                None => {
                    return setting(
                        part,
                        format!("\"{color}\" is no colour"),
                        "write red, green and blue as \"#rrggbb\", for instance \"#a63a2e\"",
                    );
                }
            }
        }
        let levels = levels.clone();
        Ok(Bands { levels, colors })
    }
}

/// What a row of the key shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sample {
    Cross,
    Hatching,
}

/// A bar beside the frame, with the key of its marks below; together as high as the frame.
pub(crate) struct BandBar {
    bands: Bands,
    /// What the levels are called.
    names: Vec<Block>,
    title: Option<Block>,
    key: Vec<(Sample, Block)>,
}

impl BandBar {
    /// The bar of the panels with these nodes; `part` names the first of them in errors.
    pub(super) fn new<'n>(
        spec: &ContourBands,
        part: &str,
        nodes: impl Iterator<Item = &'n Nodes> + Clone,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        let bands = Bands::new(spec, part)?;
        let names = bands.levels.iter().map(|level| match spec.format {
            LevelFormat::Plain => ticks::number(*level),
            LevelFormat::Percent => format!("{} %", ticks::number(percent(*level))),
        });
        let names = names.map(|name| fonts.set(&name, theme::TEXT));
        let title = spec.label.as_ref();
        let title = title
            .map(|label| fonts.set(label, theme::LABEL))
            .transpose()?;
        let mut key = Vec::new();
        if nodes.clone().any(Nodes::has_diverged) {
            key.push((Sample::Cross, fonts.set(&spec.diverged_label, theme::TEXT)?));
        }
        if nodes.clone().any(Nodes::has_gaps) {
            key.push((Sample::Hatching, fonts.set(NO_VALUE, theme::TEXT)?));
        }
        Ok(BandBar {
            names: names.collect::<Result<_, _>>()?,
            bands,
            title,
            key,
        })
    }

    /// What the bar explains.
    pub(super) fn bands(&self) -> &Bands {
        &self.bands
    }

    /// What the bands show, in plain words.
    pub(super) fn shows(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.plain.as_str())
    }

    fn names_width(&self) -> f64 {
        let widths = self.names.iter().map(|name| name.width);
        widths.fold(0.0, f64::max)
    }

    /// Room right of the frame.
    pub(crate) fn width(&self) -> f64 {
        let title = self.title.as_ref();
        let title = title.map_or(0.0, |title| theme::AXIS_LABEL_GAP + title.height());
        let beside_blocks = self.names_width() + title;
        let key = self.key.iter().map(|(_, name)| name.width);
        theme::SIDE_GAP
            + theme::BAR_WIDTH
            + theme::TICK_LABEL_GAP
            + key.fold(beside_blocks, f64::max)
    }

    /// Draws bar and key beside a frame.
    pub(crate) fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) {
        let left = frame.right + theme::SIDE_GAP;
        let column = Rect {
            left,
            right: left + theme::BAR_WIDTH,
            ..*frame
        };
        let rows = self.key.iter().map(|(_, name)| name.height() + ROW_GAP);
        let bar = Rect {
            bottom: column.bottom - rows.sum::<f64>(),
            ..column
        };
        self.draw_blocks(&bar, sheet);
        let mut top = bar.bottom;
        for (sample, name) in &self.key {
            top += ROW_GAP;
            let baseline = top + name.ascent;
            let (middle, half) = (baseline - name.cap_height() / 2.0, name.cap_height() / 2.0);
            match sample {
                Sample::Cross => {
                    draw_crosses(&[((column.left + column.right) / 2.0, middle)], sheet)
                }
                Sample::Hatching => hatch(
                    &Rect {
                        top: middle - half,
                        bottom: middle + half,
                        ..column
                    },
                    sheet,
                ),
            }
            sheet.text(
                name,
                column.right + theme::TICK_LABEL_GAP,
                baseline,
                theme::INK,
            );
            top += name.height();
        }
    }

    /// Blocks of one height, the lowest band at the bottom.
    fn draw_blocks(&self, bar: &Rect, sheet: &mut Sheet<'_>) {
        let step = bar.height() / self.bands.colors.len() as f64;
        let boundary = |index: usize| bar.bottom - step * index as f64;
        for (index, color) in self.bands.colors.iter().enumerate() {
            // Each block reaches to the top, so that no seam shows between two.
            let bottom = boundary(index);
            sheet.area(&Rect { bottom, ..*bar }, *color, 1.0);
        }
        let mut strokes = bar.edges().to_vec();
        for (index, name) in self.names.iter().enumerate() {
            let y = boundary(index + 1);
            strokes.push([(bar.right, y), (bar.right + theme::OUTWARD_TICK, y)]);
            let baseline = y + name.cap_height() / 2.0;
            sheet.text(
                name,
                bar.right + theme::TICK_LABEL_GAP,
                baseline,
                theme::INK,
            );
        }
        sheet.strokes(&strokes, &Pen::solid(theme::INK, theme::FRAME_WIDTH));
        if let Some(title) = &self.title {
            let names = theme::TICK_LABEL_GAP + self.names_width();
            let x = bar.right + names + theme::AXIS_LABEL_GAP + title.ascent;
            let y = (bar.top + bar.bottom + title.width) / 2.0;
            sheet.text_upward(title, x, y, theme::INK);
        }
    }
}

/// A part as percent, without what the multiplication adds: 0.55 is 55, not 55.00000000000001.
fn percent(part: f64) -> f64 {
    (part * 100.0 * 1e9).round() / 1e9
}

/// The bar of the whole figure, if panels share one.
pub(crate) fn shared_bar(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
    fonts: &Fonts,
) -> Result<Option<BandBar>, PlotError> {
    let nothing_else = ContourBands {
        bar: BarPlace::Shared,
        ..ContourBands::default()
    };
    let mut first: Option<(&ContourBands, String)> = None;
    let mut all = Vec::new();
    for (index, panel) in figure.panels.iter().enumerate() {
        let Panel::ContourBands(panel) = panel else {
            continue;
        };
        if panel.bands.bar != BarPlace::Shared {
            continue;
        }
        let part = share::part(index);
        // Which scales the axes have is checked with each panel.
        let scales = [Scale::Linear; 2];
        all.push(Nodes::read(&panel.surface, &part, tables, scales)?);
        match &first {
            None => first = Some((&panel.bands, part)),
            Some((bands, named)) if panel.bands != **bands && panel.bands != nothing_else => {
                return setting(
                    &part,
                    format!("it shares the bar of {named}, but its bands mean something else"),
                    "give `bands = { bar = \"shared\" }` alone, or the same `bands`",
                );
            }
            Some(_) => {}
        }
    }
    first
        .map(|(bands, part)| BandBar::new(bands, &part, all.iter(), fonts))
        .transpose()
}
