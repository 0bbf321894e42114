#!/usr/bin/env python3
"""E[phi(u1) phi(u2)] of two normal variables with variances Q1, Q2 and correlation C, and its derivative by C (mpmath).

    python3 crates/mf-core/tests/data/make_products.py      (a minute)

writes products.csv beside this script.

steps   E[phi(u1)] E[phi(u2)] plus the integral over t = 0 .. asin C of the bivariate densities at all pairs of thresholds
        (Plackett 1954); the derivative is the sum of densities at C. Checked by the integral over u1 alone of phi(u1) times the
        conditional mean of phi(u2), bin by bin, at some of the places.
erf     (2/pi) asin(2 C s1 s2 / sqrt((1 + 2 Q1) (1 + 2 Q2))), s = sqrt(Q) (Williams 1998).
relu    s1 s2 (sin T + (pi - T) cos T) / (2 pi), T = acos C, and its derivative s1 s2 (pi - T) / (2 pi) (Cho & Saul 2009). Both are
        checked by the integral over u1 as well.
"""

import pathlib

import mpmath as mp
from mpmath import mpf

HERE = pathlib.Path(__file__).parent
mp.mp.dps = 34

VARIANCES = [(1.0, 1.0), (0.35, 0.35), (0.8, 1.04), (0.5, 1.5), (1.5, 0.5)]
CORRELATIONS = [-0.97, -0.5, 0.0, 0.5, 0.95, 0.999]


def halfway(levels):
    return [0.5 * a + 0.5 * b for a, b in zip(levels, levels[1:])]


STEPS = {
    "uniform-16": [(2.0 * k - 15) / 15 for k in range(16)],
    "relu-4": [k / 15.0 for k in range(16)],
    "ternary": [-1.0, 0.0, 1.0],
    "uneven": [-0.2, 0.1, 0.2, 0.9, 1.6],
}


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


class Step:
    def __init__(self, levels, q1, q2):
        self.v = [mpf(v) for v in levels]
        self.h = [b - a for a, b in zip(self.v, self.v[1:])]
        self.a, self.b = ([mpf(g) / mp.sqrt(mpf(q)) for g in halfway(levels)] for q in (q1, q2))

    def mean(self, cuts):
        return self.v[0] + mp.fsum(h * tail(g) for h, g in zip(self.h, cuts))

    def density(self, sine, cosine2):
        pairs = ((h * k, a, b) for h, a in zip(self.h, self.a) for k, b in zip(self.h, self.b))
        return mp.fsum(w * mp.exp((2 * a * b * sine - a * a - b * b) / (2 * cosine2)) for w, a, b in pairs) / (2 * mp.pi)

    def product(self, c):
        end = mp.asin(c)
        rest = mp.pi / 2 - abs(end)
        cuts = [mpf(0)]
        while abs(end - cuts[-1]) > rest:
            cuts.append(end - (end - cuts[-1]) / 3)
        integral = mp.quad(lambda t: self.density(mp.sin(t), mp.cos(t) ** 2), [*cuts, end], method="gauss-legendre") if c else 0
        return self.mean(self.a) * self.mean(self.b) + integral

    def slope(self, c):
        return self.density(c, 1 - c * c) / mp.sqrt(1 - c * c)

    def by_condition(self, c):
        width = mp.sqrt(1 - c * c)
        ends = [mpf(-13), *self.a, mpf(13)]
        # The conditional mean bends within a few widths of the thresholds.
        bends = sorted(b / c + k * width / c for b in self.b for k in (-9, -4, 0, 4, 9)) if c else []

        def inner(x):
            return pdf(x) * self.mean([(b - c * x) / width for b in self.b])

        total = mpf(0)
        for level, low, high in zip(self.v, ends, ends[1:]):
            if level:
                total += level * mp.quad(inner, [low, *(x for x in bends if low < x < high), high], method="gauss-legendre")
        return total


def erf(q1, q2, c):
    s, u = mp.sqrt(q1 * q2), mp.sqrt((1 + 2 * q1) * (1 + 2 * q2))
    x = 2 * c * s / u
    return 2 / mp.pi * mp.asin(x), 2 / mp.pi * 2 * s / u / mp.sqrt(1 - x * x)


def relu(q1, q2, c):
    s, angle = mp.sqrt(q1 * q2), mp.acos(c)
    return s * (mp.sin(angle) + (mp.pi - angle) * c) / (2 * mp.pi), s * (mp.pi - angle) / (2 * mp.pi)


def smooth_by_integrals(name, q1, q2, c):
    s1, s2, width = mp.sqrt(q1), mp.sqrt(q2), mp.sqrt(1 - c * c)
    if name == "erf":
        # E[erf(m + s z)] = erf(m / sqrt(1 + 2 s^2)).
        inner = lambda x: mp.erf(s1 * x) * mp.erf(s2 * c * x / mp.sqrt(1 + 2 * q2 * width ** 2))
        return mp.quad(lambda x: pdf(x) * inner(x), mp.linspace(-13, 13, 27))
    # E[max(m + s z, 0)] = m P(z < m/s) + s n(m/s).
    inner = lambda x: s1 * x * s2 * (c * x * tail(-c * x / width) + width * pdf(c * x / width))
    return mp.quad(lambda x: pdf(x) * inner(x), [0, width, *mp.linspace(1, 13, 25)])


def main():
    rows = []
    for q1, q2 in VARIANCES:
        for value in CORRELATIONS:
            a, b, c = mpf(q1), mpf(q2), mpf(value)
            for name, levels in STEPS.items():
                step = Step(levels, q1, q2)
                product = step.product(c)
                if (q1, q2) == (0.5, 1.5) and value in (-0.97, 0.5, 0.999):
                    off = product - step.by_condition(c)
                    assert abs(off) < mpf(10) ** -21, (name, value, off)
                    print(name, value, mp.nstr(off, 3), flush=True)
                rows.append((name, q1, q2, value, product, step.slope(c)))
            for name, kernel in (("erf", erf), ("relu", relu)):
                product, slope = kernel(a, b, c)
                off = product - smooth_by_integrals(name, a, b, c)
                assert abs(off) < mpf(10) ** -21, (name, q1, q2, value, off)
                rows.append((name, q1, q2, value, product, slope))
    rows.sort(key=lambda row: [*STEPS, "erf", "relu"].index(row[0]))
    text = lambda x: x if isinstance(x, str) else repr(x) if isinstance(x, float) else mp.nstr(x, 25, min_fixed=-4, max_fixed=6)
    lines = [
        "# E[phi(u1) phi(u2)] for variances q1, q2 and a correlation, and its derivative by the correlation; thresholds half way:",
        *(f"# {name}: levels {';'.join(map(repr, levels))}" for name, levels in STEPS.items()),
        f"# by crates/mf-core/tests/data/make_products.py, mpmath {mp.__version__}",
        "name,q1,q2,correlation,product,slope",
        *(",".join(text(cell) for cell in row) for row in rows),
    ]
    (HERE / "products.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
