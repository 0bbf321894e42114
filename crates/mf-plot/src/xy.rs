//! The chart of points and lines over two axes.

use std::collections::BTreeMap;

use mf_data::Table;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, IntoDrawingArea};

use crate::axis::AxisRange;
use crate::canvas::{Dot, Pen, Rect, Sheet, SvgCanvas, grid};
use crate::color_bar::ColorBar;
use crate::data::{self, Curve, Key, Sample};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::layout::{Chart, Margins};
use crate::legend::{Entry, Legend};
use crate::marks::{DotMarks, LineMark};
use crate::markup;
use crate::place::{self, Named, Obstacles, Spot};
use crate::spec::{AxisName, Corner, GroupKey, LegendPlace, Mark, Marker, Scale, Series, XyPanel};
use crate::text::Block;
use crate::theme;
use crate::ticks::{self, Tick};

/// The most labelled ticks of the two axes; fewer where they would touch.
const MOST_X_LABELS: usize = 8;
const MOST_Y_LABELS: usize = 6;
/// Between a reference line and its name.
const LINE_NAME_GAP: f64 = 2.2;
/// Between two texts in one corner.
const STACK_GAP: f64 = 3.0;
/// Room that a text in the panel keeps from the frame, clear of the ticks.
const INSET: f64 = 4.5;

/// One curve with its looks.
struct Layer {
    curve: Curve,
    pen: Option<Pen>,
    dot: Option<Dot>,
    /// Its name, if it stands in the right margin.
    end_name: Option<Block>,
}

/// An axis with its label set.
struct SetAxis<'a> {
    range: AxisRange,
    listed: Option<&'a [f64]>,
    label: Option<Block>,
}

/// A panel of points and lines, read and measured.
pub(crate) struct XyChart<'a> {
    panel: &'a XyPanel,
    fonts: &'a Fonts,
    title: Option<Block>,
    x: SetAxis<'a>,
    y: SetAxis<'a>,
    layers: Vec<Layer>,
    entries: Vec<Entry>,
    bars: Vec<ColorBar>,
}

impl<'a> XyChart<'a> {
    /// Reads a panel's series from the tables; `part` names the panel in errors.
    pub(crate) fn new(
        panel: &'a XyPanel,
        part: &str,
        tables: &BTreeMap<String, Table>,
        fonts: &'a Fonts,
    ) -> Result<Self, PlotError> {
        check_panel(panel, part)?;
        let mut looks = Looks {
            fonts,
            plain: 0,
            lines: 0,
            layers: Vec::new(),
            entries: Vec::new(),
            bars: Vec::new(),
        };
        for (index, series) in panel.series.iter().enumerate() {
            let part = format!("{part}, series {}", index + 1);
            check_series(series, &part)?;
            let curves = data::curves(series, &part, tables, (panel.x.scale, panel.y.scale))?;
            match series.group {
                Some(_) => looks.add_group(series, &part, curves)?,
                None => looks.add_single(series, curves)?,
            }
        }
        let Looks {
            layers,
            entries,
            bars,
            ..
        } = looks;
        let samples = || layers.iter().flat_map(|layer| layer.curve.points());
        let x = SetAxis::new(&panel.x, samples().map(|sample| sample.x), fonts)?;
        let y = SetAxis::new(&panel.y, samples().map(|sample| sample.y), fonts)?;
        let title = panel
            .title
            .as_ref()
            .map(|title| fonts.set(title, theme::LABEL))
            .transpose()?;
        Ok(XyChart {
            panel,
            fonts,
            title,
            x,
            y,
            layers,
            entries,
            bars,
        })
    }

    fn x_ticks(&self, width: f64) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| self.fonts.set(label, theme::TEXT).map(|block| block.width);
        self.x.ticks(MOST_X_LABELS, width, extent, self.fonts)
    }

    fn y_ticks(&self, height: f64) -> Result<Vec<SetTick>, PlotError> {
        let extent = |label: &str| {
            self.fonts
                .set(label, theme::TEXT)
                .map(|block| block.cap_height())
        };
        self.y.ticks(MOST_Y_LABELS, height, extent, self.fonts)
    }

    fn plane(&self, frame: &Rect) -> Plane {
        Plane {
            frame: *frame,
            x: self.x.range,
            y: self.y.range,
        }
    }
}

