//! Places on the page: points, rectangles, strokes. Lengths are in points (1/72 inch), y runs down.

/// Grid units to the point; the drawing library works with whole numbers of these units.
pub(crate) const GRID: f64 = 20.0;

/// Points to grid units.
pub(crate) fn grid(points: f64) -> i32 {
    (points * GRID).round() as i32
}

/// Resolution of the PNG files, in pixels per point: 300 to the inch.
const PIXELS_PER_POINT: f64 = 300.0 / 72.0;

/// How many pixels a length in points has.
pub(crate) fn pixels(points: f64) -> u32 {
    (points * PIXELS_PER_POINT).round() as u32
}

/// Points to a length in grid units.
pub(crate) fn length(points: f64) -> u32 {
    grid(points).unsigned_abs()
}

/// A point of the page.
pub(crate) type Spot = (f64, f64);

/// A point of the page on the grid.
pub(crate) fn on_grid((x, y): Spot) -> (i32, i32) {
    (grid(x), grid(y))
}

/// The distance between two points.
pub(crate) fn distance(from: Spot, to: Spot) -> f64 {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    (across * across + down * down).sqrt()
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    /// The rectangle with this upper left corner and this size.
    pub(crate) fn at(left: f64, top: f64, (width, height): (f64, f64)) -> Rect {
        Rect {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    }

    /// The square around a point with sides at this distance.
    pub(crate) fn around((x, y): Spot, half: f64) -> Rect {
        Rect::at(x - half, y - half, (2.0 * half, 2.0 * half))
    }

    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn middle(&self) -> Spot {
        (
            (self.left + self.right) / 2.0,
            (self.top + self.bottom) / 2.0,
        )
    }

    pub(crate) fn grown(&self, by: f64) -> Rect {
        Rect {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// The intersection with another rectangle.
    pub(crate) fn within(&self, other: &Rect) -> Rect {
        Rect {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub(crate) fn holds(&self, (x, y): Spot) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(crate) fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Two opposite corners on the grid.
    pub(crate) fn corners(&self) -> [(i32, i32); 2] {
        [
            on_grid((self.left, self.top)),
            on_grid((self.right, self.bottom)),
        ]
    }

    /// Length of the part of a stroke inside (Liang and Barsky 1984).
    pub(crate) fn length_inside(&self, [from, to]: [Spot; 2]) -> f64 {
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (direction, room) in [
            (-across, from.0 - self.left),
            (across, self.right - from.0),
            (-down, from.1 - self.top),
            (down, self.bottom - from.1),
        ] {
            if direction == 0.0 {
                if room < 0.0 {
                    return 0.0;
                }
            } else if direction < 0.0 {
                enter = enter.max(room / direction);
            } else {
                leave = leave.min(room / direction);
            }
        }
        (leave - enter).max(0.0) * distance(from, to)
    }
}

/// Space around a frame for its labels, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Margins {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_measured_inside_only() {
        let rect = Rect::at(10.0, 10.0, (10.0, 10.0));
        assert_eq!(rect.length_inside([(0.0, 15.0), (100.0, 15.0)]), 10.0);
        assert_eq!(rect.length_inside([(0.0, 5.0), (100.0, 5.0)]), 0.0);
        assert_eq!(rect.length_inside([(12.0, 12.0), (12.0, 14.0)]), 2.0);
    }
}
