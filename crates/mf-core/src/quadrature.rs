//! Gauss-Legendre quadrature on a short interval.

/// Positive nodes on `[-1, 1]` and their weights for the ten-point rule, exact for polynomials of degree 19.
pub(crate) const GAUSS_LEGENDRE: [(f64, f64); 5] = [
    (0.14887433898163122, 0.29552422471475287),
    (0.4333953941292472, 0.26926671930999635),
    (0.6794095682990244, 0.21908636251598204),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.06667134430868814),
];

/// The four-point rule, exact for polynomials of degree 7.
const SHORT_RULE: [(f64, f64); 2] = [
    (0.3399810435848563, 0.6521451548625461),
    (0.8611363115940526, 0.34785484513745385),
];

/// `∫ f` over `[from, to]` by ten points.
pub(crate) fn gauss_legendre(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    by_rule(&GAUSS_LEGENDRE, from, to, f)
}

/// `∫ f` over a `[from, to]` that is short compared with the scale on which `f` varies, by four points.
pub(crate) fn short(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    by_rule(&SHORT_RULE, from, to, f)
}

fn by_rule(rule: &[(f64, f64)], from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let middle = 0.5 * (from + to);
    let half = 0.5 * (to - from);
    let sum: f64 = rule
        .iter()
        .map(|&(node, weight)| weight * (f(middle - half * node) + f(middle + half * node)))
        .sum();
    half * sum
}

/// `∫ f` over `[from, to]`, cut into equal panels no wider than `widest`.
pub(crate) fn panels(from: f64, to: f64, widest: f64, f: impl Fn(f64) -> f64) -> f64 {
    if to <= from {
        return 0.0;
    }
    let count = ((to - from) / widest).ceil().max(1.0);
    let width = (to - from) / count;
    let mut sum = 0.0;
    let mut k = 0.0;
    while k < count {
        sum += gauss_legendre(from + k * width, from + (k + 1.0) * width, &f);
        k += 1.0;
    }
    sum
}
