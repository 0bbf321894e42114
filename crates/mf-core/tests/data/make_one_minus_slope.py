#!/usr/bin/env python3
"""1 - chi at C* where it cancels when formed as one minus chi, or where no symmetry makes C* zero (mpmath).

    python3 crates/mf-core/tests/data/make_one_minus_slope.py      (some minutes)

writes mid_tread_16.csv and biased_networks.csv beside this script.

mid_tread_16     levels -32768 .. 32767, thresholds scale (k + 1/2), all exact in f64; no biases, Q* = 1. With c_k the Hermite
                 coefficients, sums over all 65,535 thresholds at 60 digits, C* solves E[phi^2] C = sum c_k^2 C^k, and
                 1 - chi = 1 - sum k c_k^2 C^(k-1) / E[phi^2]. As C* is below 1e-9, four terms are exact. Checked by the sums over
                 the thresholds that are not there: the ones of whole numbers without end have a closed form.
biased_networks  Q* by iteration and Newton's method; E[phi phi] as the integral over t = 0 .. asin C of the bivariate densities at
                 all pairs of thresholds (Plackett 1954); C* by Newton's method; chi as the sum of densities. M(C*) is checked by
                 another formula: the common part w of both inputs by the trapezoidal rule, E[E[phi | w]^2].
"""

import pathlib

import mpmath as mp
from mpmath import mpf

HERE = pathlib.Path(__file__).parent


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def write(name, notes, header, rows):
    lines = [f"# {note}" for note in notes]
    lines.append(f"# by crates/mf-core/tests/data/make_one_minus_slope.py, mpmath {mp.__version__}")
    text = lambda x: x if isinstance(x, str) else repr(x) if isinstance(x, float) else mp.nstr(x, 25, min_fixed=-4, max_fixed=6)
    lines += [header, *(",".join(text(cell) for cell in row) for row in rows)]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(name, len(rows), "rows")


# ------------------------------------------------------------------ 16 bits


def mid_tread(scale):
    """E[phi], E[phi^2], c_1, c_2 sqrt(2), c_3 sqrt(6), term by term."""
    mean, square, moments = mpf(-32768), mpf(32768) ** 2, [mpf(0)] * 3
    for level in range(-32767, 32768):
        threshold = scale * (mpf(level) - mpf(1) / 2)
        beyond, density = tail(threshold), pdf(threshold)
        mean += beyond
        square += (2 * level - 1) * beyond
        moments[0] += density
        moments[1] += threshold * density
        moments[2] += (threshold ** 2 - 1) * density
    return mean, square, moments


def mid_tread_by_complement(scale):
    """E[phi], E[phi^2] and c_1 from round(z / scale) without bounds: E[q^2] = 1/scale^2 + 1/12, c_1 = 1/scale, but for terms of
    exp(-2 pi^2 / scale^2); the thresholds beyond 32766.5 are taken off, the one at -32767.5 stays."""
    assert 2 * mp.pi ** 2 / scale ** 2 > 1e6
    square, first = 1 / scale ** 2 + mpf(1) / 12, 1 / scale
    level = 32768
    while True:
        threshold = scale * (mpf(level) - mpf(1) / 2)
        beyond, density = tail(threshold), pdf(threshold)
        if density < mpf(10) ** -75:
            break
        sides = 1 if level == 32768 else 2
        square -= sides * (2 * level - 1) * beyond
        first -= sides * density
        level += 1
    return -tail(scale * mpf("32767.5")), square, first


def sixteen_bits():
    mp.mp.dps = 60
    rows = []
    # Near the best scale (1 - chi is least there), clipped much, and hardly clipped. Few binary digits: thresholds are exact.
    for scale in (194587 / 2 ** 30, 150000 / 2 ** 30, 220000 / 2 ** 30):
        mean, square, (one, two, three) = mid_tread(mpf(scale))
        others = mid_tread_by_complement(mpf(scale))
        for value, other in zip((mean, square, one), others):
            assert abs(value / other - 1) < mpf(10) ** -40, (scale, value, other)
        squares = [mean ** 2, one ** 2, two ** 2 / 2, three ** 2 / 6]
        c = mpf(0)
        for _ in range(60):
            c = (squares[0] + squares[2] * c ** 2 + squares[3] * c ** 3) / (square - squares[1])
        assert c < mpf(10) ** -9
        slope = (squares[1] + 2 * squares[2] * c + 3 * squares[3] * c ** 2) / square
        rows.append((scale, mean, square, c, 1 - slope))
    write(
        "mid_tread_16.csv",
        ["Mid-tread of 16 bits, full range, thresholds times scale, unit variance, no biases: E[phi], E[phi^2], C*, 1 - chi"],
        "scale,mean,mean_square,correlation,one_minus_slope",
        rows,
    )


# ------------------------------------------------------------------ networks with C* above 0


def halfway(levels):
    return [0.5 * a + 0.5 * b for a, b in zip(levels, levels[1:])]


def even(states):
    return [(2.0 * k - (states - 1)) / (states - 1) for k in range(states)]


def rectifier(bits):
    return [k / (2.0 ** bits - 1) for k in range(2 ** bits)]


