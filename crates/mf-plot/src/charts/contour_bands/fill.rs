//! The surface between the nodes: flat triangles, and the parts of them above a level.
//!
//! A cell between four nodes is cut into four triangles that meet in its middle, where the surface has the mean of the
//! four values. So no diagonal is preferred, a saddle is unambiguous, and a plane is exact.

use crate::geometry::Spot;

/// A corner of a triangle: its place on the page and its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub(super) spot: Spot,
    pub(super) value: f64,
}

/// The triangles of a surface with nodes at `x` and `y` on the page, values row by row. All have the same orientation.
///
/// A cell with one missing value has the triangle of the other three; a cell with more missing values has none.
pub(super) fn triangles(x: &[f64], y: &[f64], values: &[f64]) -> Vec<[Corner; 3]> {
    let corner = |column: usize, row: usize| {
        let value = values.get(row * x.len() + column).copied()?;
        let spot = (*x.get(column)?, *y.get(row)?);
        Some(Corner { spot, value }).filter(|corner| !corner.value.is_nan())
    };
    let mut triangles = Vec::new();
    for row in 1..y.len() {
        for column in 1..x.len() {
            let ring: Vec<Corner> = [
                (column - 1, row - 1),
                (column, row - 1),
                (column, row),
                (column - 1, row),
            ]
            .into_iter()
            .filter_map(|(column, row)| corner(column, row))
            .collect();
            match *ring.as_slice() {
                [a, b, c] => triangles.push([a, b, c]),
                [a, b, c, d] => {
                    let middle = middle([a, b, c, d]);
                    let sides = [[a, b], [b, c], [c, d], [d, a]];
                    triangles.extend(sides.map(|[from, to]| [from, to, middle]));
                }
                _ => {}
            }
        }
    }
    triangles
}

fn middle(ring: [Corner; 4]) -> Corner {
    let mean = |of: fn(&Corner) -> f64| ring.iter().map(of).sum::<f64>() / 4.0;
    Corner {
        spot: (mean(|corner| corner.spot.0), mean(|corner| corner.spot.1)),
        value: mean(|corner| corner.value),
    }
}

/// The part of a triangle whose value is at least `level`: its corners, none if there is no such part.
pub(super) fn above(triangle: &[Corner; 3], level: f64) -> Vec<Spot> {
    let [a, b, c] = triangle;
    let mut spots = Vec::with_capacity(4);
    for (from, to) in [(a, b), (b, c), (c, a)] {
        if from.value >= level {
            spots.push(from.spot);
        }
        spots.extend(crossing(from, to, level));
    }
    spots
}

/// The line where the level crosses a triangle, with the part above on its right on the page; none if the level does
/// not cross it.
pub(super) fn boundary(triangle: &[Corner; 3], level: f64) -> Option<[Spot; 2]> {
    let [a, b, c] = triangle;
    let side = |from: &Corner, to: &Corner| Some((crossing(from, to, level)?, from.value >= level));
    let sides = [side(a, b), side(b, c), side(c, a)];
    let leaving = sides.iter().flatten().find(|(_, leaves)| *leaves)?;
    let entering = sides.iter().flatten().find(|(_, leaves)| !*leaves)?;
    Some([leaving.0, entering.0])
}

/// The point where the level crosses the side of a triangle. It is the same for both triangles of a side.
fn crossing(from: &Corner, to: &Corner, level: f64) -> Option<Spot> {
    let (inside, outside) = match (from.value >= level, to.value >= level) {
        (true, false) => (from, to),
        (false, true) => (to, from),
        _ => return None,
    };
    let part = (inside.value - level) / (inside.value - outside.value);
    let between = |inside: f64, outside: f64| inside + part * (outside - inside);
    Some((
        between(inside.spot.0, outside.spot.0),
        between(inside.spot.1, outside.spot.1),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums and quotients of a few numbers below 10.
    const ROUNDING: f64 = 1e-12;

    fn area(spots: &[Spot]) -> f64 {
        let next = spots.iter().cycle().skip(1);
        let twice: f64 = spots
            .iter()
            .zip(next)
            .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
            .sum();
        twice / 2.0
    }

    fn area_above(triangles: &[[Corner; 3]], level: f64) -> f64 {
        triangles
            .iter()
            .map(|triangle| area(&above(triangle, level)))
            .sum()
    }

    fn surface(x: &[f64], y: &[f64], of: impl Fn(f64, f64) -> f64) -> Vec<[Corner; 3]> {
        let values: Vec<f64> = y
            .iter()
            .flat_map(|y| x.iter().map(|x| of(*x, *y)).collect::<Vec<_>>())
            .collect();
        triangles(x, y, &values)
    }

    #[test]
    fn a_plane_has_the_exact_share_above_each_level() {
        let (x, y) = ([0.0, 0.3, 1.0, 1.5, 2.0], [0.0, 1.0, 4.0]);
        let triangles = surface(&x, &y, |x, _| x);
        for level in [-1.0, 0.0, 0.25, 0.3, 1.0, 1.9, 2.0, 3.0] {
            let share = (2.0 - f64::clamp(level, 0.0, 2.0)) * 4.0;
            let found = area_above(&triangles, level);
            assert!(
                (found - share).abs() < ROUNDING,
                "{level}: {found}, not {share}"
            );
        }
        // The half plane x + y >= 3 of the rectangle: all except a trapezium.
        let slanting = area_above(&surface(&x, &y, |x, y| x + y), 3.0);
        assert!((slanting - (8.0 - 4.0)).abs() < ROUNDING, "{slanting}");
    }

    #[test]
    fn a_saddle_has_the_mean_in_its_middle() {
        // Values 1, 0, 1, 0 around a square: the middle is 1/2. Above 1/2 are two triangles from corner to middle, cut
        // at the middles of the sides: half of each of the four triangles.
        let ends = [0.0, 1.0];
        let square = surface(&ends, &ends, |x, y| 1.0 - (x - y).abs());
        assert!((area_above(&square, 0.5) - 0.5).abs() < ROUNDING);
        // Just below, the two parts join through the middle.
        assert!(area_above(&square, 0.499) > 0.5);
    }

    #[test]
    fn one_missing_value_removes_half_a_cell_two_remove_all() {
        let ends = [0.0, 1.0];
        let hole = f64::NAN;
        let found = area_above(
            &triangles(&ends, &ends, &[hole, 0.0, 0.0, 0.0]),
            f64::NEG_INFINITY,
        );
        assert!((found - 0.5).abs() < ROUNDING);
        assert!(triangles(&ends, &ends, &[hole, 0.0, hole, 0.0]).is_empty());
    }

    #[test]
    fn a_level_crosses_a_triangle_once_or_not_at_all() {
        let triangles = surface(&[0.0, 1.0], &[0.0, 1.0], |x, _| x);
        let crossed = |level: f64| {
            triangles
                .iter()
                .filter_map(|t| boundary(t, level))
                .collect::<Vec<_>>()
        };
        let length: f64 = crossed(0.25).iter().map(|[a, b]| (a.1 - b.1).abs()).sum();
        assert!((length - 1.0).abs() < ROUNDING);
        assert!(
            crossed(0.25)
                .iter()
                .flatten()
                .all(|(x, _)| (x - 0.25).abs() < ROUNDING)
        );
        assert!(crossed(-1.0).is_empty() && crossed(2.0).is_empty());
    }
}
