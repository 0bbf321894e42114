//! Kernels of inputs of one norm, as functions of their correlation.

use super::error::KernelError;
use super::layer::KernelLayer;
use super::network::KernelNetwork;
use crate::activation::{Activation, Nodes};
use crate::parameter::ParameterError;
use std::f64::consts::PI;

/// The kernels of the outputs of a network for inputs of mean square 1, after some numbers of layers.
///
/// Where all inputs have one norm, every entry of a kernel matrix is one function of the correlation of its two inputs. So some
/// hundred pairs give matrices of any size: polynomials on pieces of the angle `acos C`, halved until they agree between their nodes with
/// the recursion to `1e-9` of the kernel of equal inputs (where that is infinite, of their covariance or of the largest value of the
/// piece). The functions of deep networks have ever steeper slopes towards equal inputs, so that the table ends at a least angle.
///
/// ```
/// use mf_core::{Relu, kernel::{KernelNetwork, KernelTable, Tangent}};
///
/// // The tangent kernel of a rectifier: after 50 layers it is nearly the same for all pairs.
/// let network = KernelNetwork::chain(&Relu, 2.0_f64.sqrt(), 0.0)?.with_tangents(&[Tangent::Exact]);
/// let table = KernelTable::new(&network, &[1, 50], 0.1)?;
/// let spread = |place| {
///     let [near, far] = [0.9, 0.1].map(|c| table.tangent(place, 0, c) / table.tangent(place, 0, 1.0));
///     near - far
/// };
/// assert!(spread(0) > 0.5 && spread(1) < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct KernelTable {
    pieces: Vec<Piece>,
    /// Of an input with itself: for each number of layers `K`, then every `Theta`.
    equal: Vec<f64>,
    /// `K` and the number of tangent kernels.
    kernels: usize,
    least_angle: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Piece {
    nodes: Nodes,
    /// For each number of `equal` its values at the nodes.
    values: Vec<Vec<f64>>,
}

impl KernelTable {
    /// The kernels after these rising numbers of layers (of a network of blocks: of blocks), for pairs with angles from `least_angle` to
    /// pi.
    ///
    /// # Errors
    /// [`KernelError::Layers`] unless the numbers of layers rise and are above 0; [`KernelError::Parameter`] unless `least_angle` is
    /// above 0 and at most 1; [`KernelError::Variance`].
    pub fn new<A: Activation>(
        network: &KernelNetwork<'_, A>,
        layers: &[usize],
        least_angle: f64,
    ) -> Result<Self, KernelError> {
        if !(least_angle > 0.0 && least_angle <= 1.0) {
            return Err(ParameterError {
                name: "the least angle",
                value: least_angle,
                allowed: "a number above 0, up to 1",
            }
            .into());
        }
        let mut before = 0;
        for &layers in layers {
            if layers <= before {
                return Err(KernelError::Layers { layers, before });
            }
            before = layers;
        }
        // Two inputs: equal ones are the first with itself.
        let mut layer = network.start(&[1.0, 1.0])?;
        let mut stack = Vec::with_capacity(before + 1);
        for _ in 0..before {
            let next = layer.next()?;
            stack.push(std::mem::replace(&mut layer, next));
        }
        stack.push(layer);
        let recursion = Recursion {
            network,
            layers,
            stack,
        };
        let mut table = Self {
            pieces: Vec::new(),
            equal: recursion.kernels([0, 0], 1.0)?,
            kernels: 1 + network.tangents.len(),
            least_angle,
        };
        table.add(&recursion, least_angle, PI)?;
        Ok(table)
    }

    /// `K` of two inputs of this correlation, after the number of layers at this place of the list; NaN where the table has none.
    pub fn covariance(&self, place: usize, correlation: f64) -> f64 {
        self.value(place * self.kernels, correlation)
    }

    /// The tangent kernel at this place of the network's, as [`KernelTable::covariance`]. At correlation 1 it is that of equal inputs.
    pub fn tangent(&self, place: usize, tangent: usize, correlation: f64) -> f64 {
        self.value(place * self.kernels + 1 + tangent, correlation)
    }

