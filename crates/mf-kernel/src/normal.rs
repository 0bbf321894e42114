//! Normal random numbers, fast: as many at once as a vector of the machine holds.
//!
//! They come from random bits by Box and Muller's transform (1958) in f32,
//!
//! ```text
//! r = sqrt(-2 ln u),   u on (0, 1] in steps of 2^-31;   (r cos t, r sin t),   t uniform on the circle in steps of 2^-31 turns,
//! ```
//!
//! with polynomials for the logarithm (Cephes `logf`) and for sine and cosine (minimax, absolute error below 1e-7).
//! The largest possible number is `sqrt(-2 ln 2^-32) = 6.66`; a normal number is beyond that once in 3.6e10. Every operation
//! is correctly rounded (add, multiply, fused multiply-add, square root), so the numbers are the same everywhere.

use crate::Row;
use crate::random::{Random, STREAMS};

impl Random {
    /// Fills rows with normal numbers of standard deviation `scale`.
    #[inline(always)]
    pub fn normal(&mut self, scale: f32, rows: &mut [Row]) {
        for row in rows {
            let radii = self.bits();
            let angles = self.bits();
            let mut pairs = ([0.0; STREAMS], [0.0; STREAMS]);
            for stream in 0..STREAMS {
                let (cosine, sine) = pair(radii[stream], angles[stream], scale);
                pairs.0[stream] = cosine;
                pairs.1[stream] = sine;
            }
            let (cosines, sines) = row.split_at_mut(STREAMS);
            cosines.copy_from_slice(&pairs.0);
            sines.copy_from_slice(&pairs.1);
        }
    }
}

/// A pair of normal numbers from 64 bits (Box and Muller).
#[inline(always)]
fn pair(radius: u32, angle: u32, scale: f32) -> (f32, f32) {
    const PER_STEP: f32 = 1.0 / (1_u32 << 31) as f32;
    let uniform = ((radius >> 1) as i32 as f32 + 0.5) * PER_STEP;
    let length = scale * (-2.0 * logarithm(uniform)).max(0.0).sqrt();
    // The angle covers the half circle where the cosine is positive; the bit that `uniform` does not use chooses the
    // half.
    let length = f32::from_bits(length.to_bits() ^ (radius << 31));
    let turn = (angle as i32) as f32 * (0.5 * PER_STEP);
    let square = turn * turn;
    (length * cosine(square), length * (turn * sine(square)))
}

/// `ln(u)` for normal `u` in `(0, 1]`, to about one unit of the last place.
#[inline(always)]
fn logarithm(u: f32) -> f32 {
    const ROOT_HALF: i32 = 0x3f35_04f3;
    let bits = u.to_bits() as i32;
    let exponent = bits.wrapping_sub(ROOT_HALF) >> 23;
    let x = f32::from_bits(bits.wrapping_sub(exponent << 23) as u32) - 1.0;
    let exponent = exponent as f32;
    let p = 7.037_683_6e-2_f32;
    let p = p.mul_add(x, -1.151_461e-1);
    let p = p.mul_add(x, 1.167_699_9e-1);
    let p = p.mul_add(x, -1.242_014_1e-1);
    let p = p.mul_add(x, 1.424_932_3e-1);
    let p = p.mul_add(x, -1.666_805_8e-1);
    let p = p.mul_add(x, 2.000_071_5e-1);
    let p = p.mul_add(x, -2.499_999_4e-1);
    let p = p.mul_add(x, 3.333_333e-1);
    let square = x * x;
    let rest = (p * x).mul_add(square, -0.5 * square);
    exponent.mul_add(std::f32::consts::LN_2, rest + x)
}

/// `sin(pi t) / t` for `|t| <= 1/2`, from `t^2`.
#[inline(always)]
fn sine(square: f32) -> f32 {
    let p = 7.765_591e-2_f32;
    let p = p.mul_add(square, -5.982_904e-1);
    let p = p.mul_add(square, 2.550_077_4);
    let p = p.mul_add(square, -5.167_71);
    p.mul_add(square, std::f32::consts::PI)
}

