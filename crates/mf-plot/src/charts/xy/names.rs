//! Places the legend and the names where they cover the least.

use plotters::element::PathElement;

use crate::canvas::elements::{Slanted, label, stroke};
use crate::canvas::plane::{Page, Plane};
use crate::charts::xy::plot::{Plot, band_corners, on_page};
use crate::error::PlotError;
use crate::geometry::{Rect, on_grid};
use crate::parts::legend::{Entry, Legend};
use crate::parts::notes::{corner_bounds, draw_veil, in_corner, line_ends, places_in, put_text};
use crate::place::along::{self, OnLine};
use crate::place::{self, Named, Obstacles};
use crate::spec::{AxisName, Corner, LegendPlace};
use crate::text::{self, Block, markup};
use crate::theme;

/// A name with its place on a line.
pub(super) struct NameOnLine<'a> {
    /// The layer, and the index of the piece of its line between gaps.
    pub(super) layer: usize,
    pub(super) run: usize,
    pub(super) place: OnLine,
    name: &'a Block,
}

impl Plot<'_> {
    /// The data as obstacles, which texts should not cover.
    pub(super) fn obstacles(&self, plane: &Plane<'_>) -> Obstacles {
        let mut obstacles = Obstacles::none(plane.inside());
        for layer in &self.layers {
            for run in layer.runs().filter(|_| layer.pen.is_some()) {
                let spots = on_page(&run, plane);
                let steps = spots.iter().zip(spots.iter().skip(1));
                let strokes = steps.map(|(from, to)| [*from, *to]);
                obstacles.strokes.extend(strokes);
            }
            if let Some(dot) = &layer.dot {
                let spots = layer
                    .visible(plane)
                    .map(|sample| plane.spot(sample.x, sample.y));
                let squares = spots.map(|spot| Rect::around(spot, dot.size / 2.0));
                obstacles.dots.extend(squares);
            }
            let errors = layer.errors(plane);
            let errors = errors.map(|(sample, ends)| ends.map(|y| plane.spot(sample.x, y)));
            obstacles.strokes.extend(errors);
        }
        let marked = self.content.marked.iter();
        let squares = marked.map(|(x, y)| Rect::around(plane.spot(*x, *y), theme::NODE_SIZE / 2.0));
        obstacles.dots.extend(squares);
        let lines = self.content.lines.iter();
        let lines = lines.filter_map(|line| line_ends(line, plane));
        obstacles.strokes.extend(lines);
        obstacles
    }

    /// Places for the names on lines; they become obstacles for later texts.
    pub(super) fn names_on_lines(
        &self,
        plane: &Plane<'_>,
        obstacles: &mut Obstacles,
    ) -> Result<Vec<NameOnLine<'_>>, PlotError> {
        let mut placed = Vec::new();
        for (layer_index, layer) in self.layers.iter().enumerate() {
            let Some(name) = &layer.line_name else {
                continue;
            };
            if layer.visible(plane).next().is_none() {
                continue;
            }
            let runs = layer.runs().enumerate();
            let best = runs
                .filter_map(|(run, samples)| {
                    along::best(&on_page(&samples, plane), name, obstacles)
                        .map(|(place, cost)| (run, place, cost))
                })
                .reduce(|best, next| if next.2 < best.2 { next } else { best })
                .filter(|(_, _, cost)| *cost < place::TEXT);
            let Some((run, place, _)) = best else {
                return Err(PlotError::Setting {
                    part: format!("the name \"{}\"", name.plain),
                    problem: "its line has no free space for it".to_owned(),
                    remedy: "make the figure larger, or shorten the name".to_owned(),
                });
            };
            obstacles.texts.extend(along::squares(&place, name));
            placed.push(NameOnLine {
                layer: layer_index,
                run,
                place,
                name,
            });
        }
        Ok(placed)
    }

    pub(super) fn draw_names_on_lines(
        &self,
        names: &[NameOnLine<'_>],
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        for on_line in names {
            page.draw(&Slanted {
                block: on_line.name.clone(),
                middle: on_grid(on_line.place.middle),
                direction: on_line.place.direction,
                color: theme::PAPER,
                halo: theme::INK,
            })?;
        }
        Ok(())
    }

    /// Draws the legend where it covers the least.
    pub(super) fn draw_legend(
        &self,
        entries: &[Entry],
        plane: &Plane<'_>,
        obstacles: &mut Obstacles,
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        let (Some(legend), Some(corners)) =
            (Legend::new(entries), legend_corners(self.content.legend))
        else {
            return Ok(());
        };
        let bounds = corner_bounds(plane);
        let corners = corners.iter();
        let mut places: Vec<Rect> = corners
            .map(|corner| in_corner(*corner, legend.extent(), &bounds, &obstacles.texts))
            .collect();
        if self.content.legend == LegendPlace::Auto {
            places.extend(across(&bounds, legend.extent()));
        }
        if let Some(place) = obstacles.best(&places) {
            obstacles.texts.push(place);
            draw_veil(&place.grown(2.0), page)?;
            legend.draw(&place, page)?;
        }
        Ok(())
    }

    pub(super) fn draw_band_names(
        &self,
        plane: &Plane<'_>,
        obstacles: &mut Obstacles,
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        for band in self.content.bands {
            let Some(label) = &band.label else { continue };
            let block = text::set(label, theme::TEXT)?;
            let [from, to] = band_corners(band, plane);
            let area = plane.rect([from.0, to.0], [from.1, to.1]);
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
            put_text(&block, &places, theme::SOFT_INK, obstacles, page)?;
        }
        Ok(())
    }

    pub(super) fn draw_point_names(
        &self,
        plane: &Plane<'_>,
        obstacles: &mut Obstacles,
        page: &Page<'_>,
    ) -> Result<(), PlotError> {
        let mut named = Vec::new();
        let mut blocks = Vec::new();
        for layer in &self.layers {
            let radius = layer.dot.map_or(0.0, |dot| dot.size / 2.0);
            for sample in layer.visible(plane) {
                let Some(name) = &sample.name else { continue };
                let block = text::set(&markup::escape(name), theme::TEXT)?;
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
            problem: "there is no free space for it next to its point".to_owned(),
            remedy: "make the figure larger, shorten the names, or name fewer points with `where`"
                .to_owned(),
        })?;
        for leader in places.iter().filter_map(|place| place.leader) {
            let pen = stroke(theme::SOFT_INK, theme::LEADER_WIDTH);
            page.draw(&PathElement::new(leader.map(on_grid).to_vec(), pen))?;
        }
        for (block, name) in blocks.iter().zip(&places) {
            let baseline = name.place.top + block.cap_height();
            page.draw(&label(block, name.place.left, baseline, theme::INK))?;
            obstacles.texts.push(name.place);
        }
        Ok(())
    }
}

/// Places for a legend of this size all over the frame, for a frame without a free corner.
fn across(bounds: &Rect, (width, height): (f64, f64)) -> impl Iterator<Item = Rect> + use<> {
    const STEPS: i32 = 12;
    let bounds = *bounds;
    let part = |step: i32| f64::from(step) / f64::from(STEPS);
    (0..=STEPS).flat_map(move |down| {
        (0..=STEPS).map(move |across| {
            let left = bounds.left + part(across) * (bounds.width() - width);
            let top = bounds.top + part(down) * (bounds.height() - height);
            Rect::at(left, top, (width, height))
        })
    })
}

/// The corners that are allowed for a legend; none if there is no legend.
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