# name: levels, sigma_w, sigma_b; thresholds half way
NETWORKS = {
    "uniform-16": (even(16), 1.1, 0.3),
    "relu-4": (rectifier(4), 2.0, 0.2),
    "relu-6": (rectifier(6), 1.4, 0.1),
    "uneven": ([-0.2, 0.1, 0.2, 0.9, 1.5, 1.6], 1.2, 0.6),
    "far from zero": ([0.9 + 0.3 * x for x in even(8)], 1.0, 0.1),
}


class Network:
    def __init__(self, levels, thresholds, sigma_w, sigma_b):
        self.v, self.g = [mpf(x) for x in levels], [mpf(x) for x in thresholds]
        self.h = [b - a for a, b in zip(self.v, self.v[1:])]
        self.weight, self.bias = mpf(sigma_w) ** 2, mpf(sigma_b) ** 2

    def moment(self, q, power):
        beyond = [tail(g / mp.sqrt(q)) for g in self.g]
        steps = (b ** power - a ** power for a, b in zip(self.v, self.v[1:]))
        return self.v[0] ** power + mp.fsum(s * p for s, p in zip(steps, beyond))

    def settle(self):
        """Q*, from 1."""
        image = lambda q: self.weight * self.moment(q, 2) + self.bias
        q = mpf(1)
        for _ in range(300):
            q = image(q)
        self.q = mp.findroot(lambda x: image(x) - x, (q, q * (1 + mpf(10) ** -9)), tol=mpf(10) ** -30)
        assert abs(mp.diff(image, self.q)) < 1, "it attracts"
        self.a = [g / mp.sqrt(self.q) for g in self.g]
        self.mean = self.moment(self.q, 1)
        self.pairs = [
            (self.h[i] * self.h[j] * (1 if i == j else 2), self.a[i] ** 2 + self.a[j] ** 2, 2 * self.a[i] * self.a[j])
            for i in range(len(self.a))
            for j in range(i + 1)
        ]

    def image(self, c):
        def integrand(t):
            s, double = mp.sin(t), 2 * mp.cos(t) ** 2
            return mp.fsum(w * mp.exp((pr * s - sq) / double) for w, sq, pr in self.pairs)

        # Densities far apart vanish on a scale of asin C to pi/2.
        end, rest = mp.asin(c), mp.pi / 2 - mp.asin(c)
        cuts = [mpf(0)]
        while end - cuts[-1] > rest:
            cuts.append(end - (end - cuts[-1]) / 3)
        value, error = mp.quad(integrand, [*cuts, end], error=True, method="gauss-legendre", maxdegree=6)
        assert error < mpf(10) ** -24, (c, error)
        return (self.weight * (self.mean ** 2 + value / (2 * mp.pi)) + self.bias) / self.q

    def image_by_common_part(self, c):
        root, width = mp.sqrt(c), mp.sqrt(1 - c)
        # exp(-2 pi^2 / h^2 ...) below 1e-24.
        h = mpf("0.55") / mp.sqrt(1 + 2 * c / (1 - c))
        last = int(mp.ceil(mpf(11) / h))
        total = mpf(0)
        for k in range(-last, last + 1):
            w = k * h
            mean = self.v[-1] - mp.fsum(s * tail((root * w - a) / width) for s, a in zip(self.h, self.a))
            total += pdf(w) * mean ** 2
        return (self.weight * h * total + self.bias) / self.q

    def slope(self, c):
        rest = 1 - c * c
        total = mp.fsum(w * mp.exp((c * pr - sq) / (2 * rest)) for w, sq, pr in self.pairs)
        return self.weight / self.q * total / (2 * mp.pi * mp.sqrt(rest))

    def correlation(self):
        c = mpf(0)
        for _ in range(40):
            step = (self.image(c) - c) / (1 - self.slope(c)) if c else self.image_at_zero()
            c += step
            if abs(step) < mpf(10) ** -25:
                return c
        raise ArithmeticError("no fixed point")

    def image_at_zero(self):
        return (self.weight * self.mean ** 2 + self.bias) / self.q


def networks():
    mp.mp.dps = 34
    rows = []
    for name, (levels, sigma_w, sigma_b) in NETWORKS.items():
        thresholds = halfway(levels)
        network = Network(levels, thresholds, sigma_w, sigma_b)
        network.settle()
        c = network.correlation()
        off = network.image_by_common_part(c) - c
        assert abs(off) < mpf(10) ** -21, (name, off)
        listed = [";".join(map(repr, values)) for values in (levels, thresholds)]
        rows.append((name, *listed, sigma_w, sigma_b, network.q, c, 1 - network.slope(c)))
        print(name, mp.nstr(c, 10), mp.nstr(off, 3), flush=True)
    write(
        "biased_networks.csv",
        ["Networks whose inputs end at a correlation above 0: Q*, C* and 1 - chi; lists are separated by semicolons"],
        "name,levels,thresholds,sigma_w,sigma_b,variance,correlation,one_minus_slope",
        rows,
    )


if __name__ == "__main__":
    sixteen_bits()
    networks()