/// `cos(pi t)` for `|t| <= 1/2`, from `t^2`.
#[inline(always)]
fn cosine(square: f32) -> f32 {
    let p = 2.196_824_2e-1_f32;
    let p = p.mul_add(square, -1.331_873);
    let p = p.mul_add(square, 4.058_411);
    let p = p.mul_add(square, -4.934_793);
    p.mul_add(square, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LANES, Purpose};

    fn rows(count: usize, seed: u64, place: [usize; 3]) -> Vec<Row> {
        let mut rows = vec![[0.0; LANES]; count];
        Random::new(seed, Purpose::Weight, place).normal(1.0, &mut rows);
        rows
    }

    /// 4,194,304 numbers from 1,024 tiles, as a layer of width 2048 draws them.
    fn many() -> Vec<f64> {
        let tiles = (0..1024).flat_map(|tile| rows(LANES, 11, [3, tile / 32, tile % 32]));
        tiles.flatten().map(f64::from).collect()
    }

    /// Sample means of 30 or so fixed draws are compared: 4.5 standard errors have a false alarm rate of 7e-6 each.
    const STANDARD_ERRORS: f64 = 4.5;

    /// With the widest vectors of the machine and without any.
    #[test]
    fn vectors_do_not_change_a_bit() {
        let mut random = Random::new(5, Purpose::Weight, [1, 2, 3]);
        let mut wide = vec![[0.0; LANES]; 1000];
        pulp::Arch::new().dispatch(|| random.normal(1.0, &mut wide));
        assert_eq!(wide, rows(1000, 5, [1, 2, 3]));
    }

    #[test]
    fn moments_up_to_the_eighth() {
        let numbers = many();
        let count = numbers.len() as f64;
        // E[z^k] for k = 0 .. 16: (k - 1)!! for even k.
        let exact = |k: usize| -> f64 {
            if k % 2 == 1 {
                0.0
            } else {
                (1..k).step_by(2).map(|i| i as f64).product()
            }
        };
        let power = |x: f64, k: usize| (0..k).fold(1.0, |product, _| product * x);
        for k in 1..=8 {
            let mean = numbers.iter().map(|x| power(*x, k)).sum::<f64>() / count;
            let error = ((exact(2 * k) - exact(k) * exact(k)) / count).sqrt();
            assert!(
                (mean - exact(k)).abs() < STANDARD_ERRORS * error,
                "moment {k}: {mean}"
            );
        }
    }

    #[test]
    fn the_distribution_is_normal() {
        let mut numbers = many();
        let count = numbers.len() as f64;
        numbers.sort_by(f64::total_cmp);
        let distance = numbers
            .iter()
            .enumerate()
            .fold(0.0_f64, |most, (index, x)| {
                let cdf = mf_core::gaussian::cdf(*x);
                most.max((cdf - index as f64 / count).abs())
                    .max((cdf - (index + 1) as f64 / count).abs())
            });
        // Kolmogorov's distribution: sqrt(n) D is above 2.3 once in 20,000 samples.
        assert!(distance * count.sqrt() < 2.3, "distance {distance}");
    }

    #[test]
    fn tails_have_their_weight() {
        let numbers = many();
        for threshold in [3.0, 4.0, 4.5] {
            let beyond = numbers.iter().filter(|x| x.abs() > threshold).count() as f64;
            let expected = 2.0 * mf_core::gaussian::upper_tail(threshold) * numbers.len() as f64;
            let distance = (beyond - expected).abs();
            assert!(
                distance < STANDARD_ERRORS * expected.sqrt(),
                "{beyond} beyond {threshold}"
            );
        }
        // The farthest pair: u = 2^-32, sqrt(-2 ln u) = 6.66043688.
        let (x, y) = pair(0, 0, 1.0);
        assert!((x - 6.660437).abs() < 1e-5 && y == 0.0, "({x}, {y})");
    }

    #[test]
    fn pairs_agree_with_libm() {
        // Steps of a prime number of units run through all of the bits.
        for step in 0..200_000_u32 {
            let (radius, angle) = (
                step.wrapping_mul(2_654_435_761),
                step.wrapping_mul(40_503_001),
            );
            let (x, y) = pair(radius, angle, 1.0);
            let uniform = (f64::from(radius >> 1) + 0.5) / f64::from(1_u32 << 31);
            let half = if radius & 1 == 0 { 1.0 } else { -1.0 };
            let length = half * (-2.0 * libm::log(uniform)).max(0.0).sqrt();
            let turn = f64::from(angle as i32) / f64::from(1_u32 << 31) / 2.0;
            let (sine, cosine) = libm::sincos(std::f64::consts::PI * turn);
            // The polynomials' 1e-7 of a radius of up to 6.7, and f32's rounding of `u` near 1, where the radius is small
            // and its square is off by 2^-24.
            let allowed = 1.5e-6 + 1.2e-7 / length.abs().max(1e-3);
            assert!(
                (f64::from(x) - length * cosine).abs() < allowed,
                "{radius} {angle}"
            );
            assert!(
                (f64::from(y) - length * sine).abs() < allowed,
                "{radius} {angle}"
            );
        }
    }

    /// The mean of `f(x, y)` over pairs is within its error of 0, where `f` has mean 0 and variance `variance`.
    fn assert_no_mean(
        what: &str,
        pairs: impl Iterator<Item = (f32, f32)>,
        variance: f64,
        f: impl Fn(f64, f64) -> f64,
    ) {
        let (mut sum, mut count) = (0.0, 0.0);
        for (x, y) in pairs {
            sum += f(f64::from(x), f64::from(y));
            count += 1.0;
        }
        let error: f64 = sum / (count * variance).sqrt();
        assert!(
            error.abs() < STANDARD_ERRORS,
            "{what}: {error} standard errors"
        );
    }

    #[test]
    fn neighbours_are_independent() {
        const ROWS: usize = 16_384;
        let one = rows(ROWS, 5, [0, 0, 0]);
        let flat = |rows: &[Row]| rows.iter().flatten().copied().collect::<Vec<_>>();
        let first = flat(&one);
        let others = [
            ("another seed", flat(&rows(ROWS, 6, [0, 0, 0]))),
            ("another layer", flat(&rows(ROWS, 5, [1, 0, 0]))),
            ("another panel of outputs", flat(&rows(ROWS, 5, [0, 1, 0]))),
            ("another panel of inputs", flat(&rows(ROWS, 5, [0, 0, 1]))),
            ("the next lane", first.iter().skip(1).copied().collect()),
            (
                "the other of a pair",
                first.iter().skip(STREAMS).copied().collect(),
            ),
            ("the next row", first.iter().skip(LANES).copied().collect()),
            (
                "two rows on",
                first.iter().skip(2 * LANES).copied().collect(),
            ),
        ];
        for (what, other) in &others {
            let pairs = || first.iter().copied().zip(other.iter().copied());
            assert_no_mean(what, pairs(), 1.0, |x, y| x * y);
            assert_no_mean(what, pairs(), 4.0, |x, y| (x * x - 1.0) * (y * y - 1.0));
        }
    }
}
