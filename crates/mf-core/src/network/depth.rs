//! How many blocks until a given share of a signal is left.
//!
//! With `h_l` the share of the branch in the stream after block `l` the correlation moves by `c' = c - h_l g(c)`, `g(c)
//! = c - Mhat(c)`; `h_l` is 1 in a chain, `a / (1 + a)` in post-norm, `1 / (k + l + 1)` in pre-norm, `k = K_0 / a`. A
//! small `c - C*` is multiplied by `1 - h_l (1 - chi)`. In pre-norm the logarithm of the product,
//!
//! ```text
//! sum_{l < L} ln(1 - delta / (k + l + 1)),   delta = 1 - chi,
//! ```
//!
//! is summed up to `l = 64` and then by Euler and Maclaurin's formula, to the last digits at every `k`, `L` and
//! `delta`.

use super::products::Products;
use crate::quadrature::panels;
use crate::root::bracketed;

/// How many blocks are followed one by one.
pub const FOLLOWED: u64 = 100_000;

/// How the shares of stream and branch change from block to block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Recursion {
    /// They stay the same.
    Even {
        /// The share of the stream in its next state.
        stream: f64,
        /// The share of the branch.
        branch: f64,
    },
    /// The stream grows from `k` branches on.
    Growing(f64),
}

/// The signal whose loss is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// A small one, with `1 - chi`.
    Small(f64),
    /// That of two inputs.
    From {
        /// Their correlation.
        start: f64,
        /// `C*`.
        fixed_point: f64,
    },
}

impl Recursion {
    /// The shares of stream and branch in block `l`, from 0.
    fn shares(self, l: f64) -> (f64, f64) {
        match self {
            Self::Even { stream, branch } => (stream, branch),
            Self::Growing(k) => {
                let after = k + l + 1.0;
                ((k + l) / after, 1.0 / after)
            }
        }
    }

    /// The correlation after block `l`. Where the branch agrees with the stream it stays the same, exactly.
    pub(super) fn next(self, l: u64, c: f64, products: &Products) -> f64 {
        let image = products.value(c);
        let (stream, branch) = self.shares(l as f64);
        if image == c {
            c
        } else {
            stream * c + branch * image
        }
    }

    /// The logarithm of the share of a small signal after `blocks`.
    pub(super) fn log_left(self, delta: f64, blocks: u64) -> f64 {
        match self {
            Self::Even { branch, .. } => blocks as f64 * libm::log1p(-branch * delta),
            Self::Growing(k) => {
                let first = blocks.min(SUMMED);
                let head: f64 = (0..first).map(|l| loss(k + l as f64 + 1.0, delta)).sum();
                head + many(k + first as f64 + 1.0, (blocks - first) as f64, delta)
            }
        }
    }

    /// The blocks after the first `from` in which the shares of the branch sum to `sum`, where they are small.
    fn blocks_for(self, sum: f64, from: f64) -> f64 {
        match self {
            Self::Even { branch, .. } => sum / branch,
            // sum 1 / (k + l + 1) is a logarithm, by the midpoint rule.
            Self::Growing(k) => (k + from + 0.5) * libm::expm1(sum),
        }
    }
}

/// The number of losses that are summed one by one.
const SUMMED: u64 = 64;

/// `ln(1 - delta / x)`.
fn loss(x: f64, delta: f64) -> f64 {
    libm::log1p(-delta / x)
}

/// `sum_{l < n} ln(1 - delta / (x + l))` for `x >= 65` and `0 <= delta <= 1`.
fn many(x: f64, n: f64, delta: f64) -> f64 {
    // (2r)! / B_2r / (2r - 2)!, r = 1, 2, 3: for odd derivatives of the logarithm, (2r - 2)! / x^(2r - 1).
    const CORRECTIONS: [(i32, f64); 3] = [(1, 12.0), (3, -360.0), (5, 1260.0)];
    let end = x + n;
    // The antiderivative is x ln(1 - delta/x) + delta - delta ln(x - delta), the first two together a series.
    let series = |x: f64| {
        let ratio = delta / x;
        let terms = (2..12).rev();
        -delta * terms.fold(0.0, |sum, j| (sum + 1.0 / f64::from(j)) * ratio)
    };
    let integral = series(end) - series(x) - delta * libm::log1p(n / (x - delta));
    // 1/(x - delta)^p - 1/x^p, without cancellation.
    let derivative = |x: f64, p: i32| {
        let (near, far) = (1.0 / (x - delta), 1.0 / x);
        let power = |base: f64, p: i32| (0..p).fold(1.0, |product, _| product * base);
        let terms = (0..p).map(|j| power(near, p - 1 - j) * power(far, j));
        delta * near * far * terms.sum::<f64>()
    };
    let corrections = CORRECTIONS
        .iter()
        .map(|&(p, divisor)| (derivative(end, p) - derivative(x, p)) / divisor);
    integral + 0.5 * (loss(x, delta) - loss(end, delta)) + corrections.sum::<f64>()
}

