#!/usr/bin/env python3
"""Best scales of the number formats of 6 and 8 bits by programs other than mf.

    python3 crates/mf-fit/tests/data/make_wide_formats.py      (mpmath, numpy, scipy, ml_dtypes, gfloat; some minutes)

writes wide_formats.csv beside this script. Levels are those of ml_dtypes (checked against gfloat) or of the definition, thresholds
are half way between levels but for tanh, whose thresholds are atanh of that; a scale multiplies the thresholds, Q = 1, no biases.

odd       1 - E[z phi]^2 / E[phi^2]; a scan in double precision over the scales from the largest threshold at 0.05 to the smallest
          at 8, then the root of the derivative near every minimum within 1e-6 of the least one, at 50 digits. Of minima within
          1e-12 of the least one the smallest scale counts: mf's rule for octaves that tie.
not odd   C* solves E[phi phi'] = C E[phi^2], and chi is the slope there; the same scan, with E[phi phi'] from the common part of both
          inputs by the trapezoidal rule in double precision, then the root of the derivative at 40 digits, with E[phi phi'] as the
          integral over t = 0 .. asin C of the bivariate densities at all pairs of thresholds (Plackett 1954). Scales where the
          fixed point of the variance does not attract, or C* is within 1e-6 of 1, do not count.

Beside the optimum stands 1 - chi at scales one percent less and more.
"""

import math
import pathlib
from concurrent.futures import ProcessPoolExecutor

import gfloat
import ml_dtypes
import mpmath as mp
import numpy as np
from gfloat import formats as gf
from mpmath import mpf
from scipy.special import ndtr

HERE = pathlib.Path(__file__).parent

FLOATS = {
    "fp6-e2m3": (ml_dtypes.float6_e2m3fn, 6, gf.format_info_ocp_e2m3),
    "fp6-e3m2": (ml_dtypes.float6_e3m2fn, 6, gf.format_info_ocp_e3m2),
    "fp8-e4m3fn": (ml_dtypes.float8_e4m3fn, 8, gf.format_info_ocp_e4m3),
    "fp8-e4m3-ieee": (ml_dtypes.float8_e4m3, 8, None),
    "fp8-e4m3fnuz": (ml_dtypes.float8_e4m3fnuz, 8, None),
    "fp8-e5m2": (ml_dtypes.float8_e5m2, 8, gf.format_info_ocp_e5m2),
    "fp8-e5m2fnuz": (ml_dtypes.float8_e5m2fnuz, 8, None),
}


def halfway(levels):
    return [(a + b) / 2 for a, b in zip(levels, levels[1:])]


def formats():
    """name: levels and thresholds, exact or as mpf."""
    cases = {}
    for name, (kind, bits, other) in FLOATS.items():
        codes = np.arange(2 ** bits, dtype=np.uint8).view(kind).astype(np.float64)
        levels = sorted({float(v) + 0.0 for v in codes if np.isfinite(v)})
        if other:
            decoded = (gfloat.decode_float(other, code).fval for code in range(2 ** bits))
            assert levels == sorted({v + 0.0 for v in decoded if math.isfinite(v)}), name
        cases[name] = levels
    for bits in (6, 7, 8):
        most = 2 ** (bits - 1) - 1
        cases[f"int{bits}"] = [float(k) for k in range(-most, most + 1)]
        cases[f"int{bits}-full"] = [float(k) for k in range(-most - 1, most + 1)]
    cases["relu8"] = [mpf(k) / 255 for k in range(256)]
    # Li, Dong, Wang 2020, equation 5: n = 3 terms of 2 bits.
    terms = [(0.0, *(2.0 ** -(i + 3 * j) for j in range(3))) for i in range(3)]
    cases["apot6-unsigned"] = sorted(a + b + c for a in terms[0] for b in terms[1] for c in terms[2])
    cases = {name: (levels, halfway(levels)) for name, levels in cases.items()}
    levels = [mpf(2 * k - 255) / 255 for k in range(256)]
    cases["tanh8"] = (levels, [mp.atanh(t) for t in halfway(levels)])
    return cases


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def minima(f, thresholds, step):
    """Places of a scan of ln(scale) where f is lower than beside them, with the values."""
    sizes = [abs(float(t)) for t in thresholds if t != 0]
    grid = np.arange(math.log(0.05 / max(sizes)), math.log(8 / min(sizes)), step)
    values = [f(x) for x in grid]
    inner = range(1, len(grid) - 1)
    return [(values[i], grid[i]) for i in inner if values[i] < values[i - 1] and values[i] <= values[i + 1]]


