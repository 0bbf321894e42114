"use strict";
// The mean field theory of a quantizer, for levels that a reader types: the same formulas as mf-core, in doubles.
//
// A quantizer is { levels, thresholds }, both increasing, one threshold fewer than levels. Hidden states have the variance 1; a
// scale s multiplies levels and thresholds. There are no biases, so sigma_w^2 E[phi(z)^2] = 1.
globalThis.theory = (() => {
  const ROOT_2 = Math.SQRT2;
  const ROOT_PI = Math.sqrt(Math.PI);
  const density = (x) => Math.exp(-0.5 * x * x) / (ROOT_2 * ROOT_PI);

  // erfc by a series of positive terms (Abramowitz, Stegun 7.1.6) up to 2, by its continued fraction (7.1.14) beyond.
  const SERIES_UP_TO = 2;
  const FRACTION_TERMS = 80;
  const erf = (x) => {
    if (Math.abs(x) > SERIES_UP_TO) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / ROOT_PI) * Math.exp(-x * x) * sum;
  };
  const erfc = (x) => {
    if (x <= SERIES_UP_TO) return x < -SERIES_UP_TO ? 2 - erfc(-x) : 1 - erf(x);
    if (x > 27) return 0;
    let rest = 0;
    for (let n = Math.ceil(FRACTION_TERMS / x); n > 0; n -= 1) rest = n / 2 / (x + rest);
    return Math.exp(-x * x) / (ROOT_PI * (x + rest));
  };
  // P(z < x), with all its digits in both tails.
  const below = (x) => (x < 0 ? 0.5 * erfc(-x / ROOT_2) : 1 - 0.5 * erfc(x / ROOT_2));
  // P(a < z < b).
  const between = (a, b) => (a > 0 ? below(-a) - below(-b) : below(b) - below(a));

  // P(z < x) for |x| < REACH from a table, by a Taylor series of six terms: the seventh is below 1e-15.
  const REACH = 9;
  const PER_UNIT = 64;
  const PLACES = Float64Array.from({ length: 2 * REACH * PER_UNIT + 1 }, (_, k) => k / PER_UNIT - REACH);
  const BELOW = PLACES.map(below);
  const DENSITY = PLACES.map(density);
  const tabulated = (x) => {
    const k = Math.round((x + REACH) * PER_UNIT);
    const [x0, d] = [PLACES[k], x - PLACES[k]];
    const square = x0 * x0;
    const fourth = (3 - square) * x0 / 24 + d * ((square - 6) * square + 3) / 120;
    return BELOW[k] + DENSITY[k] * d * (1 + d * (-x0 / 2 + d * ((square - 1) / 6 + d * fourth)));
  };

  const halfway = (levels) => levels.slice(1).map((level, i) => 0.5 * level + 0.5 * levels[i]);
  const largest = (levels) => Math.max(Math.abs(levels[0]), Math.abs(levels[levels.length - 1]));

  // E[phi(z)^2].
  const meanSquare = (levels, thresholds) => {
    let sum = 0;
    levels.forEach((level, k) => {
      const [from, to] = [k ? thresholds[k - 1] : -Infinity, k < thresholds.length ? thresholds[k] : Infinity];
      sum += level * level * between(from, to);
    });
    return sum;
  };

  // The squares of the Hermite coefficients c_k of phi, in E[phi(u1) phi(u2)] = sum_k c_k^2 C^k:
  // c_0 = E[phi], c_k = sum_i h_i n(g_i) He_(k-1)(g_i) / sqrt(k!). At C = 0.9 the terms from 400 on are below 1e-18.
  const HERMITE_TERMS = 400;
  const ROOTS = Float64Array.from({ length: HERMITE_TERMS }, (_, k) => Math.sqrt(k));
  const hermite = (levels, thresholds) => {
    const c = new Float64Array(HERMITE_TERMS);
    c[0] = levels[0];
    thresholds.forEach((g, i) => {
      const step = levels[i + 1] - levels[i];
      c[0] += step * below(-g);
      let before = 0;
      let now = step * density(g); // He_(k-1)(g) / sqrt((k-1)!), times the step's weight
      for (let k = 1; k < HERMITE_TERMS; k += 1) {
        c[k] += now / ROOTS[k];
        const next = (g * now - ROOTS[k - 1] * before) / ROOTS[k];
        before = now;
        now = next;
      }
    });
    return c.map((coefficient) => coefficient * coefficient);
  };

  // M(C) - C and chi(C) = dM/dC from the series.
  const bySeries = (squares, weight, C) => {
    let [value, slope] = [0, 0];
    for (let k = HERMITE_TERMS - 1; k > 0; k -= 1) {
      value = value * C + squares[k];
      slope = slope * C + k * squares[k];
    }
    return [weight * (value * C + squares[0]) - C, weight * slope];
  };

  // The same by the trapezoidal rule over z in u = sqrt(C) z + sqrt(1 - C) e: given z, two inputs are independent, so
  // E[phi(u1) phi(u2)] = E[g(z)^2] with g(z) = E[phi(u) | z], and E[phi'(u1) phi'(u2)] likewise. The rule's error falls
  // like exp(-2 (pi width / step)^2).
  const byQuadrature = (levels, thresholds, weight, C) => {
    const [root, spread] = [Math.sqrt(C), Math.sqrt(1 - C)];
    const step = 0.7 * Math.sqrt((1 - C) / (1 + C));
    const most = Math.ceil(8.5 / step);
    let value = 0;
    let slope = 0;
    let passed = 0; // thresholds that are surely below u
    for (let node = -most; node <= most; node += 1) {
      const z = node * step;
      while (passed < thresholds.length && root * z - thresholds[passed] > REACH * spread) passed += 1;
      let mean = levels[passed];
      let rise = 0;
      for (let i = passed; i < thresholds.length; i += 1) {
        const x = (root * z - thresholds[i]) / spread;
        if (x < -REACH) break;
        const height = levels[i + 1] - levels[i];
        mean += height * tabulated(x);
        rise += height * density(x);
      }
      value += density(z) * mean * mean;
      slope += density(z) * rise * rise;
    }
    return [weight * value * step - C, (weight * slope * step) / (1 - C)];
  };

  // C*, the only fixed point of M below 1. M is convex: Newton's method climbs to it from below, from 0 or from a guess.
  const SERIES_UP_TO_C = 0.9;
  const CLOSEST_TO_1 = 1e-6;
  const NEGLIGIBLE = 1e-26;
  const fixedPoint = (at, from, to) => {
    let C = from;
    for (let round = 0; round < 100; round += 1) {
      const [excess, slope] = at(C);
      const next = slope < 1 ? Math.max(0, C + excess / (1 - slope)) : 0.5 * C;
      if (!(next < to)) return to;
      if (Math.abs(next - C) <= 1e-14) return next;
      C = next;
    }
    return C;
  };

  // chi, xi, C*, sigma_w at a scale; null where signals die or inputs become the same. `guess` is C* at a scale nearby.
  const propagation = (quantizer, scale, guess = 0) => {
    const levels = quantizer.levels.map((level) => scale * level);
    const thresholds = quantizer.thresholds.map((threshold) => scale * threshold);
    const square = meanSquare(levels, thresholds);
    if (!(square > 0)) return null;
    const weight = 1 / square;
    // C* is at least M(0), the square of the mean: 0 for the odd quantizers.
    let [C, derivative] = [levels[0], 0];
    thresholds.forEach((g, i) => {
      C += (levels[i + 1] - levels[i]) * below(-g);
      derivative += (levels[i + 1] - levels[i]) * density(g);
    });
    C *= C * weight;
    let chi = weight * derivative * derivative;
    if (C > 1 - CLOSEST_TO_1) return null;
    if (C > NEGLIGIBLE && Math.max(C, guess) < SERIES_UP_TO_C) {
      const squares = hermite(levels, thresholds);
      const series = (C) => bySeries(squares, weight, C);
      C = fixedPoint(series, C, SERIES_UP_TO_C);
      chi = series(C)[1];
    }
    if (Math.max(C, guess) >= SERIES_UP_TO_C) {
      const quadrature = (C) => byQuadrature(levels, thresholds, weight, C);
      C = fixedPoint(quadrature, Math.max(C, guess, SERIES_UP_TO_C), 1 - CLOSEST_TO_1);
      if (C >= 1 - CLOSEST_TO_1) return null;
      chi = quadrature(C)[1];
    }
    if (!(chi < 1)) return null;
    const sigma_w = Math.sqrt(weight);
    // The straight-through slope between the outer levels: sigma_w^2 slope^2 P(inside) = 1.
    const inside = between(levels[0], levels[levels.length - 1]);
    return {
      chi,
      one_minus_slope: 1 - chi,
      depth_scale: chi > 0 ? -1 / Math.log1p(chi - 1) : 0,
      correlation: C,
      reach: scale * largest(quantizer.levels),
      sigma_w,
      slope: 1 / (sigma_w * Math.sqrt(inside)),
      scale,
    };
  };

  // The lowest point of f between two places, to 1e-6 of ln(scale).
  const GOLDEN = (Math.sqrt(5) - 1) / 2;
  const lowest = (f, from, to) => {
    let [a, b] = [from, to];
    let [x, y] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
    let [fx, fy] = [f(x), f(y)];
    while (b - a > 1e-6) {
      if (fx < fy) {
        [b, y, fy] = [y, x, fx];
        x = b - GOLDEN * (b - a);
        fx = f(x);
      } else {
        [a, x, fx] = [x, y, fy];
        y = a + GOLDEN * (b - a);
        fy = f(y);
      }
    }
    return 0.5 * (a + b);
  };

  // The scale with the largest chi, as mf-fit finds it: a scan of ln(scale), then a search around each of its lowest points.
  // Null if there is none: chi keeps growing towards an end of the range.
  const SCAN_STEP = 0.2;
  const PROMISING = Math.log(1.5);
  const TIE = 1e-9;
  const bestScale = (quantizer) => {
    const sizes = quantizer.thresholds.map(Math.abs).filter((size) => size > 0);
    if (!sizes.length) return propagation(quantizer, 1 / largest(quantizer.levels));
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    const [from, to] = [Math.log(0.05 / most), Math.log(8 / least)];
    let guess = 0;
    const loss = (x) => {
      const found = propagation(quantizer, Math.exp(x), 0.999 * guess) || propagation(quantizer, Math.exp(x));
      guess = found ? found.correlation : 0;
      return found ? Math.log(found.one_minus_slope) : 0;
    };
    const grid = [];
    for (let x = from; x < to + SCAN_STEP; x += SCAN_STEP) grid.push([x, loss(x)]);
    const bound = Math.min(...grid.map(([, value]) => value)) + PROMISING;
    let [best, value] = [NaN, 0];
    grid.forEach(([x, here], i) => {
      const [before, after] = [i ? grid[i - 1][1] : Infinity, i + 1 < grid.length ? grid[i + 1][1] : Infinity];
      if (here > bound || here > before || here > after) return;
      const inside = i > 0 && i + 1 < grid.length;
      const place = inside ? lowest(loss, x - SCAN_STEP, x + SCAN_STEP) : x;
      const found = inside ? loss(place) : here;
      if (found < value - TIE) [best, value] = [inside ? place : NaN, found];
    });
    return Number.isNaN(best) ? null : propagation(quantizer, Math.exp(best), 0.999 * guess) || propagation(quantizer, Math.exp(best));
  };

  return Object.freeze({ erf, erfc, halfway, largest, propagation, bestScale });
})();
