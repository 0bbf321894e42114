//! Principal components of a layer's states.

use crate::error::{SimError, at_least};
use crate::hidden::Hidden;

/// The first principal components of some points.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// For each component, the coordinate of every point along it, in the units of the states' norm over `sqrt(width)`.
    pub scores: Vec<Vec<f64>>,
    /// For each component, its share of the variance of the points; 0 if the points are all equal.
    pub shares: Vec<f64>,
}

impl PrincipalComponents {
    /// The same components with signs that match those of another layer: for each, the sum over points of the products
    /// of its scores with that layer's scores is not negative. A component without a partner keeps its sign.
    pub fn aligned(mut self, other: &PrincipalComponents) -> Self {
        for (own, others) in self.scores.iter_mut().zip(&other.scores) {
            if dot(own, others) < 0.0 {
                own.iter_mut().for_each(|score| *score = -*score);
            }
        }
        self
    }
}

impl Hidden {
    /// The first `count` principal components of the points about their mean (fewer if there are fewer points).
    ///
    /// They come from the eigenvectors of the points' covariances `K` after removal of the mean over points: the scores
    /// of component `k` are `sqrt(lambda_k) e_k`. The sign is chosen so that the score of largest size is positive; of
    /// several scores of the same size (opposite points), the first.
    ///
    /// # Errors
    /// [`SimError`] if `count` is 0 or the states are not finite.
    pub fn principal_components(&self, count: usize) -> Result<PrincipalComponents, SimError> {
        at_least(1, "count", count)?;
        let points = self.points();
        let mut rows: Vec<Vec<f64>> = self
            .covariances()
            .chunks(points)
            .map(<[f64]>::to_vec)
            .collect();
        // First about the first point, then about the mean: equal points give exactly 0.
        about(&mut rows, |row| row.first().copied().unwrap_or(f64::NAN));
        about(&mut rows, |row| row.iter().sum::<f64>() / points as f64);
        let diagonal = rows.iter().enumerate().filter_map(|(a, row)| row.get(a));
        let total: f64 = diagonal.sum();
        let mut found = Some(rows)
            .filter(|_| total.is_finite())
            .and_then(|rows| eigen(rows, f64::EPSILON * total))
            .ok_or(SimError::Components { points })?;
        found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        found.truncate(count);
        // Rounding can make an eigenvalue negative.
        let share = |value: f64| {
            if total > 0.0 {
                value.max(0.0) / total
            } else {
                0.0
            }
        };
        let score = |(value, vector): &(f64, Vec<f64>)| {
            let scale = value.max(0.0).sqrt() * sign(vector);
            vector.iter().map(|x| scale * x).collect()
        };
        Ok(PrincipalComponents {
            scores: found.iter().map(score).collect(),
            shares: found.iter().map(|(value, _)| share(*value)).collect(),
        })
    }
}

/// Makes covariances about 0 into covariances about the origin that `origin` computes from a row: subtracted from each
/// row, then from each column.
fn about(rows: &mut [Vec<f64>], origin: impl Fn(&[f64]) -> f64) {
    let origins: Vec<f64> = rows.iter().map(|row| origin(row)).collect();
    for (row, own) in rows.iter_mut().zip(&origins) {
        row.iter_mut().for_each(|x| *x -= own);
    }
    // The matrix is symmetric, so column `b` has the origin of row `b`, minus the origin of the origins.
    let both = origin(&origins);
    for row in rows {
        let columns = row.iter_mut().zip(&origins);
        columns.for_each(|(x, other)| *x -= other - both);
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix, unordered: its rows are rotated, two at a time, until all are
/// orthogonal (one-sided Jacobi; Hestenes, J. SIAM 6, 1958). The rows of the identity, rotated in the same way, are
/// then the eigenvectors. Rows no longer than `noise` are left unchanged. It uses only products, sums and roots in a
/// fixed order: the same bits on every processor. `None` if it does not converge.
fn eigen(rows: Vec<Vec<f64>>, noise: f64) -> Option<Vec<(f64, Vec<f64>)>> {
    // A limit that is not reached: five to ten sweeps are enough, as convergence is quadratic.
    const SWEEPS: usize = 50;
    let points = rows.len();
    let unit = |a: usize| (0..points).map(|b| f64::from(a == b)).collect();
    let mut pairs: Vec<[Vec<f64>; 2]> =
        (0..).map(unit).zip(rows).map(|(e, row)| [row, e]).collect();
    let mut sweep = || {
        let mut rotated = false;
        for second in 1..points {
            let (before, rest) = pairs.split_at_mut(second);
            if let [b, ..] = rest {
                for a in before {
                    rotated |= rotate(a, b, noise);
                }
            }
        }
        rotated
    };
    (0..SWEEPS).any(|_| !sweep()).then(|| {
        let value = |[row, vector]: [Vec<f64>; 2]| (dot(&row, &vector), vector);
        pairs.into_iter().map(value).collect()
    })
}

/// Rotates two rows, and their eigenvectors, by the smaller angle that makes the rows orthogonal. Returns false, and
/// does nothing, if they are orthogonal or if one is noise.
fn rotate(a: &mut [Vec<f64>; 2], b: &mut [Vec<f64>; 2], noise: f64) -> bool {
    let ([row, _], [other, _]) = (&*a, &*b);
    let [mut aa, mut ab, mut bb] = [0.0_f64; 3];
    for (x, y) in row.iter().zip(other) {
        aa += x * x;
        ab += x * y;
        bb += y * y;
    }
    let rounding = f64::EPSILON * row.len() as f64;
    if aa.min(bb) <= noise * noise || ab.abs() <= rounding * (aa * bb).sqrt() {
        return false;
    }
    let slant = (bb - aa) / (2.0 * ab);
    let tangent = slant.signum() / (slant.abs() + (1.0 + slant * slant).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = cosine * tangent;
    for (x, y) in a.iter_mut().flatten().zip(b.iter_mut().flatten()) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
    true
}

/// The sign of the value of largest size; of several values that are equal to about single precision, of the first.
fn sign(row: &[f64]) -> f64 {
    let largest = row.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let close = (1.0 - 1e-6) * largest;
    let first = row.iter().find(|x| x.abs() >= close);
    first.map_or(1.0, |x| x.signum())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