def polished(f, x, h, digits):
    """The root of the derivative of ln f near x."""
    def tilt(x):
        return (mp.log(f(x + h)) - mp.log(f(x - h))) / (2 * h)

    x = mpf(x)
    before, at_before = x + mpf("1e-5"), None
    now, at_now = x, tilt(x)
    at_before = tilt(before)
    for _ in range(20):
        step = -at_now * (now - before) / (at_now - at_before)
        before, at_before = now, at_now
        now += step
        if abs(step) < mpf(10) ** -digits:
            return now
        at_now = tilt(now)
    raise ArithmeticError("no optimum")


class Odd:
    h, digits, step = mpf("1e-12"), 20, 0.004

    def __init__(self, levels, thresholds):
        self.middle = mpf(levels[len(levels) // 2]) ** 2
        self.thresholds = thresholds
        self.up = [
            (mpf(g), mpf(b) - a, mpf(b) ** 2 - mpf(a) ** 2) for g, a, b in zip(thresholds, levels, levels[1:]) if g > 0
        ]
        self.centre = sum(mpf(b) - a for g, a, b in zip(thresholds, levels, levels[1:]) if g == 0)
        self.doubles = np.array([[float(x) for x in row] for row in self.up]).T

    def rough(self, x):
        g, h, d = self.doubles
        g = g * math.exp(x)
        slope = (float(self.centre) + 2 * np.sum(h * np.exp(-g * g / 2))) / math.sqrt(2 * math.pi)
        return 1 - slope ** 2 / (float(self.middle) + 2 * np.sum(d * ndtr(-g)))

    def exact(self, x):
        s = mp.exp(x)
        slope = self.centre * pdf(0) + 2 * mp.fsum(h * pdf(g * s) for g, h, _ in self.up)
        return 1 - slope ** 2 / (self.middle + 2 * mp.fsum(d * tail(g * s) for g, _, d in self.up))

    def correlation(self, x):
        return mpf(0)


class Uneven:
    h, digits, step = mpf("1e-9"), 12, 0.05

    def __init__(self, levels, thresholds):
        self.v, self.thresholds = [mpf(v) for v in levels], thresholds
        self.g, self.steps = [mpf(g) for g in thresholds], [mpf(b) - a for a, b in zip(levels, levels[1:])]
        apart = [b - a for a, b in zip(self.g, self.g[1:])]
        self.even = max(apart) - min(apart) < mpf(10) ** -30 * apart[0]
        self.dv = np.array([float(v) for v in levels])
        self.dg, self.dh = np.array([float(g) for g in thresholds]), np.diff(self.dv)

    def moment(self, s, power):
        jumps = (b ** power - a ** power for a, b in zip(self.v, self.v[1:]))
        return self.v[0] ** power + mp.fsum(j * tail(g * s) for j, g in zip(jumps, self.g))

    def settled(self, x):
        """C*, 1 - chi and the slope of the variance map in double precision; None where C* is next to 1 or phi all but 0."""
        a, h = self.dg * math.exp(x), self.dh
        squares = np.diff(self.dv ** 2)
        square = self.dv[0] ** 2 + np.sum(squares * ndtr(-a))
        if square < 1e-12 * self.dv[-1] ** 2:
            return None
        tilt = np.sum(squares * a * np.exp(-a * a / 2)) / math.sqrt(2 * math.pi) / 2 / square
        one, other = np.meshgrid(a, a)
        weights = np.outer(h, h)
        c = 0.0
        for _ in range(60):
            rest = 1 - c * c
            if rest < 2e-6:
                return None
            density = weights * np.exp(-(one ** 2 - 2 * c * one * other + other ** 2) / (2 * rest))
            slope = density.sum() / (2 * math.pi * math.sqrt(rest)) / square
            width = math.sqrt(1 - c)
            w = np.arange(-9.0, 9.0, 0.6 / math.sqrt(1 + 2 * c / (1 - c)))
            mean = self.dv[0] + ndtr((math.sqrt(c) * w[:, None] - a) / width) @ h
            image = np.sum(np.exp(-w * w / 2) * mean ** 2) * (w[1] - w[0]) / math.sqrt(2 * math.pi) / square
            step = (image - c) / (1 - slope)
            c = max(c + step, 0.0)
            if abs(step) < 1e-13:
                break
        return c, 1 - slope, tilt

    def rough(self, x):
        found = self.settled(x)
        return found[1] if found and found[2] < 1 else 1.0

    def density_of_pairs(self, a):
        """The sum over pairs of thresholds of their densities, times the cosine; functions of sin t and cos(t)^2."""
        pairs = [
            (self.steps[i] * self.steps[j] * (1 if i == j else 2), a[i] ** 2 + a[j] ** 2, 2 * a[i] * a[j])
            for i in range(len(a))
            for j in range(i + 1)
        ]
        return lambda sine, cosine2: mp.fsum(w * mp.exp((pr * sine - sq) / (2 * cosine2)) for w, sq, pr in pairs) / (2 * mp.pi)

    def density_of_even(self, a):
        """The same for evenly spaced ones, by a^2 + b^2 - 2 a b sin t = ((a - b)^2 (1 + sin t) + (a + b)^2 (1 - sin t)) / 2: every
        difference goes with a run of sums."""
        count, step, h = len(a), a[1] - a[0], self.steps[0]

        def density(sine, cosine2):
            # cos^2 = (1 + sin) (1 - sin).
            runs = [mpf(0), mpf(0)]
            for k in range(2 * count - 1):
                runs.append(runs[-2] + mp.exp(-((2 * a[0] + k * step) ** 2) / (4 * (1 + sine))))
            total = mpf(0)
            for d in range(count):
                # Sums of indices d, d + 2, ..., 2 (count - 1) - d.
                run = runs[2 * (count - 1) - d + 2] - runs[d]
                total += (2 if d else 1) * mp.exp(-((d * step) ** 2) / (4 * (1 - sine))) * run
            return h * h * total / (2 * mp.pi)

        return density

    def solved(self, x):
        """C* by one step of Newton's method or two from double precision, and chi there."""
        s = mp.exp(x)
        a = [g * s for g in self.g]
        square, mean = self.moment(s, 2), self.moment(s, 1)
        density = self.density_of_even(a) if self.even else self.density_of_pairs(a)

        def slope(c):
            return density(c, 1 - c * c) / mp.sqrt(1 - c * c) / square

        def image(c):
            value, error = mp.quad(
                lambda t: density(mp.sin(t), mp.cos(t) ** 2), [0, mp.asin(c)], error=True, method="gauss-legendre", maxdegree=6
            )
            assert error < mpf(10) ** -26 * square, (c, error)
            return (mean ** 2 + value) / square

        c = mpf(self.settled(float(x))[0])
        if c < mpf(10) ** -6:
            c = (mean ** 2 / square) / (1 - slope(mpf(0)))
        while True:
            step = (image(c) - c) / (1 - slope(c))
            c += step
            if abs(step) < mpf(10) ** -11:
                return c, 1 - slope(c)

    def exact(self, x):
        return self.solved(x)[1]

    def correlation(self, x):
        return self.solved(x)[0]


def best(case):
    found = minima(case.rough, case.thresholds, case.step)
    least = min(found)[0]
    near = [x for value, x in found if value < least * (1 + (0.02 if isinstance(case, Uneven) else 2e-3))]
    refined = []
    for x in near:
        # Golden sections in double precision, as far as they go.
        low, high = x - case.step, x + case.step
        for _ in range(22):
            left, right = high - 0.618 * (high - low), low + 0.618 * (high - low)
            low, high = (low, right) if case.rough(left) < case.rough(right) else (left, high)
        refined.append((case.rough((low + high) / 2), (low + high) / 2))
    least = min(refined)[0]
    places = [polished(case.exact, x, case.h, case.digits) for value, x in refined if value < least * (1 + 1e-6)]
    values = [(case.exact(x), x) for x in places]
    least = min(values)[0]
    value, x = min(((v, x) for v, x in values if v <= least * (1 + mpf(10) ** -12)), key=lambda pair: pair[1])
    percent = mp.log(mpf("1.01"))
    return mp.exp(x), value, case.correlation(x), case.exact(x - percent), case.exact(x + percent), len(values)


def row(name):
    mp.mp.dps = 50
    levels, thresholds = formats()[name]
    odd = all(a == -b for a, b in zip(levels, reversed(levels)))
    case = (Odd if odd else Uneven)(levels, thresholds)
    if not odd:
        mp.mp.dps = 36
    if name == "int6-full":
        a = [g * mpf("0.1") for g in case.g]
        one, other = (of(a)(mpf("0.3"), mpf("0.91")) for of in (case.density_of_pairs, case.density_of_even))
        assert abs(one / other - 1) < mpf(10) ** -30, one / other
    *found, ties = best(case)
    print(name, mp.nstr(found[0], 12), mp.nstr(found[1], 12), mp.nstr(found[2], 6), ties, flush=True)
    # Texts: an mpf that is unpickled is rounded to the precision of the other process.
    return ",".join([name, *(mp.nstr(x, 25, min_fixed=-4, max_fixed=6) for x in found)])


def main():
    # The long ones first, side by side; kept in the order of the formats.
    names = list(formats())
    with ProcessPoolExecutor(4) as pool:
        found = {name: pool.submit(row, name) for name in reversed(names)}
        rows = [found[name].result() for name in names]
    lines = [
        "# Formats of 6 and 8 bits at their best scale: 1 - chi and C* there, and 1 - chi at scales 1 % less and more",
        f"# by crates/mf-fit/tests/data/make_wide_formats.py, mpmath {mp.__version__}, ml_dtypes {ml_dtypes.__version__}",
        "format,scale,one_minus_slope,correlation,less,more",
        *rows,
    ]
    (HERE / "wide_formats.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