/// A tick with its label set.
struct SetTick {
    fraction: f64,
    label: Option<Block>,
}

impl<'a> SetAxis<'a> {
    fn new(
        spec: &'a crate::spec::Axis,
        values: impl Iterator<Item = f64>,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        let range = match spec.range {
            Some([low, high]) => AxisRange {
                scale: spec.scale,
                low,
                high,
            },
            None => AxisRange::enclosing(spec.scale, values),
        };
        let label = spec
            .label
            .as_ref()
            .map(|label| fonts.set(label, theme::LABEL))
            .transpose()?;
        Ok(SetAxis {
            range,
            listed: spec.ticks.as_deref(),
            label,
        })
    }

    fn ticks(
        &self,
        most: usize,
        length: f64,
        extent: impl FnMut(&str) -> Result<f64, PlotError>,
        fonts: &Fonts,
    ) -> Result<Vec<SetTick>, PlotError> {
        let space = theme::TICK_LABEL_SPACE;
        let ticks = match self.listed {
            Some(values) => ticks::listed(&self.range, values, length, space, extent)?,
            None => ticks::fitting(&self.range, most, length, space, extent)?,
        };
        let set = |tick: Tick| {
            let label = tick
                .label
                .as_ref()
                .map(|label| fonts.set(label, theme::TEXT))
                .transpose()?;
            Ok(SetTick {
                fraction: self.range.fraction(tick.value),
                label,
            })
        };
        ticks.into_iter().map(set).collect()
    }
}

/// Collects layers and what names them, giving each series its looks in turn.
struct Looks<'a> {
    fonts: &'a Fonts,
    plain: usize,
    lines: usize,
    layers: Vec<Layer>,
    entries: Vec<Entry>,
    bars: Vec<ColorBar>,
}

