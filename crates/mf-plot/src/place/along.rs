//! Names on lines: the place of a name along a line, and the gap of the line there.

use crate::geometry::{Rect, Spot, distance};
use crate::place::Obstacles;
use crate::text::Block;

/// Distance of the places that are tried, along the line.
const STEP: f64 = 2.0;
/// Clear space between a name and the two ends of the line next to it.
const GAP: f64 = 2.0;
/// Cost of a name that runs straight upward, relative to a horizontal one.
const STEEP: f64 = 40.0;
/// Cost of a bend, for each point of distance between the line and the middle of the name.
const BEND: f64 = 20.0;
/// Cost of a place at the end of the visible line, relative to its middle.
const OFF_MIDDLE: f64 = 10.0;

/// The place of a name on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OnLine {
    /// Middle of the name.
    pub(crate) middle: Spot,
    /// Its direction, a vector of length 1 that does not point left.
    pub(crate) direction: Spot,
    /// The start and the end of its gap, as lengths along the line.
    pub(crate) gap: [f64; 2],
}

/// A line with the length from its start to each of its corners.
struct Measured<'a> {
    spots: &'a [Spot],
    lengths: Vec<f64>,
}

impl<'a> Measured<'a> {
    fn new(spots: &'a [Spot]) -> Self {
        let mut at = 0.0;
        let steps = spots.iter().zip(spots.iter().skip(1)).map(|(from, to)| {
            at += distance(*from, *to);
            at
        });
        let lengths = std::iter::once(0.0).chain(steps).collect();
        Measured { spots, lengths }
    }

    fn length(&self) -> f64 {
        self.lengths.last().copied().unwrap_or(0.0)
    }

    /// The point at a length along the line.
    fn spot(&self, length: f64) -> Option<Spot> {
        let after = self.lengths.partition_point(|corner| *corner < length);
        let (to, end) = (*self.spots.get(after)?, *self.lengths.get(after)?);
        let Some(before) = after.checked_sub(1) else {
            return Some(to);
        };
        let (from, start) = (*self.spots.get(before)?, *self.lengths.get(before)?);
        let part = (length - start) / (end - start);
        Some((
            from.0 + part * (to.0 - from.0),
            from.1 + part * (to.1 - from.1),
        ))
    }
}

/// The best place for a name on a line, with its cost; none if no visible part of the line is as long as the name.
pub(crate) fn best(line: &[Spot], name: &Block, obstacles: &Obstacles) -> Option<(OnLine, f64)> {
    let measured = Measured::new(line);
    let half = name.width / 2.0 + GAP;
    let first = visible_from(&measured, &obstacles.bounds)? + half;
    let last = visible_to(&measured, &obstacles.bounds)? - half;
    let mut best: Option<(OnLine, f64)> = None;
    for step in 0..=((last - first) / STEP).max(-1.0).floor() as i64 {
        let at = first + step as f64 * STEP;
        let Some((place, bend)) = place(&measured, at, half) else {
            continue;
        };
        let off = ((at - first) / (last - first).max(STEP) - 0.5).abs() * 2.0;
        let covers = squares(&place, name).map(|square| obstacles.cost(&square));
        let cost = covers.sum::<f64>()
            + STEEP * (1.0 - place.direction.0)
            + BEND * bend
            + OFF_MIDDLE * off;
        if best.is_none_or(|(_, least)| cost < least) {
            best = Some((place, cost));
        }
    }
    best
}

/// The first length along a line whose point is in the bounds.
fn visible_from(line: &Measured<'_>, bounds: &Rect) -> Option<f64> {
    lengths(line).find(|at| line.spot(*at).is_some_and(|spot| bounds.holds(spot)))
}

/// The last length along a line whose point is in the bounds.
fn visible_to(line: &Measured<'_>, bounds: &Rect) -> Option<f64> {
    let visible = lengths(line).filter(|at| line.spot(*at).is_some_and(|spot| bounds.holds(spot)));
    visible.last()
}

fn lengths(line: &Measured<'_>) -> impl Iterator<Item = f64> + use<> {
    let length = line.length();
    (0..=(length / STEP).floor() as i64).map(|step| step as f64 * STEP)
}

