//! Putting the legend and names where they cover the least.

use plotters_backend::BackendColor;

use crate::along::{self, OnLine};
use crate::annotate::{
    Ground, corner_bounds, draw_notes, in_corner, line_ends, note_places, places_in, put_text,
};
use crate::canvas::{Pen, Rect, Sheet, grid};
use crate::data::Sample;
use crate::error::PlotError;
use crate::legend::Legend;
use crate::markup;
use crate::place::{self, Named, Obstacles, Spot};
use crate::plane::Plane;
use crate::spec::{AxisName, Corner, LegendPlace};
use crate::text::Block;
use crate::theme;
use crate::xy::draw::{band_area, on_page};
use crate::xy::{Layer, XyChart, visible};

/// A name in its place on a line.
pub(super) struct NameOnLine<'a> {
    /// The layer, and which piece of its line between gaps.
    pub(super) layer: usize,
    pub(super) run: usize,
    pub(super) place: OnLine,
    name: &'a Block,
    color: BackendColor,
}

impl XyChart<'_> {
    /// The data, as what texts should not cover.
    pub(super) fn obstacles(&self, plane: &Plane) -> Obstacles {
        let mut obstacles = Obstacles {
            bounds: plane.inside(),
            texts: Vec::new(),
            dots: Vec::new(),
            strokes: Vec::new(),
        };
        for layer in &self.layers {
            if layer.pen.is_some() {
                for run in layer.runs() {
                    let spots = on_page(&run, plane);
                    obstacles.strokes.extend(
                        spots
                            .iter()
                            .zip(spots.iter().skip(1))
                            .map(|(from, to)| [*from, *to]),
                    );
                }
            }
            if let Some(dot) = &layer.dot {
                let visible = layer.curve.points().filter(|sample| visible(plane, sample));
                obstacles.dots.extend(
                    visible.map(|sample| square(plane.spot(sample.x, sample.y), dot.size / 2.0)),
                );
            }
        }
        let marked = self.content.marked.iter();
        let spots = marked.map(|(x, y)| square(plane.spot(*x, *y), theme::NODE_SIZE / 2.0));
        obstacles.dots.extend(spots);
        obstacles.strokes.extend(self.error_bars(plane));
        let lines = self
            .content
            .lines
            .iter()
            .filter_map(|line| line_ends(line.axis, line.at, plane));
        obstacles.strokes.extend(lines);
        obstacles
    }

    /// Places for the names that stand on lines; later texts keep off them.
    pub(super) fn names_on_lines(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
    ) -> Result<Vec<NameOnLine<'_>>, PlotError> {
        obstacles.texts = note_places(self.content.notes, plane, self.fonts)?;
        let mut placed = Vec::new();
        for (layer_index, layer) in self.layers.iter().enumerate() {
            let (Some(name), Some(pen)) = (&layer.line_name, &layer.pen) else {
                continue;
            };
            let seen = |sample: &Sample| visible(plane, sample);
            if !layer.curve.points().any(seen) {
                continue;
            }
            let runs = layer.runs().enumerate();
            let points = layer.dot.map(|dot| dot.size / 2.0);
            let best = runs
                .filter_map(|(run, samples)| {
                    along::best(&on_page(&samples, plane), name, points, obstacles)
                        .map(|(place, cost)| (run, place, cost))
                })
                .reduce(|best, next| if next.2 < best.2 { next } else { best })
                .filter(|(_, _, cost)| *cost < place::TEXT);
            let Some((run, place, _)) = best else {
                return Err(PlotError::Setting {
                    part: format!("the name \"{}\"", name.plain),
                    problem: "its line has no room for it that another text does not take"
                        .to_owned(),
                    remedy:
                        "make the figure larger, shorten the name, or set `label-at = \"legend\"`"
                            .to_owned(),
                });
            };
            obstacles.texts.extend(along::squares(&place, name));
            placed.push(NameOnLine {
                layer: layer_index,
                run,
                place,
                name,
                color: pen.color,
            });
        }
        Ok(placed)
    }

    pub(super) fn draw_names_on_lines(&self, names: &[NameOnLine<'_>], sheet: &mut Sheet<'_>) {
        for on_line in names {
            let (color, halo) = match self.content.ground {
                Ground::Paper => (theme::for_letters(on_line.color), theme::PAPER),
                Ground::Color => (theme::PAPER, theme::INK),
            };
            let OnLine {
                middle, direction, ..
            } = on_line.place;
            sheet.text_along(on_line.name, middle, direction, color, (halo, theme::HALO));
        }
    }

    /// Notes and the legend.
    pub(super) fn draw_corners(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let stack = draw_notes(self.content.notes, plane, sheet)?;
        if let (Some(legend), Some(corners)) = (
            Legend::new(&self.entries),
            legend_corners(self.content.legend),
        ) {
            let bounds = corner_bounds(plane);
            let places: Vec<Rect> = corners
                .iter()
                .map(|corner| in_corner(*corner, legend.size(), &bounds, &stack))
                .collect();
            if let Some(place) = obstacles.best(&places) {
                obstacles.texts.push(place);
                sheet.area(&place.grown(2.0), theme::PAPER, theme::VEIL);
                legend.draw(&place, sheet);
            }
        }
        Ok(())
    }

    pub(super) fn draw_band_names(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        for band in self.content.bands {
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

    pub(super) fn draw_point_names(
        &self,
        plane: &Plane,
        obstacles: &mut Obstacles,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let mut named = Vec::new();
        let mut blocks = Vec::new();
        for layer in &self.layers {
            let radius = layer.dot.map_or(0.0, |dot| dot.size / 2.0);
            for sample in layer.curve.points().filter(|sample| visible(plane, sample)) {
                let Some(name) = &sample.name else { continue };
                let block = self.fonts.set(&markup::escape(name), theme::TEXT)?;
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
    pub(super) fn draw_end_names(
        &self,
        plane: &Plane,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), PlotError> {
        let mut ends: Vec<(Spot, &Block, &Layer)> = Vec::new();
        for layer in &self.layers {
            let last = layer
                .curve
                .points()
                .rev()
                .find(|sample| visible(plane, sample));
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

fn square((x, y): Spot, half: f64) -> Rect {
    Rect {
        left: x - half,
        top: y - half,
        right: x + half,
        bottom: y + half,
    }
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
