//! Finds places for texts: of several candidates, the one that covers the least.

pub(crate) mod along;

use crate::geometry::{Rect, Spot, distance};

/// Objects that a text should not cover.
pub(crate) struct Obstacles {
    /// The area for texts.
    pub(crate) bounds: Rect,
    /// Other texts.
    pub(crate) texts: Vec<Rect>,
    /// Points of data.
    pub(crate) dots: Vec<Rect>,
    /// Lines of data and reference lines.
    pub(crate) strokes: Vec<[Spot; 2]>,
}

/// Cost of leaving the bounds.
const OUTSIDE: f64 = 1e6;
/// Cost of touching another text.
pub(crate) const TEXT: f64 = 1e4;
/// Cost of covering a point.
const DOT: f64 = 30.0;
/// Cost of covering a line, per point of its length.
const STROKE: f64 = 3.0;
/// Cost of each ring farther away from the point of a name.
const STEP: f64 = 4.0;
/// Clear space around every text.
const CLEARANCE: f64 = 1.0;
/// A distance outside the bounds that counts as rounding error.
const SLACK: f64 = 1e-6;
/// Distances of a name from the edge of its point, in the order of trial; all except the first have a leader.
const RINGS: [f64; 7] = [1.8, 6.0, 10.0, 15.0, 21.0, 28.0, 36.0];
/// How many times all names are placed again, each with the places of all others known.
const ROUNDS: usize = 3;

impl Obstacles {
    /// No obstacles within these bounds.
    pub(crate) fn none(bounds: Rect) -> Self {
        Obstacles {
            bounds,
            texts: Vec::new(),
            dots: Vec::new(),
            strokes: Vec::new(),
        }
    }

    /// The cost of a text at this place; 0 if it covers nothing.
    pub(crate) fn cost(&self, place: &Rect) -> f64 {
        let bounds = self.bounds.grown(SLACK);
        let outside = place.left < bounds.left
            || place.right > bounds.right
            || place.top < bounds.top
            || place.bottom > bounds.bottom;
        let place = place.grown(CLEARANCE);
        let texts = self
            .texts
            .iter()
            .filter(|text| text.overlaps(&place))
            .count();
        let dots = self.dots.iter().filter(|dot| dot.overlaps(&place)).count();
        let strokes: f64 = self
            .strokes
            .iter()
            .map(|stroke| place.length_inside(*stroke))
            .sum();
        f64::from(u8::from(outside)) * OUTSIDE
            + texts as f64 * TEXT
            + dots as f64 * DOT
            + strokes * STROKE
    }

    /// The cheapest of the candidates; the first of several equal ones.
    pub(crate) fn best(&self, candidates: &[Rect]) -> Option<Rect> {
        let costs = candidates.iter().map(|place| (self.cost(place), *place));
        costs
            .reduce(|best, next| if next.0 < best.0 { next } else { best })
            .map(|(_, place)| place)
    }
}

/// A point and the size of its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) spot: Spot,
    pub(crate) radius: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The place of a name, and the leader to its point if it is farther away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamePlace {
    pub(crate) place: Rect,
    pub(crate) leader: Option<[Spot; 2]>,
}

/// Places for all names so that none touches another; the error is the index of the first name without a place.
pub(crate) fn names(named: &[Named], obstacles: &Obstacles) -> Result<Vec<NamePlace>, usize> {
    let mut places: Vec<Option<NamePlace>> = vec![None; named.len()];
    for _ in 0..ROUNDS {
        for (index, name) in named.iter().enumerate() {
            let others: Vec<NamePlace> = places
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .filter_map(|(_, place)| *place)
                .collect();
            let best = candidates(name)
                .map(|candidate| {
                    (
                        name_cost(&candidate.1, candidate.0, &others, obstacles),
                        candidate.1,
                    )
                })
                .reduce(|best, next| if next.0 < best.0 { next } else { best });
            if let (Some(slot), Some((_, place))) = (places.get_mut(index), best) {
                *slot = Some(place);
            }
        }
    }
    let places: Vec<NamePlace> = places.into_iter().flatten().collect();
    for (index, name) in places.iter().enumerate() {
        let others = places
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        let touches = others
            .map(|(_, other)| other.place)
            .chain(obstacles.texts.iter().copied());
        if touches.into_iter().any(|other| other.overlaps(&name.place)) {
            return Err(index);
        }
    }
    Ok(places)
}