impl Looks<'_> {
    fn add_single(&mut self, series: &Series, curves: Vec<Curve>) -> Result<(), PlotError> {
        let index = series.color.unwrap_or(self.plain);
        self.plain += 1;
        let color = theme::color(index);
        let has_line = series.mark != Mark::Points;
        let dash = series.dash.unwrap_or_else(|| theme::dash(self.lines));
        self.lines += usize::from(has_line);
        let width = series.line_width.unwrap_or(theme::LINE_WIDTH);
        let pen = has_line.then(|| Pen {
            color,
            width,
            dashes: theme::dashes(dash, width),
        });
        let dot = (series.mark != Mark::Line).then(|| Dot {
            color,
            marker: series.marker.unwrap_or_else(|| theme::marker(index)),
            size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
        });
        if let Some(label) = &series.label {
            let name = self.fonts.set(label, theme::TEXT)?;
            self.entries.push(Entry {
                pen: pen.clone(),
                dot,
                name,
            });
        }
        let layer = |curve| Layer {
            curve,
            pen: pen.clone(),
            dot,
            end_name: None,
        };
        self.layers.extend(curves.into_iter().map(layer));
        Ok(())
    }

    fn add_group(
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
            GroupKey::ColorBar => Some(ColorBar::new(group_values(series, part, &curves)?, title)),
            _ => None,
        };
        let last = curves.len().saturating_sub(1).max(1) as f64;
        let width = series.line_width.unwrap_or(theme::GROUP_LINE_WIDTH);
        let dashes = theme::dashes(series.dash.unwrap_or_default(), width);
        for (place, curve) in curves.into_iter().enumerate() {
            let value = curve.key.as_ref().and_then(|key| key.number);
            let color = match (&bar, value) {
                (Some(bar), Some(value)) => theme::ramp(bar.fraction(value)),
                _ => theme::ramp(place as f64 / last),
            };
            let pen = (series.mark != Mark::Points).then(|| Pen {
                color,
                width,
                dashes: dashes.clone(),
            });
            let dot = (series.mark != Mark::Line).then(|| Dot {
                color,
                marker: series.marker.unwrap_or(Marker::Circle),
                size: series.marker_size.unwrap_or(theme::MARKER_SIZE),
            });
            let name = self
                .fonts
                .set(&group_name(series, curve.key.as_ref()), theme::TEXT)?;
            let (end_name, entry) = match series.group_key {
                GroupKey::End => (Some(name), None),
                GroupKey::Legend => (None, Some(name)),
                GroupKey::ColorBar | GroupKey::None => (None, None),
            };
            self.entries.extend(entry.map(|name| Entry {
                pen: pen.clone(),
                dot,
                name,
            }));
            self.layers.push(Layer {
                curve,
                pen,
                dot,
                end_name,
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

/// The data's plane: a frame on the page and the two axes.
struct Plane {
    frame: Rect,
    x: AxisRange,
    y: AxisRange,
}

impl Plane {
    /// Where a value lies on the page.
    fn spot(&self, x: f64, y: f64) -> Spot {
        (self.across(x), self.down(y))
    }

    fn across(&self, x: f64) -> f64 {
        self.frame.left + self.x.fraction(x) * self.frame.width()
    }

    fn down(&self, y: f64) -> f64 {
        self.frame.bottom - self.y.fraction(y) * self.frame.height()
    }

    fn holds(&self, sample: &Sample) -> bool {
        self.x.holds(sample.x) && self.y.holds(sample.y)
    }

    /// The part of the frame where texts may stand.
    fn inside(&self) -> Rect {
        self.frame.grown(-INSET)
    }

    /// The same plane for plotters to draw on.
    fn area<'s, 'f>(
        &self,
        sheet: &'s mut Sheet<'f>,
    ) -> DrawingArea<SvgCanvas<'s, 'f>, Cartesian2d<AxisRange, AxisRange>> {
        let [left, top, right, bottom] = self.frame.on_grid();
        let axes = Cartesian2d::new(self.x, self.y, (left..right, bottom..top));
        SvgCanvas(sheet).into_drawing_area().apply_coord_spec(axes)
    }
}

impl Layer {
    /// The pieces of the line between gaps.
    fn runs(&self) -> impl Iterator<Item = Vec<(f64, f64)>> + '_ {
        let runs = self.curve.samples.split(Option::is_none);
        let point = |sample: &Option<Sample>| sample.as_ref().map(|sample| (sample.x, sample.y));
        runs.map(move |run| run.iter().filter_map(point).collect::<Vec<_>>())
            .filter(|run: &Vec<_>| !run.is_empty())
    }
}

impl Chart for XyChart<'_> {
    fn margins(&self, width: f64, height: f64) -> Result<Margins, PlotError> {
        let (x_ticks, y_ticks) = (self.x_ticks(width)?, self.y_ticks(height)?);
        let labelled = |ticks: &'_ [SetTick]| {
            ticks
                .iter()
                .filter_map(|tick| tick.label.clone().map(|label| (tick.fraction, label)))
                .collect::<Vec<_>>()
        };
        let (x_labels, y_labels) = (labelled(&x_ticks), labelled(&y_ticks));
        let widest = y_labels
            .iter()
            .map(|(_, label)| label.width)
            .fold(0.0, f64::max);
        let highest = x_labels
            .iter()
            .map(|(_, label)| label.height())
            .fold(0.0, f64::max);
        let label_height = |axis: &SetAxis<'_>| {
            axis.label
                .as_ref()
                .map_or(0.0, |label| theme::AXIS_LABEL_GAP + label.height())
        };
        let half = |label: &Block| label.width / 2.0;
        let over_left = x_labels
            .iter()
            .map(|(at, label)| half(label) - at * width)
            .fold(0.0, f64::max);
        let over_right = x_labels
            .iter()
            .map(|(at, label)| half(label) - (1.0 - at) * width)
            .fold(0.0, f64::max);
        let over_top = y_labels
            .iter()
            .map(|(at, label)| label.ascent - label.cap_height() / 2.0 - (1.0 - at) * height);
        let names = self
            .layers
            .iter()
            .filter_map(|layer| layer.end_name.as_ref());
        let names = names
            .map(|name| theme::SIDE_GAP + name.width)
            .fold(0.0, f64::max);
        let bars = self
            .bars
            .iter()
            .map(|bar| bar.width(self.fonts, height))
            .sum::<Result<f64, _>>()?;
        let title = self
            .title
            .as_ref()
            .map_or(0.0, |title| title.height() + STACK_GAP);
        Ok(Margins {
            left: over_left.max(theme::TICK_LABEL_GAP + widest + label_height(&self.y)),
            right: over_right.max(names + bars).max(theme::FRAME_WIDTH),
            top: over_top.fold(title, f64::max).max(theme::FRAME_WIDTH),
            bottom: theme::TICK_LABEL_GAP + highest + label_height(&self.x),
        })
    }

    fn draw(&self, frame: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let plane = self.plane(frame);
        self.draw_bands(&plane, sheet);
        self.draw_reference_lines(&plane, sheet);
        self.draw_layers(&plane, sheet)?;
        self.draw_frame(&plane, sheet)?;
        self.draw_labels(&plane, sheet)?;
        let mut obstacles = self.obstacles(&plane);
        self.draw_corners(&plane, &mut obstacles, sheet)?;
        self.draw_band_names(&plane, &mut obstacles, sheet)?;
        self.draw_line_names(&plane, &mut obstacles, sheet)?;
        self.draw_point_names(&plane, &mut obstacles, sheet)?;
        self.draw_end_names(&plane, sheet)?;
        self.bars.iter().try_for_each(|bar| bar.draw(frame, sheet))
    }
}