    fn value(&self, index: usize, correlation: f64) -> f64 {
        if correlation == 1.0 {
            return self.equal.get(index).copied().unwrap_or(f64::NAN);
        }
        let angle = libm::acos(correlation);
        if angle.is_nan() || angle < self.least_angle {
            return f64::NAN;
        }
        let place = self
            .pieces
            .partition_point(|piece| piece.nodes.until < angle);
        let piece = self.pieces.get(place).or(self.pieces.last());
        piece.map_or(f64::NAN, |piece| piece.value(angle, index))
    }

    /// Adds the pieces from one angle to another.
    fn add<A: Activation>(
        &mut self,
        recursion: &Recursion<'_, A>,
        from: f64,
        until: f64,
    ) -> Result<(), KernelError> {
        const TOLERANCE: f64 = 1e-9;
        // A function that is not smooth would be halved for ever.
        const NARROWEST: f64 = 1e-6;
        let nodes = Nodes::new(from, until);
        let mut values = vec![Vec::with_capacity(nodes.correlations.len()); self.equal.len()];
        for correlation in nodes.correlations {
            let found = recursion.kernels([0, 1], correlation)?;
            for (values, value) in values.iter_mut().zip(found) {
                values.push(value);
            }
        }
        let piece = Piece { nodes, values };
        let mut agrees = true;
        for part in [0.03, 0.27, 0.51, 0.83] {
            let correlation = libm::cos(from + part * (until - from));
            let angle = libm::acos(correlation);
            let right = recursion.kernels([0, 1], correlation)?;
            for (index, (right, equal)) in right.iter().zip(&self.equal).enumerate() {
                let scale = if equal.is_finite() {
                    *equal
                } else {
                    self.covariance(index / self.kernels, 1.0)
                        .max(piece.largest(index))
                };
                agrees &= (piece.value(angle, index) - right).abs() <= TOLERANCE * scale;
            }
        }
        if agrees || until - from < NARROWEST {
            self.pieces.push(piece);
            Ok(())
        } else {
            let middle = 0.5 * (from + until);
            self.add(recursion, from, middle)?;
            self.add(recursion, middle, until)
        }
    }
}

impl Piece {
    /// The largest size at a node.
    fn largest(&self, index: usize) -> f64 {
        let values = self.values.get(index).into_iter().flatten();
        values.fold(0.0, |most, value| most.max(value.abs()))
    }

    fn value(&self, angle: f64, index: usize) -> f64 {
        let values = self.values.get(index).into_iter().flatten();
        self.nodes.value(angle, values)
    }
}

/// The layers of a network on two inputs.
struct Recursion<'n, A: Activation> {
    network: &'n KernelNetwork<'n, A>,
    layers: &'n [usize],
    stack: Vec<KernelLayer<'n, A>>,
}

impl<A: Activation> Recursion<'_, A> {
    /// `K` and every `Theta` of the outputs of a pair of this correlation, for each number of layers.
    fn kernels(&self, pair: [usize; 2], correlation: f64) -> Result<Vec<f64>, KernelError> {
        let start = self.network.row(pair[0], &[correlation])?;
        let mut covariance = start.covariances.first().copied().unwrap_or(f64::NAN);
        let tangents = start.tangents.iter().flatten();
        let mut tangents: Vec<f64> = tangents.copied().collect();
        let mut found = Vec::with_capacity(self.layers.len() * (1 + tangents.len()));
        let pairs = self.stack.iter().zip(self.stack.iter().skip(1));
        for (layers, (layer, next)) in (1_usize..).zip(pairs) {
            covariance = layer.advance_pair(pair, covariance, &mut tangents);
            if self.layers.binary_search(&layers).is_ok() {
                let mut outputs = tangents.clone();
                found.push(next.output_pair(pair, covariance, &mut outputs));
                found.extend(outputs);
            }
        }
        Ok(found)
    }
}