/// The least number of blocks after which no more than `share` of the signal is left.
pub(super) fn blocks_until(
    recursion: Recursion,
    products: &Products,
    signal: Signal,
    share: f64,
) -> f64 {
    match signal {
        Signal::Small(delta) => small(recursion, delta, libm::log(share)),
        Signal::From { start, fixed_point } => {
            let goal = share * (start - fixed_point).abs();
            let mut c = start;
            for l in 0..FOLLOWED {
                c = recursion.next(l, c, products);
                if (c - fixed_point).abs() <= goal {
                    return (l + 1) as f64;
                }
            }
            let (_, h) = recursion.shares(FOLLOWED as f64);
            let sum = slow_time(products, c - fixed_point, goal, fixed_point, h);
            (FOLLOWED as f64 + recursion.blocks_for(sum, FOLLOWED as f64)).ceil()
        }
    }
}

/// For a small signal.
fn small(recursion: Recursion, delta: f64, goal: f64) -> f64 {
    const LARGEST: f64 = 700.0;
    let k = match recursion {
        Recursion::Even { branch, .. } => return (goal / libm::log1p(-branch * delta)).ceil(),
        Recursion::Growing(k) => k,
    };
    let mut sum = 0.0;
    for l in 0..SUMMED {
        sum += loss(k + l as f64 + 1.0, delta);
        if sum <= goal {
            return (l + 1) as f64;
        }
    }
    let rest =
        |log_blocks: f64| sum + many(k + SUMMED as f64 + 1.0, libm::exp(log_blocks), delta) - goal;
    if rest(LARGEST) > 0.0 {
        f64::INFINITY
    } else {
        (SUMMED as f64 + libm::exp(bracketed(rest, 0.0, LARGEST))).ceil()
    }
}

/// The sum of the shares `h` until `|c - C*|` has fallen from `from` to `to`, for small `h`: the integral of `dc / (g
/// (1 + h g' / 2))`, as steps of `-h g` follow the flow of `-g - h g g' / 2` to second order.
fn slow_time(products: &Products, from: f64, to: f64, fixed_point: f64, h: f64) -> f64 {
    const WIDEST: f64 = 0.25;
    let inverse_rate = |log_distance: f64| {
        let distance = libm::exp(log_distance).copysign(from);
        let c = fixed_point + distance;
        let rate = (c - products.value(c)) / distance;
        1.0 / (rate * (1.0 + 0.5 * h * (1.0 - products.slope(c))))
    };
    panels(libm::log(to), libm::log(from.abs()), WIDEST, inverse_rate)
}

/// The least depth of a network, whose branches are scaled by the depth, that leaves no more than `share`.
pub(super) fn scaled_blocks_until(
    recursion: impl Fn(u64) -> Recursion,
    products: &Products,
    signal: Signal,
    share: f64,
) -> f64 {
    let falls = |blocks: u64| match signal {
        Signal::Small(delta) => recursion(blocks).log_left(delta, blocks) <= libm::log(share),
        Signal::From { start, fixed_point } => {
            let recursion = recursion(blocks);
            let last = (0..blocks).fold(start, |c, l| recursion.next(l, c, products));
            (last - fixed_point).abs() <= share * (start - fixed_point).abs()
        }
    };
    let most = match signal {
        Signal::Small(_) => 1 << 52,
        Signal::From { .. } => FOLLOWED,
    };
    if !falls(most) {
        return f64::INFINITY;
    }
    let (mut above, mut at) = (0, most);
    while at - above > 1 {
        let middle = above + (at - above) / 2;
        if falls(middle) {
            at = middle;
        } else {
            above = middle;
        }
    }
    at as f64
}
