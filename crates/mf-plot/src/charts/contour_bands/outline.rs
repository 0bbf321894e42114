//! Joins many small pieces into few long ones: the outline of a union, and lines end to end.

use std::collections::BTreeMap;

use plotters_backend::BackendCoord;

/// The outlines of the union of polygons that touch only along whole sides. All have the same orientation.
///
/// A side that two polygons share occurs in both directions and is removed.
pub(super) fn union(polygons: impl Iterator<Item = Vec<BackendCoord>>) -> Vec<Vec<BackendCoord>> {
    let mut sides: BTreeMap<[BackendCoord; 2], usize> = BTreeMap::new();
    for polygon in polygons {
        let next = polygon.iter().cycle().skip(1);
        for (from, to) in polygon.iter().zip(next).filter(|(from, to)| from != to) {
            match sides.get_mut(&[*to, *from]) {
                Some(count) if *count > 0 => *count -= 1,
                _ => *sides.entry([*from, *to]).or_default() += 1,
            }
        }
    }
    let left = sides
        .into_iter()
        .flat_map(|(side, count)| std::iter::repeat_n(side, count));
    chains(left)
}

/// Joins directed pieces end to start. Corners on straight parts are removed; a closed chain ends at its start.
pub(super) fn chains(pieces: impl Iterator<Item = [BackendCoord; 2]>) -> Vec<Vec<BackendCoord>> {
    let mut onward: BTreeMap<BackendCoord, Vec<BackendCoord>> = BTreeMap::new();
    let mut surplus: BTreeMap<BackendCoord, i64> = BTreeMap::new();
    for [from, to] in pieces.filter(|[from, to]| from != to) {
        onward.entry(from).or_default().push(to);
        *surplus.entry(from).or_default() += 1;
        *surplus.entry(to).or_default() -= 1;
    }
    // Open chains begin where more pieces start than end; all others are closed.
    let open = surplus
        .into_iter()
        .flat_map(|(start, many)| std::iter::repeat_n(start, usize::try_from(many).unwrap_or(0)));
    let starts: Vec<BackendCoord> = open
        .chain(onward.keys().copied().collect::<Vec<_>>())
        .collect();
    let mut chains = Vec::new();
    for start in starts {
        loop {
            let mut chain = vec![start];
            let mut at = start;
            while let Some(next) = onward.get_mut(&at).and_then(Vec::pop) {
                chain.push(next);
                at = next;
                if at == start {
                    break;
                }
            }
            if chain.len() == 1 {
                break;
            }
            let open_end = at != start;
            chains.push(straightened(chain));
            if open_end {
                break;
            }
        }
    }
    chains
}

/// The same line without corners on its straight parts.
fn straightened(line: Vec<BackendCoord>) -> Vec<BackendCoord> {
    let mut kept: Vec<BackendCoord> = Vec::with_capacity(line.len());
    for spot in line {
        if let [.., before, last] = kept.as_slice()
            && goes_on(*before, *last, spot)
        {
            kept.pop();
        }
        kept.push(spot);
    }
    kept
}

fn goes_on(a: BackendCoord, b: BackendCoord, c: BackendCoord) -> bool {
    let step = |from: BackendCoord, to: BackendCoord| {
        (
            i128::from(to.0) - i128::from(from.0),
            i128::from(to.1) - i128::from(from.1),
        )
    };
    let (first, second) = (step(a, b), step(b, c));
    let turn = first.0 * second.1 - first.1 * second.0;
    let along = first.0 * second.0 + first.1 * second.1;
    turn == 0 && along > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_side_by_side_become_one_outline() {
        let square = |x: i32| vec![(x, 0), (x + 10, 0), (x + 10, 10), (x, 10)];
        let outlines = union([square(0), square(10), square(20)].into_iter());
        assert_eq!(outlines, [[(0, 0), (30, 0), (30, 10), (0, 10), (0, 0)]]);
    }

    #[test]
    fn a_hole_is_a_separate_outline() {
        let square = |x: i32, y: i32| vec![(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        let ring = (0..9)
            .filter(|place| *place != 4)
            .map(|place| square(place % 3, place / 3));
        let outlines = union(ring);
        assert_eq!(outlines.len(), 2);
        assert!(
            outlines
                .iter()
                .all(|outline| outline.len() == 5 && outline.first() == outline.last())
        );
    }

    #[test]
    fn a_polygon_without_area_leaves_nothing() {
        let none: Vec<Vec<BackendCoord>> = Vec::new();
        assert_eq!(
            union([vec![(0, 0), (5, 5)], vec![(1, 1)], Vec::new()].into_iter()),
            none
        );
    }

    #[test]
    fn pieces_in_any_order_become_a_line() {
        let pieces = [
            [(2, 0), (2, 5)],
            [(0, 0), (1, 0)],
            [(1, 0), (2, 0)],
            [(2, 5), (2, 5)],
        ];
        assert_eq!(chains(pieces.into_iter()), [[(0, 0), (2, 0), (2, 5)]]);
    }
}
