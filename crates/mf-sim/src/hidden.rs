//! The hidden states of a layer, and measurements on them.

use mf_kernel::{Ahead, LANES, Row, Rows, Tile, lanes, multiply, transpose};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Pre-activations of all points in one layer: `points` rows of `width` units.
///
/// They are stored in panels of 64 units; within a panel, point after point. The last panel may have fewer units than
/// lanes: the numbers in its other lanes have no meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Hidden {
    points: usize,
    width: usize,
    rows: Vec<Row>,
}

impl Hidden {
    /// States of 0.
    pub(crate) fn zeros(points: usize, width: usize) -> Self {
        let rows = vec![[0.0; LANES]; points * width.div_ceil(LANES)];
        Self {
            points,
            width,
            rows,
        }
    }

    /// Number of points, at least 1.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Number of units, at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The state of one unit for one point.
    ///
    /// # Panics
    /// If there is no such point or unit, like an index into a slice.
    pub fn value(&self, point: usize, unit: usize) -> f32 {
        assert!(
            point < self.points && unit < self.width,
            "point {point}, unit {unit} of a layer"
        );
        self.rows[unit / LANES * self.points + point][unit % LANES]
    }

    /// All units of one point.
    ///
    /// # Panics
    /// If there is no such point, like an index into a slice.
    pub fn row(&self, point: usize) -> Vec<f32> {
        (0..self.width)
            .map(|unit| self.value(point, unit))
            .collect()
    }

    /// The mean square over points and units, which the theory calls `Q`.
    pub fn variance(&self) -> f64 {
        let sum: f64 = (0..self.points)
            .map(|point| self.product(point, point))
            .sum();
        sum / (self.points as f64 * self.width as f64)
    }

    /// `(1/width) sum_i u_i(a) u_i(b)`: the covariance of two points, about the exact mean 0. For `a = b` the variance
    /// of one point.
    ///
    /// # Panics
    /// If there is no such point, like an index into a slice.
    pub fn covariance(&self, a: usize, b: usize) -> f64 {
        self.product(a, b) / self.width as f64
    }

    /// The covariance of two points divided by the square root of the product of their variances; NaN if one variance
    /// is 0.
    ///
    /// # Panics
    /// If there is no such point, like an index into a slice.
    pub fn correlation(&self, a: usize, b: usize) -> f64 {
        self.product(a, b) / (self.product(a, a) * self.product(b, b)).sqrt()
    }

    /// The covariances of all pairs, row after row. Sums over 64 units are f32, sums over panels f64.
    pub fn covariances(&self) -> Vec<f64> {
        let points = self.points;
        let mut table = self.covariances_up_to_diagonal();
        for a in 0..points {
            for b in 0..a {
                table[b * points + a] = table[a * points + b];
            }
        }
        table
    }

    /// Like [`Hidden::covariances`], but only the entries up to the diagonal of each row are computed.
    pub(crate) fn covariances_up_to_diagonal(&self) -> Vec<f64> {
        let points = self.points;
        let mut table = vec![0.0; points * points];
        let groups = table.par_chunks_mut(LANES * points).enumerate();
        groups.for_each(|(group, table)| {
            Arch::new().dispatch(Covariances {
                hidden: self,
                first: group * LANES,
                table,
            });
        });
        table
    }

    /// Units in use of each panel, with its rows.
    pub(crate) fn panels(&self) -> impl Iterator<Item = (usize, &[Row])> {
        self.rows
            .chunks(self.points)
            .enumerate()
            .map(|(panel, rows)| (lanes(self.width, panel), rows))
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn rows_mut(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// Sets the units of one point. Values beyond the width are ignored; units without a value stay as they are.
    pub(crate) fn set_row(&mut self, point: usize, values: impl Iterator<Item = f32>) {
        for (unit, value) in values.take(self.width).enumerate() {
            self.rows[unit / LANES * self.points + point][unit % LANES] = value;
        }
    }

    /// `(1/width) sum_i u_i v_i` with other states `v` of the same point.
    pub(crate) fn covariance_with(&self, other: &Self, point: usize) -> f64 {
        let (hidden, b) = (self, point);
        let product = Product {
            hidden,
            a: point,
            other,
            b,
        };
        Arch::new().dispatch(product) / self.width as f64
    }

    /// The sum of `u_i(a) u_i(b)` in f64, one sum for each lane; products of f32 are exact in f64.
    fn product(&self, a: usize, b: usize) -> f64 {
        let (hidden, other) = (self, self);
        Arch::new().dispatch(Product {
            hidden,
            a,
            other,
            b,
        })
    }
}

/// The sum of `u_i(a) v_i(b)`.
struct Product<'a> {
    hidden: &'a Hidden,
    a: usize,
    other: &'a Hidden,
    b: usize,
}

impl WithSimd for Product<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut sums = [0.0; LANES];
        for ((units, rows), (_, others)) in self.hidden.panels().zip(self.other.panels()) {
            let pairs = rows[self.a][..units].iter().zip(&others[self.b][..units]);
            for (sum, (x, y)) in sums.iter_mut().zip(pairs) {
                *sum += f64::from(*x) * f64::from(*y);
            }
        }
        sums.iter().sum()
    }
}

/// Covariances of the points from `first` on with those up to them, for [`LANES`] rows of the table.
struct Covariances<'a> {
    hidden: &'a Hidden,
    first: usize,
    table: &'a mut [f64],
}

impl WithSimd for Covariances<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let points = self.hidden.points;
        let count = self.table.len() / points;
        let until = self.first + count;
        let width = self.hidden.width as f64;
        let mut square: Tile = [[0.0; LANES]; LANES];
        let mut transposed = square;
        let mut partial: Vec<Row> = vec![[0.0; LANES]; until];
        let mut sums = vec![[0.0_f64; LANES]; until];
        for (units, rows) in self.hidden.panels() {
            // Units by points, so that points are side by side in vectors.
            square[..count].copy_from_slice(&rows[self.first..until]);
            transpose(&square, &mut transposed);
            partial.fill([0.0; LANES]);
            let (a, b) = (Rows(&rows[..until]), &transposed[..units]);
            multiply(simd, a, b, &mut partial, &mut Ahead::new(None));
            for (sums, partial) in sums.iter_mut().zip(&partial) {
                for lane in 0..LANES {
                    sums[lane] += f64::from(partial[lane]);
                }
            }
        }
        for (lane, row) in self.table.chunks_mut(points).enumerate() {
            for (value, sums) in row.iter_mut().zip(&sums) {
                *value = sums[lane] / width;
            }
        }
    }
}
