//! A root of a continuous function between two points where its values have opposite signs.

/// The root in `[low, high]`, to the last bits, given values of opposite sign (or 0) at the two ends; NaN without that.
///
/// Inverse quadratic steps guarded by bisection (Chandrupatla, Advances in Engineering Software 28, 1997).
pub(crate) fn bracketed(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    const MOST_STEPS: usize = 200;
    let best = |a: (f64, f64), b: (f64, f64)| if a.1.abs() < b.1.abs() { a } else { b };
    // `a` is the newest point, `b` the other end of the bracket, `c` the end that `a` replaced.
    let mut a = (high, f(high));
    let mut b = (low, f(low));
    if a.1.is_nan() || b.1.is_nan() || a.1 * b.1 > 0.0 {
        return f64::NAN;
    }
    let mut step = 0.5;
    for _ in 0..MOST_STEPS {
        if best(a, b).1 == 0.0 {
            break;
        }
        let x = a.0 + step * (b.0 - a.0);
        let newest = (x, f(x));
        let c;
        if (newest.1 > 0.0) == (a.1 > 0.0) {
            c = a;
        } else {
            (c, b) = (b, a);
        }
        a = newest;
        let closest = f64::EPSILON * best(a, b).0.abs() / (b.0 - a.0).abs();
        if closest.is_nan() || closest >= 0.5 {
            break;
        }
        let along = (a.0 - b.0) / (c.0 - b.0);
        let height = (a.1 - b.1) / (c.1 - b.1);
        let smooth = height * height < along && (1.0 - height) * (1.0 - height) < 1.0 - along;
        step = if smooth {
            a.1 / (b.1 - a.1) * c.1 / (b.1 - c.1)
                + (c.0 - a.0) / (b.0 - a.0) * a.1 / (c.1 - a.1) * b.1 / (c.1 - b.1)
        } else {
            0.5
        };
        step = step.max(closest).min(1.0 - closest);
    }
    best(a, b).0
}
