//! Sums over a half-infinite lattice, `S[f] = D sum_{j >= 0} f(T + j D)`, in a bounded number of operations.

use crate::gaussian::{FARTHEST, pdf, tail_moments};

/// `B_2r / (2r)!` for `r = 1, 2, ...`: the coefficients of Euler and Maclaurin.
const EULER_MACLAURIN: [f64; 11] = [
    0.08333333333333333,
    -0.001388888888888889,
    3.306878306878307e-5,
    -8.267195767195768e-7,
    2.08767569878681e-8,
    -5.284190138687493e-10,
    1.3382536530684679e-11,
    -3.3896802963225827e-13,
    8.586062056277845e-15,
    -2.174868698558062e-16,
    5.5090028283602295e-18,
];

/// The two sums that the uniform quantizer needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LatticeTail {
    /// `S[n]`, of the normal density.
    pub(crate) density: f64,
    /// `S[J_1]`, of `J_1(g) = ∫_g^∞ (z - g) n(z) dz`.
    pub(crate) overshoot: f64,
}

impl LatticeTail {
    /// Sums from `start >= 0` on with spacing `spacing > 0`.
    ///
    /// Euler-Maclaurin where its terms fall fast (`D <= 0.35` and `D T <= 1`: the eleventh is below `1e-16` of the
    /// sum), a direct sum elsewhere, where at most about forty terms matter.
    pub(crate) fn new(start: f64, spacing: f64) -> Self {
        if start > FARTHEST {
            return Self {
                density: 0.0,
                overshoot: 0.0,
            };
        }
        if spacing <= 0.35 && spacing * start <= 1.0 {
            Self::euler_maclaurin(start, spacing)
        } else {
            Self::direct(start, spacing)
        }
    }

    /// With `n^(-1) = -tail`, `n^(-2) = J_1`, `n^(-3) = -J_2 / 2` and `n^(m) = (-1)^m He_m n`:
    /// `S[n^(k)] = -n^(k-1)(T) + (D/2) n^(k)(T) - sum_r B_2r/(2r)! D^2r n^(k+2r-1)(T)`.
    fn euler_maclaurin(start: f64, spacing: f64) -> Self {
        let [tail, j1, j2] = tail_moments::<3>(start);
        let density = pdf(start);
        let square = spacing * spacing;
        let mut sums = Self {
            density: tail + 0.5 * spacing * density,
            overshoot: 0.5 * j2 + 0.5 * spacing * j1 + EULER_MACLAURIN[0] * square * tail,
        };
        // He_{2r-3} n and He_{2r-2} n; the overshoot is two derivatives behind the density.
        let (mut odd_before, mut odd, mut even) = (0.0, start * density, density);
        let mut power = square;
        for (r, coefficient) in EULER_MACLAURIN.iter().enumerate() {
            let scale = coefficient * power;
            sums.density += scale * odd;
            sums.overshoot += scale * odd_before;
            let order = (2 * r + 1) as f64;
            odd_before = odd;
            even = start * odd - order * even;
            odd = start * even - (order + 1.0) * odd;
            power *= square;
        }
        sums
    }

    fn direct(start: f64, spacing: f64) -> Self {
        let mut sums = Self {
            density: 0.0,
            overshoot: 0.0,
        };
        let mut j = 0.0;
        loop {
            let at = start + j * spacing;
            let density = pdf(at);
            sums.density += density;
            sums.overshoot += tail_moments::<2>(at)[1];
            if density <= f64::EPSILON * 1e-2 * sums.density {
                break;
            }
            j += 1.0;
        }
        Self {
            density: spacing * sums.density,
            overshoot: spacing * sums.overshoot,
        }
    }
}

/// `h sum n(k h)` over the integers `first <= k <= last`, either of which may be infinite, for `h <= 1/4`.
pub(crate) fn lattice_mass(first: f64, last: f64, h: f64) -> f64 {
    let beyond = |k: f64| LatticeTail::new(k * h, h).density;
    if last < first {
        0.0
    } else if first > 0.0 {
        beyond(first) - beyond(last + 1.0)
    } else if last < 0.0 {
        beyond(-last) - beyond(1.0 - first)
    } else {
        // The whole lattice sums to 1 + 2 sum_k exp(-2 pi^2 k^2 / h^2) = 1 in f64.
        1.0 - beyond(last + 1.0) - beyond(1.0 - first)
    }
}