/// The place of a name on the chord of the gap around a length, and the distance of the line from its middle.
fn place(line: &Measured<'_>, at: f64, half: f64) -> Option<(OnLine, f64)> {
    let gap = [at - half, at + half];
    let (from, to) = (line.spot(gap[0])?, line.spot(gap[1])?);
    let chord = distance(from, to);
    if chord == 0.0 {
        return None;
    }
    let (across, down) = ((to.0 - from.0) / chord, (to.1 - from.1) / chord);
    // Read from left to right, and straight upward rather than downward.
    let leftward = across < 0.0 || across == 0.0 && down > 0.0;
    let turn = if leftward { -1.0 } else { 1.0 };
    let chord_middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    let on_line = line.spot(at)?;
    // Half way between chord and line: there the name fills the gap of a bent line best.
    let middle = (
        (chord_middle.0 + on_line.0) / 2.0,
        (chord_middle.1 + on_line.1) / 2.0,
    );
    let along = OnLine {
        middle,
        direction: (turn * across, turn * down),
        gap,
    };
    Some((along, distance(on_line, middle)))
}

/// Upright squares that together cover a slanting name.
pub(crate) fn squares(place: &OnLine, name: &Block) -> impl Iterator<Item = Rect> + use<> {
    let half = name.cap_height() / 2.0 + 1.0;
    let count = (name.width / (2.0 * half)).ceil().max(1.0);
    let step = name.width / count;
    let OnLine {
        middle, direction, ..
    } = *place;
    (0..count as i64).map(move |index| {
        let along = (index as f64 + 0.5 - count / 2.0) * step;
        let (x, y) = (
            middle.0 + along * direction.0,
            middle.1 + along * direction.1,
        );
        Rect::around((x, y), half)
    })
}

/// A line without its gap: the part before it and the part after.
pub(crate) fn without_gap(line: &[Spot], [from, to]: [f64; 2]) -> [Vec<Spot>; 2] {
    let measured = Measured::new(line);
    let corners = || line.iter().copied().zip(measured.lengths.iter().copied());
    let before = corners().filter(|(_, at)| *at < from).map(|(spot, _)| spot);
    let after = corners().filter(|(_, at)| *at > to).map(|(spot, _)| spot);
    [
        before.chain(measured.spot(from)).collect(),
        measured.spot(to).into_iter().chain(after).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::set;

    fn free() -> Obstacles {
        Obstacles::none(Rect::at(0.0, 0.0, (100.0, 100.0)))
    }

    fn name() -> Block {
        set("6 *ξ*", 8.0).unwrap()
    }

    #[test]
    fn a_name_is_in_the_middle_of_a_straight_line_and_runs_to_the_right() {
        // Drawn from right to left, twice as long as the bounds; one unit of x for one of y.
        let line = [(150.0, -50.0), (-50.0, 150.0)];
        let (place, _) = best(&line, &name(), &free()).unwrap();
        assert!((place.middle.0 - 50.0).abs() <= STEP, "{place:?}");
        assert!((place.middle.0 + place.middle.1 - 100.0).abs() < 1e-9);
        let side = std::f64::consts::FRAC_1_SQRT_2;
        assert!((place.direction.0 - side).abs() < 1e-12);
        assert!((place.direction.1 + side).abs() < 1e-12);
    }

    #[test]
    fn a_name_does_not_cover_another_text() {
        let mut obstacles = free();
        obstacles.texts.push(Rect::at(30.0, 40.0, (40.0, 20.0)));
        let (name, line) = (name(), [(0.0, 50.0), (100.0, 50.0)]);
        let (place, _) = best(&line, &name, &obstacles).unwrap();
        let half = name.width / 2.0;
        assert!(place.middle.0 + half < 30.0 || place.middle.0 - half > 70.0);
    }

    #[test]
    fn a_line_shorter_than_the_name_has_no_place() {
        assert!(best(&[(50.0, 50.0), (53.0, 50.0)], &name(), &free()).is_none());
        assert!(best(&[(150.0, 50.0), (250.0, 50.0)], &name(), &free()).is_none());
    }

    #[test]
    fn a_gap_has_exactly_its_length() {
        let line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
        let [before, after] = without_gap(&line, [4.0, 13.0]);
        assert_eq!(before, [(0.0, 0.0), (4.0, 0.0)]);
        assert_eq!(after, [(10.0, 3.0), (10.0, 10.0)]);
    }
}