/// Places around a point, ring by ring, with the number of the ring.
fn candidates(name: &Named) -> impl Iterator<Item = (usize, NamePlace)> + '_ {
    // Directions from the point to the nearest edge or corner of the text.
    const SIDES: [(f64, f64); 8] = [
        (1.0, 0.0),
        (-1.0, 0.0),
        (0.7, -0.7),
        (0.7, 0.7),
        (-0.7, -0.7),
        (-0.7, 0.7),
        (0.0, -1.0),
        (0.0, 1.0),
    ];
    RINGS.iter().enumerate().flat_map(move |(ring, gap)| {
        SIDES.iter().map(move |(across, down)| {
            let reach = name.radius + gap;
            let towards = |side: f64| if side == 0.0 { 0.0 } else { side.signum() };
            let middle_x = name.spot.0 + across * reach + towards(*across) * name.width / 2.0;
            let middle_y = name.spot.1 + down * reach + towards(*down) * name.height / 2.0;
            let (left, top) = (middle_x - name.width / 2.0, middle_y - name.height / 2.0);
            let place = Rect::at(left, top, (name.width, name.height));
            let leader = (ring > 0).then(|| leader(name, &place));
            (ring, NamePlace { place, leader })
        })
    })
}

/// A line from the edge of the point to just before the nearest part of the name.
fn leader(name: &Named, place: &Rect) -> [Spot; 2] {
    let near = (
        name.spot.0.clamp(place.left, place.right),
        name.spot.1.clamp(place.top, place.bottom),
    );
    let (across, down) = (near.0 - name.spot.0, near.1 - name.spot.1);
    let length = distance(name.spot, near);
    let at = |distance: f64| {
        (
            name.spot.0 + across / length * distance,
            name.spot.1 + down / length * distance,
        )
    };
    [at(name.radius + 0.6), at(length - 0.8)]
}

fn name_cost(name: &NamePlace, ring: usize, others: &[NamePlace], obstacles: &Obstacles) -> f64 {
    let place = name.place.grown(CLEARANCE);
    let touched = others
        .iter()
        .filter(|other| other.place.overlaps(&place))
        .count();
    let crossed: f64 = others
        .iter()
        .filter_map(|other| other.leader)
        .map(|leader| place.length_inside(leader))
        .sum();
    let leader: f64 = name.leader.map_or(0.0, |leader| {
        let texts = others
            .iter()
            .map(|other| &other.place)
            .chain(&obstacles.texts);
        let dots = obstacles
            .dots
            .iter()
            .map(|dot| dot.length_inside(leader))
            .sum::<f64>();
        texts.map(|text| text.length_inside(leader)).sum::<f64>() + dots
    });
    obstacles.cost(&name.place)
        + touched as f64 * TEXT
        + (crossed + leader) * DOT
        + ring as f64 * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Rect {
        Rect::at(0.0, 0.0, (100.0, 100.0))
    }

    #[test]
    fn crowded_names_do_not_touch() {
        let named: Vec<Named> = (0..9)
            .map(|place| Named {
                spot: (50.0 + f64::from(place), 50.0),
                radius: 2.0,
                width: 14.0,
                height: 6.0,
            })
            .collect();
        let obstacles = Obstacles::none(page());
        let places = names(&named, &obstacles).unwrap();
        for (index, a) in places.iter().enumerate() {
            assert!(
                places
                    .iter()
                    .skip(index + 1)
                    .all(|b| !a.place.overlaps(&b.place))
            );
        }
    }

    #[test]
    fn too_many_names_are_an_error() {
        let named = vec![
            Named {
                spot: (50.0, 50.0),
                radius: 2.0,
                width: 80.0,
                height: 40.0
            };
            5
        ];
        let obstacles = Obstacles::none(page());
        assert!(names(&named, &obstacles).is_err());
    }
}