impl XyChart<'_> {
    fn draw_bands(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for band in &self.panel.bands {
            sheet.area(&band_area(band, plane), theme::SHADE, 1.0);
        }
    }

    fn draw_reference_lines(&self, plane: &Plane, sheet: &mut Sheet<'_>) {
        for line in &self.panel.lines {
            if let Some(ends) = line_ends(line.axis, line.at, plane) {
                let dashes = theme::dashes(line.dash, theme::REFERENCE_WIDTH);
                sheet.line(
                    ends,
                    &Pen {
                        color: theme::SOFT_INK,
                        width: theme::REFERENCE_WIDTH,
                        dashes,
                    },
                );
            }
        }
    }

    fn draw_layers(&self, plane: &Plane, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let area = plane.area(sheet);
        for layer in &self.layers {
            if let Some(pen) = &layer.pen {
                for points in layer.runs() {
                    area.draw(&LineMark {
                        points,
                        pen,
                        clip: plane.frame,
                    })?;
                }
            }
            if let Some(dot) = layer.dot {
                let points = layer.curve.points().filter(|sample| plane.holds(sample));
                area.draw(&DotMarks {
                    points: points.map(|sample| (sample.x, sample.y)).collect(),
                    dot,
                })?;
            }
        }
        Ok(())
    }

    fn draw_frame(&self, plane: &Plane, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let frame = &plane.frame;
        let mut ticks = Vec::new();
        for tick in self.x_ticks(frame.width())? {
            let (x, length) = (
                frame.left + tick.fraction * frame.width(),
                tick_length(&tick),
            );
            ticks.push([(x, frame.bottom), (x, frame.bottom - length)]);
            ticks.push([(x, frame.top), (x, frame.top + length)]);
            if let Some(label) = tick.label {
                let baseline = frame.bottom + theme::TICK_LABEL_GAP + label.ascent;
                sheet.text(&label, x - label.width / 2.0, baseline, theme::INK);
            }
        }
        for tick in self.y_ticks(frame.height())? {
            let (y, length) = (
                frame.bottom - tick.fraction * frame.height(),
                tick_length(&tick),
            );
            ticks.push([(frame.left, y), (frame.left + length, y)]);
            ticks.push([(frame.right, y), (frame.right - length, y)]);
            if let Some(label) = tick.label {
                let right = frame.left - theme::TICK_LABEL_GAP;
                sheet.text(
                    &label,
                    right - label.width,
                    y + label.cap_height() / 2.0,
                    theme::INK,
                );
            }
        }
        let pen = Pen::solid(theme::INK, theme::FRAME_WIDTH);
        sheet.strokes(&ticks, &pen);
        let [left, top, right, bottom] = frame.on_grid();
        sheet.curve(
            &[
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
                (right, top),
            ],
            &pen,
            None,
        );
        Ok(())
    }

    fn draw_labels(&self, plane: &Plane, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let frame = &plane.frame;
        let margins = self.margins(frame.width(), frame.height())?;
        if let Some(label) = &self.x.label {
            let baseline = frame.bottom + margins.bottom - label.descent;
            sheet.text(
                label,
                (frame.left + frame.right - label.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        if let Some(label) = &self.y.label {
            let baseline = frame.left - margins.left + label.ascent;
            sheet.text_upward(
                label,
                baseline,
                (frame.top + frame.bottom + label.width) / 2.0,
                theme::INK,
            );
        }
        if let Some(title) = &self.title {
            let baseline = frame.top - STACK_GAP - title.height() + title.ascent;
            sheet.text(
                title,
                (frame.left + frame.right - title.width) / 2.0,
                baseline,
                theme::INK,
            );
        }
        Ok(())
    }

    /// The data, as what texts should not cover.
    fn obstacles(&self, plane: &Plane) -> Obstacles {
        let mut obstacles = Obstacles {
            bounds: plane.inside(),
            texts: Vec::new(),
            dots: Vec::new(),
            strokes: Vec::new(),
        };
        for layer in &self.layers {
            if layer.pen.is_some() {
                for run in layer.runs() {
                    let spots: Vec<Spot> = run.iter().map(|(x, y)| plane.spot(*x, *y)).collect();
                    obstacles.strokes.extend(
                        spots
                            .iter()
                            .zip(spots.iter().skip(1))
                            .map(|(from, to)| [*from, *to]),
                    );
                }
            }
            if let Some(dot) = &layer.dot {
                let visible = layer.curve.points().filter(|sample| plane.holds(sample));
                obstacles.dots.extend(
                    visible.map(|sample| square(plane.spot(sample.x, sample.y), dot.size / 2.0)),
                );
            }
        }
        let lines = self
            .panel
            .lines
            .iter()
            .filter_map(|line| line_ends(line.axis, line.at, plane));
        obstacles.strokes.extend(lines);
        obstacles
    }

    /// Notes and the legend.
    fn draw_corners(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let bounds = plane.frame.grown(-theme::CORNER_GAP);
        let mut stack = Vec::new();
        for note in &self.panel.notes {
            let block = self.fonts.set(&note.text, theme::TEXT)?;
            let place = in_corner(note.corner, (block.width, block.height()), &bounds, &stack);
            stack.push(place);
            sheet.area(&place.grown(1.0), theme::PAPER, theme::VEIL);
            sheet.text(&block, place.left, place.top + block.ascent, theme::INK);
        }
        if let (Some(legend), Some(corners)) = (
            Legend::new(&self.entries),
            legend_corners(self.panel.legend),
        ) {
            obstacles.texts.clone_from(&stack);
            let places: Vec<Rect> = corners
                .iter()
                .map(|corner| in_corner(*corner, legend.size(), &bounds, &stack))
                .collect();
            if let Some(place) = obstacles.best(&places) {
                stack.push(place);
                sheet.area(&place.grown(2.0), theme::PAPER, theme::VEIL);
                legend.draw(&place, sheet);
            }
        }
        obstacles.texts = stack;
        Ok(())
    }

    fn draw_band_names(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        for band in &self.panel.bands {
            let Some(label) = &band.label else { continue };
            let block = self.fonts.set(label, theme::TEXT)?;
            let area = band_area(band, plane);
            let places = match band.axis {
                AxisName::X => places_in(
                    &area,
                    &plane.inside(),
                    &block,
                    &[0.5],
                    &[0.0, 1.0, 0.5, 0.25, 0.75],
                ),
                AxisName::Y => places_in(
                    &area,
                    &plane.inside(),
                    &block,
                    &[1.0, 0.0, 0.5, 0.25, 0.75],
                    &[0.5],
                ),
            };
            put_text(&block, &places, theme::SOFT_INK, obstacles, sheet);
        }
        Ok(())
    }

    fn draw_line_names(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        for line in &self.panel.lines {
            let (Some(label), Some([from, _])) =
                (&line.label, line_ends(line.axis, line.at, plane))
            else {
                continue;
            };
            let block = self.fonts.set(label, theme::TEXT)?;
            let ends = [1.0, 0.0, 0.75, 0.25, 0.5];
            let inside = plane.inside();
            let places: Vec<Rect> = match line.axis {
                AxisName::Y => {
                    // Most names have nothing below the baseline, so that depth is part of the gap.
                    let bottom = from.1 - LINE_NAME_GAP + block.descent / 2.0;
                    let above = Rect {
                        top: bottom - block.height(),
                        bottom,
                        ..inside
                    };
                    let top = from.1 + LINE_NAME_GAP;
                    let below = Rect {
                        top,
                        bottom: top + block.height(),
                        ..inside
                    };
                    [above, below]
                        .iter()
                        .flat_map(|strip| places_in(strip, strip, &block, &ends, &[0.5]))
                        .collect()
                }
                AxisName::X => {
                    let right = Rect {
                        left: from.0 + LINE_NAME_GAP,
                        right: from.0 + LINE_NAME_GAP + block.width,
                        ..inside
                    };
                    let left = Rect {
                        left: from.0 - LINE_NAME_GAP - block.width,
                        right: from.0 - LINE_NAME_GAP,
                        ..inside
                    };
                    let down = [0.0, 1.0, 0.25, 0.75, 0.5];
                    [right, left]
                        .iter()
                        .flat_map(|strip| places_in(strip, strip, &block, &[0.5], &down))
                        .collect()
                }
            };
            put_text(&block, &places, theme::SOFT_INK, obstacles, sheet);
        }
        Ok(())
    }

    fn draw_point_names(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let mut named = Vec::new();
        let mut blocks = Vec::new();
        for layer in &self.layers {
            let radius = layer.dot.map_or(0.0, |dot| dot.size / 2.0);
            for sample in layer.curve.points().filter(|sample| plane.holds(sample)) {
                let Some(name) = &sample.name else { continue };
                let block = self.fonts.set(name, theme::TEXT)?;
                let spot = plane.spot(sample.x, sample.y);
                named.push(Named {
                    spot,
                    radius,
                    width: block.width,
                    height: block.cap_height() + block.descent,
                });
                blocks.push(block);
            }
        }
        let places = place::names(&named, obstacles).map_err(|index| PlotError::Setting {
            part: format!(
                "the name \"{}\"",
                blocks.get(index).map_or("", |block| block.plain.as_str())
            ),
            problem: "there is no room for it beside its point that another text does not take"
                .to_owned(),
            remedy: "make the figure larger, shorten the names, or name fewer points with `where`"
                .to_owned(),
        })?;
        let leaders: Vec<[Spot; 2]> = places.iter().filter_map(|place| place.leader).collect();
        sheet.strokes(&leaders, &Pen::solid(theme::SOFT_INK, theme::LEADER_WIDTH));
        for (block, name) in blocks.iter().zip(&places) {
            sheet.text(
                block,
                name.place.left,
                name.place.top + block.cap_height(),
                theme::INK,
            );
            obstacles.texts.push(name.place);
        }
        Ok(())
    }

    /// Names in the right margin, moved apart, each with a leader from its curve's last visible point.
    fn draw_end_names(&self, plane: &Plane, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let mut ends: Vec<(Spot, &Block, &Layer)> = Vec::new();
        for layer in &self.layers {
            let last = layer
                .curve
                .points()
                .rev()
                .find(|sample| plane.holds(sample));
            if let (Some(name), Some(last)) = (&layer.end_name, last) {
                ends.push((plane.spot(last.x, last.y), name, layer));
            }
        }
        ends.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
        let Some(gap) = ends
            .iter()
            .map(|(_, name, _)| name.cap_height() + 2.2)
            .reduce(f64::max)
        else {
            return Ok(());
        };
        let wanted: Vec<f64> = ends.iter().map(|(spot, _, _)| spot.1).collect();
        let (low, high) = (plane.frame.top + gap / 3.0, plane.frame.bottom - gap / 3.0);
        let heights = place::spread(&wanted, gap, low, high).ok_or_else(|| PlotError::Setting {
            part: format!("the panel's {} names of curves", ends.len()),
            problem: "they don't fit beside the frame".to_owned(),
            remedy: "set `group-key = \"color-bar\"` or \"legend\", or make the figure higher"
                .to_owned(),
        })?;
        for ((spot, name, layer), height) in ends.iter().zip(heights) {
            let color = layer
                .pen
                .as_ref()
                .map(|pen| pen.color)
                .or(layer.dot.map(|dot| dot.color))
                .unwrap_or(theme::INK);
            let left = plane.frame.right + theme::SIDE_GAP;
            let leader = [
                grid_spot(*spot),
                grid_spot((plane.frame.right + 1.5, spot.1)),
                grid_spot((left - 1.5, height)),
            ];
            sheet.curve(&leader, &Pen::solid(color, theme::LEADER_WIDTH), None);
            sheet.text(
                name,
                left,
                height + name.cap_height() / 2.0,
                theme::for_letters(color),
            );
        }
        Ok(())
    }
}

fn grid_spot(spot: Spot) -> (i32, i32) {
    (grid(spot.0), grid(spot.1))
}

fn tick_length(tick: &SetTick) -> f64 {
    if tick.label.is_some() {
        theme::MAJOR_TICK
    } else {
        theme::MINOR_TICK
    }
}

fn square((x, y): Spot, half: f64) -> Rect {
    Rect {
        left: x - half,
        top: y - half,
        right: x + half,
        bottom: y + half,
    }
}

/// The visible part of a band.
fn band_area(band: &crate::spec::Band, plane: &Plane) -> Rect {
    let frame = plane.frame;
    match band.axis {
        AxisName::X => Rect {
            left: plane.across(band.from).clamp(frame.left, frame.right),
            right: plane.across(band.to).clamp(frame.left, frame.right),
            ..frame
        },
        AxisName::Y => Rect {
            top: plane.down(band.to).clamp(frame.top, frame.bottom),
            bottom: plane.down(band.from).clamp(frame.top, frame.bottom),
            ..frame
        },
    }
}

/// The two ends of a reference line; none if it lies outside the frame.
fn line_ends(axis: AxisName, at: f64, plane: &Plane) -> Option<[Spot; 2]> {
    let frame = plane.frame;
    match axis {
        AxisName::X if plane.x.holds(at) => {
            let x = plane.across(at);
            Some([(x, frame.top), (x, frame.bottom)])
        }
        AxisName::Y if plane.y.holds(at) => {
            let y = plane.down(at);
            Some([(frame.left, y), (frame.right, y)])
        }
        _ => None,
    }
}

/// Places for a text in an area at these parts of its width and height, moved into the bounds.
fn places_in(area: &Rect, bounds: &Rect, block: &Block, across: &[f64], down: &[f64]) -> Vec<Rect> {
    let (width, height) = (block.width, block.height());
    let place = |part_x: f64, part_y: f64| {
        // At 0 and 1 the text stands at the area's edge, in between its middle does at that part.
        let left = area.left + part_x * (area.width() - width);
        let top = area.top + part_y * (area.height() - height);
        let left = left.min(bounds.right - width).max(bounds.left);
        let top = top.min(bounds.bottom - height).max(bounds.top);
        Rect {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    };
    across
        .iter()
        .flat_map(|x| down.iter().map(move |y| (x, y)))
        .map(|(x, y)| place(*x, *y))
        .collect()
}

/// Draws a text at the cheapest of its places, and lets later texts know.
fn put_text(
    block: &Block,
    places: &[Rect],
    color: plotters_backend::BackendColor,
    obstacles: &mut Obstacles,
    sheet: &mut Sheet<'_>,
) {
    if let Some(place) = obstacles.best(places) {
        sheet.text(block, place.left, place.top + block.ascent, color);
        obstacles.texts.push(place);
    }
}

/// The place of a text in a corner, beyond what stands there already.
fn in_corner(corner: Corner, (width, height): (f64, f64), bounds: &Rect, taken: &[Rect]) -> Rect {
    let left = match corner {
        Corner::TopLeft | Corner::BottomLeft => bounds.left,
        Corner::TopRight | Corner::BottomRight => bounds.right - width,
    };
    let from_top = matches!(corner, Corner::TopLeft | Corner::TopRight);
    let top = if from_top {
        bounds.top
    } else {
        bounds.bottom - height
    };
    let mut place = Rect {
        left,
        top,
        right: left + width,
        bottom: top + height,
    };
    while let Some(other) = taken.iter().find(|other| {
        other.left < place.right
            && place.left < other.right
            && other.top < place.bottom
            && place.top < other.bottom
    }) {
        let top = if from_top {
            other.bottom + STACK_GAP
        } else {
            other.top - STACK_GAP - height
        };
        place = Rect {
            top,
            bottom: top + height,
            ..place
        };
    }
    place
}

/// The corners that a legend may stand in; none if there is to be no legend.
fn legend_corners(place: LegendPlace) -> Option<&'static [Corner]> {
    match place {
        LegendPlace::Auto => Some(&[
            Corner::TopRight,
            Corner::TopLeft,
            Corner::BottomLeft,
            Corner::BottomRight,
        ]),
        LegendPlace::TopLeft => Some(&[Corner::TopLeft]),
        LegendPlace::TopRight => Some(&[Corner::TopRight]),
        LegendPlace::BottomLeft => Some(&[Corner::BottomLeft]),
        LegendPlace::BottomRight => Some(&[Corner::BottomRight]),
        LegendPlace::None => None,
    }
}

fn check_panel(panel: &XyPanel, part: &str) -> Result<(), PlotError> {
    let setting = |problem: String, remedy: &str| {
        Err(PlotError::Setting {
            part: part.to_owned(),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    if panel.series.is_empty() {
        return setting(
            "it has no series".to_owned(),
            "give at least one [[panels.series]]",
        );
    }
    for (name, axis) in [("x", &panel.x), ("y", &panel.y)] {
        let log = axis.scale == Scale::Log;
        if let Some([low, high]) = axis.range {
            if !(low < high && low.is_finite() && high.is_finite()) {
                return setting(
                    format!("the range [{low}, {high}] of {name} is empty"),
                    "give the lower end first",
                );
            }
            if log && low <= 0.0 {
                return setting(
                    format!("the range of {name} begins at {low}, but the axis is logarithmic"),
                    "begin above 0, or set `scale = \"linear\"`",
                );
            }
        }
        let bad_tick = axis
            .ticks
            .iter()
            .flatten()
            .find(|tick| !tick.is_finite() || log && **tick <= 0.0);
        if let Some(tick) = bad_tick {
            return setting(
                format!("{name} can't have a tick at {tick}"),
                "list values that the axis can show",
            );
        }
    }
    let log_at = |axis: AxisName| match axis {
        AxisName::X => panel.x.scale == Scale::Log,
        AxisName::Y => panel.y.scale == Scale::Log,
    };
    for band in &panel.bands {
        let ordered = band.from < band.to && band.from.is_finite() && band.to.is_finite();
        if !ordered || log_at(band.axis) && band.from <= 0.0 {
            return setting(
                format!("a band from {} to {} can't be shown", band.from, band.to),
                "give `from` below `to`, above 0 on a logarithmic axis",
            );
        }
    }
    for line in &panel.lines {
        if !line.at.is_finite() || log_at(line.axis) && line.at <= 0.0 {
            return setting(
                format!("a line at {} can't be shown", line.at),
                "give a finite value, above 0 on a logarithmic axis",
            );
        }
    }
    Ok(())
}

fn check_series(series: &Series, part: &str) -> Result<(), PlotError> {
    let setting = |problem: String, remedy: String| {
        Err(PlotError::Setting {
            part: part.to_owned(),
            problem,
            remedy,
        })
    };
    if let Some(color) = series.color.filter(|color| *color >= theme::COLORS) {
        return setting(
            format!("there is no colour {color}"),
            format!("give `color` from 0 to {}", theme::COLORS - 1),
        );
    }
    for (name, size) in [
        ("marker-size", series.marker_size),
        ("line-width", series.line_width),
    ] {
        if let Some(size) = size.filter(|size| !(0.05..=50.0).contains(size)) {
            return setting(
                format!("`{name}` is {size}"),
                "give a size in points from 0.05 to 50".to_owned(),
            );
        }
    }
    Ok(())
}
