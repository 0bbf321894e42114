//! Products of many pairs of inputs of the same variance: a table, for kernel matrices.
//!
//! `E[f(x) f(y)]` has an infinite slope in `C` at 1 where `f` has steps, but it is smooth in the angle `t = acos C`:
//! there it starts as `E[f^2] - k t`, and it varies on the scale of the distance between neighbouring thresholds. So
//! polynomials on pieces of the angle, shorter where it varies faster, give it in a few dozen operations for any number
//! of levels.

use super::Response;
use std::f64::consts::PI;

/// Number of nodes of a piece.
const NODES: usize = 16;

/// `E[f(x) f(y)]` for one response, to `1e-12` of `E[f^2]`, from -1 to 1.
///
/// ```
/// use mf_core::{Activation, StepActivation, activation::ProductTable};
///
/// // Signs: (2/pi) asin(C), up to C = 1 where the slope is infinite.
/// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
/// let table = ProductTable::new(&sign.response(1.0));
/// for c in [-0.7, 0.1, 0.999999, 1.0_f64] {
///     assert!((table.product(c) - 2.0 / std::f64::consts::PI * c.asin()).abs() < 1e-12);
/// }
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ProductTable {
    pieces: Vec<Piece>,
}

/// A polynomial on an interval of the angle, by its values at nodes.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    nodes: Nodes,
    products: [f64; NODES],
}

/// The nodes of a polynomial on an interval of the angle `t = acos C` (Berrut and Trefethen, SIAM Review 46, 2004).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Nodes {
    pub(crate) until: f64,
    /// `C` at the nodes.
    pub(crate) correlations: [f64; NODES],
    angles: [f64; NODES],
    weights: [f64; NODES],
}

impl ProductTable {
    /// The table of a response: some hundred of its products, each as costly as [`Response::product`].
    ///
    /// ```
    /// use mf_core::{Activation, Erf, activation::ProductTable};
    ///
    /// // The error function at unit variance: (2/pi) asin(2 C / 3).
    /// let table = ProductTable::new(&Erf.response(1.0));
    /// assert!((table.product(0.75) - 1.0 / 3.0).abs() < 1e-12);
    /// ```
    pub fn new<R: Response>(response: &R) -> Self {
        let mut table = Self { pieces: Vec::new() };
        table.add(response, 0.0, PI);
        table
    }

    /// `E[f(x) f(y)]`; NaN unless `-1 <= C <= 1`.
    ///
    /// ```
    /// use mf_core::{Activation, Relu, activation::ProductTable};
    ///
    /// // Opposite inputs: one of the two is 0.
    /// let table = ProductTable::new(&Relu.response(1.0));
    /// assert!(table.product(-1.0).abs() < 1e-12 && table.product(1.1).is_nan());
    /// ```
    pub fn product(&self, correlation: f64) -> f64 {
        let angle = libm::acos(correlation);
        let place = self
            .pieces
            .partition_point(|piece| piece.nodes.until < angle);
        let piece = self.pieces.get(place).or(self.pieces.last());
        piece.map_or(f64::NAN, |piece| piece.value(angle))
    }

    /// Adds the pieces from one angle to another, halved until a piece agrees with the response between its nodes.
    fn add<R: Response>(&mut self, response: &R, from: f64, until: f64) {
        const TOLERANCE: f64 = 3e-13;
        // Below this width, cosines are too close to 1 to give different angles.
        const NARROWEST: f64 = 1e-5;
        let piece = Piece::new(response, from, until);
        let off = |part: f64| {
            let correlation = libm::cos(from + part * (until - from));
            let product = response.product(response, correlation);
            (piece.value(libm::acos(correlation)) - product).abs()
        };
        let off = [0.03, 0.27, 0.51, 0.83].map(off);
        let allowed = TOLERANCE * response.mean_square();
        if off.iter().all(|off| *off <= allowed) || until - from < NARROWEST {
            self.pieces.push(piece);
        } else {
            let middle = 0.5 * (from + until);
            self.add(response, from, middle);
            self.add(response, middle, until);
        }
    }
}

impl Piece {
    fn new<R: Response>(response: &R, from: f64, until: f64) -> Self {
        let nodes = Nodes::new(from, until);
        let products = nodes.correlations.map(|c| response.product(response, c));
        Self { nodes, products }
    }

    fn value(&self, angle: f64) -> f64 {
        self.nodes.value(angle, self.products.iter())
    }
}

impl Nodes {
    /// Chebyshev points, both ends included; the angles are computed from the rounded correlations.
    pub(crate) fn new(from: f64, until: f64) -> Self {
        let correlations: [f64; NODES] = std::array::from_fn(|k| {
            let height = libm::cos(PI * k as f64 / (NODES - 1) as f64);
            libm::cos(0.5 * (from + until) - 0.5 * (until - from) * height)
        });
        let angles = correlations.map(libm::acos);
        let half = 0.25 * (until - from);
        let weight = |angle: f64| {
            let others = angles.iter().filter(|other| **other != angle);
            1.0 / others.map(|other| (angle - other) / half).product::<f64>()
        };
        Self {
            until,
            correlations,
            angles,
            weights: angles.map(weight),
        }
    }

    /// The polynomial that has these values at the nodes.
    pub(crate) fn value<'a>(&self, angle: f64, values: impl Iterator<Item = &'a f64>) -> f64 {
        let (mut above, mut below) = (0.0, 0.0);
        let nodes = self.angles.iter().zip(&self.weights).zip(values);
        for ((node, weight), value) in nodes {
            if *node == angle {
                return *value;
            }
            let share = weight / (angle - node);
            above += share * value;
            below += share;
        }
        above / below
    }
}
