#!/usr/bin/env python3
"""Reference values of the theory to many digits, by formulas that mf-core does not use.

    python3 data/reference/high_precision/make.py

writes the CSV files beside this script (about a minute). Needs mpmath only. The first lines of each file say what it has and how it was
computed.

uniform      E[z q] and E[q^2] as sums over the thresholds at 60 digits, enough for the cancellation in 1 - ratio: term by term
             up to 2,000 states, by Euler-Maclaurin over the thresholds themselves (not their complement) beyond; the two are
             compared at 65,536 states.
correlation  E[phi phi] = E[phi]^2 + sum_ij h_i h_j (Phi_2 - product), with the bivariate normal probabilities as the
             integral over t = 0..asin C (Plackett 1954) by tanh-sinh quadrature; chi as the double sum of densities.
fixed points the variance map iterated and polished by Newton's method, then M(C) = C.
distortion   1 - E[z phi]^2 / E[phi^2] at 60 digits.
components   eigenvectors of the points' covariances at 60 digits.
surrogates   probabilities of windows as differences of tails at 60 digits.
"""

import pathlib

import mpmath as mp
from mpmath import mpf

HERE = pathlib.Path(__file__).parent
DIGITS = 25


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def text(x):
    """An f64 exactly, a high-precision number to DIGITS."""
    if isinstance(x, float):
        return repr(x)
    if isinstance(x, (int, str)):
        return str(x)
    return "inf" if mp.isinf(x) else mp.nstr(x, DIGITS, min_fixed=-4, max_fixed=6)


def write(name, notes, header, rows):
    lines = [f"# {note}" for note in notes]
    lines.append(f"# by data/reference/high_precision/make.py, mpmath {mp.__version__}")
    lines.append(",".join(header))
    lines += [",".join(text(cell) for cell in row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(name, len(rows), "rows")


# ------------------------------------------------------------------ uniform


def hermite(order, x):
    before, now = mpf(0), mpf(1)
    for k in range(order):
        before, now = now, x * now - k * before
    return now


def pdf_derivative(order, x):
    return (-1) ** order * hermite(order, x) * pdf(x)


def ramp_derivative(order, x):
    """Derivative of x * tail(x)."""
    def tail_derivative(m):
        return tail(x) if m == 0 else -pdf_derivative(m - 1, x)

    return x * tail_derivative(order) + order * tail_derivative(order - 1)


def pdf_integral(x):
    return mpf(1) / 2 - tail(x)


def ramp_integral(x):
    return x * x / 2 * tail(x) + (mpf(1) / 2 - tail(x) - x * pdf(x)) / 2


def euler_maclaurin(f, derivative, integral, first, last, step):
    total = (integral(last) - integral(first)) / step + (f(first) + f(last)) / 2
    for r in range(1, 16):
        difference = derivative(2 * r - 1, last) - derivative(2 * r - 1, first)
        total += mp.bernoulli(2 * r) / mp.factorial(2 * r) * step ** (2 * r - 1) * difference
    return total


def uniform_moments(states, spacing, term_by_term):
    """m = E[(z-q)^2] and b = E[z(z-q)]."""
    even = states % 2 == 0
    count = (states - 1) // 2
    shift = mpf(0) if even else mpf(1) / 2
    first, last = (1 - shift) * spacing, (count - shift) * spacing
    if term_by_term:
        densities = mp.fsum(pdf((k - shift) * spacing) for k in range(1, count + 1))
        ramps = mp.fsum(
            (k - shift) * tail((k - shift) * spacing) for k in range(1, count + 1)
        )
    else:
        densities = euler_maclaurin(pdf, pdf_derivative, pdf_integral, first, last, spacing)
        ramps = euler_maclaurin(
            lambda x: x * tail(x), ramp_derivative, ramp_integral, first, last, spacing
        ) / spacing
    zq = 2 * spacing * densities
    qq = 4 * spacing ** 2 * ramps
    if even:
        zq += spacing * pdf(mpf(0))
        qq += spacing ** 2 / 4
    return 1 - 2 * zq + qq, 1 - zq, 1 - zq * zq / qq


def uniform():
    mp.mp.dps = 60
    by_terms = uniform_moments(65536, mpf("0.00021"), True)
    by_formula = uniform_moments(65536, mpf("0.00021"), False)
    for one, other in zip(by_terms, by_formula):
        assert abs(one - other) < mpf(10) ** -45 * abs(one), (one, other)

    rows, optima = [], []
    for states in (3, 4, 5, 15, 16, 64, 1024, 1025, 65536, 10 ** 6 + 1, 2 ** 20, 10 ** 9):
        def tilt(reach):
            m, b, _ = uniform_moments(states, 2 * reach / states, states < 2000)
            return (m - b) / (m + abs(b))

        # Halve a bracket of the half range N D / 2 while it is wide, then the secant method.
        low, high = mpf(1), 2 * mp.sqrt(mp.log(states)) + 1
        while high - low > 0.05:
            middle = (low + high) / 2
            low, high = (middle, high) if tilt(middle) < 0 else (low, middle)
        best = 2 * mp.findroot(tilt, (low, high), tol=mpf(10) ** -80) / states
        m, b, error = uniform_moments(states, best, states < 2000)
        optima.append((states, best, error))
        for factor in (0.6, 0.9, 1.0, 1.2, 2.0):
            spacing = float(best) * factor
            rows.append((states, spacing, *uniform_moments(states, mpf(spacing), states < 2000)))
    # Off the optimum: few states, wide and narrow spacings.
    for states, spacings in {
        2: (0.05, 0.5, 1.0, 1.5957691216057308, 4.0),
        3: (0.05, 0.9999, 1.0001, 3.0, 8.0),
        8: (0.005, 0.2, 0.2857, 0.24, 0.26, 0.349, 0.351, 0.999, 1.001, 2.0),
        33: (0.03, 0.0625, 0.2499, 0.2501, 0.3499, 0.7),
        1000: (0.0005, 0.0019, 0.0021, 0.04),
    }.items():
        for spacing in spacings:
            rows.append((states, spacing, *uniform_moments(states, mpf(spacing), True)))
    write(
        "uniform_error.csv",
        ["The uniform quantizer (unit gain) on a unit Gaussian at a normalized spacing:",
         "m = E[(z-q)^2], b = E[z(z-q)], one_minus_slope = 1 - E[zq]^2/E[q^2]; sums over thresholds at 60 digits"],
        ["states", "spacing", "mean_squared_error", "correlation_deficit", "one_minus_slope"],
        rows,
    )
    write(
        "uniform_optimum.csv",
        ["The normalized spacing at which E[q^2] = E[zq] (the largest chi) and 1 - chi there;",
         "secant method on the sums over thresholds at 60 digits"],
        ["states", "spacing", "one_minus_slope"],
        optima,
    )


def best_scales():
    mp.mp.dps = 60
    rows = []
    for states in (3, 4, 8, 10, 16, 32, 1024):
        guess = mpf("4.12") * mpf(states + 1) ** mpf("-0.883")

        def stationarity(spacing):
            m, b, _ = uniform_moments(states, spacing, True)
            return m - b

        spacing = mp.findroot(stationarity, (guess, guess * mpf("1.01")), tol=mpf(10) ** -90)
        m, b, _ = uniform_moments(states, spacing, True)
        # Levels of the quantizer stand a spacing apart, those of the activation 2/(N-1).
        step = mpf(2) / (states - 1)
        spread = step / spacing
        sigma_w = spread / (step / spacing * mp.sqrt(1 - 2 * b + m))
        surrogate = 1 / (sigma_w * mp.sqrt(mp.erf(1 / (spread * mp.sqrt(2)))))
        rows.append((states, sigma_w, surrogate))
    write(
        "best_scales.csv",
        ["Levels evenly spaced in [-1,1], thresholds half way, at the best spacing: sigma_w, and the height of a surrogate",
         "derivative on |x| < 1 that keeps gradients, 1/(sigma_w sqrt(erf(1/sqrt(2 Q*))))"],
        ["states", "sigma_w", "straight_through_slope"],
        rows,
    )


# ------------------------------------------------------------------ activations

NF4 = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
    -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1.0,
]


def halfway(levels):
    return [0.5 * a + 0.5 * b for a, b in zip(levels, levels[1:])]


def even_levels(states):
    return [(2.0 * k - (states - 1)) / (states - 1) for k in range(states)]


def even_thresholds(states):
    return [(2.0 * i - states) / (states - 1) for i in range(1, states)]


# name: levels, thresholds, sigma_w, sigma_b
ACTIVATIONS = {
    "sign": ([-1.0, 1.0], [0.0], 1.3, 0.4),
    "uniform-4": (even_levels(4), even_thresholds(4), 1.0653, 0.0),
    "uniform-16": (even_levels(16), even_thresholds(16), 1.02, 0.1),
    "ternary": ([-1.0, 0.0, 1.0], [-0.5, 0.5], 1.5, 0.2),
    "nf4": (NF4, halfway(NF4), 1.1, 0.0),
    "skewed": ([-0.5, 0.1, 0.9, 2.0], [-0.7, 0.3, 1.1], 0.9, 0.3),
    "positive": ([0.1, 0.5, 1.0, 1.7], [-0.4, 0.5, 1.4], 1.0, 0.1),
    "heaviside": ([0.0, 1.0], [0.3], 1.5, 0.2),
    "far": ([-0.2, 0.3, 3.0], [1.0, 2.5], 2.0, 0.5),
}
CORRELATIONS = [
    -1.0, -0.999, -0.95, -0.7, -0.2, 0.0, 1e-6, 0.3, 0.8999, 0.9, 0.9001, 0.99, 0.9999, 0.999999, 1.0,
]


class Network:
    def __init__(self, levels, thresholds, sigma_w, sigma_b):
        self.v = [mpf(x) for x in levels]
        self.g = [mpf(x) for x in thresholds]
        self.h = [b - a for a, b in zip(self.v, self.v[1:])]
        self.weight, self.bias = mpf(sigma_w) ** 2, mpf(sigma_b) ** 2

    def bins(self, q):
        """Probabilities of the bins at variance q."""
        cuts = [1 - tail(g / mp.sqrt(q)) for g in self.g]
        return [b - a for a, b in zip([mpf(0), *cuts], [*cuts, mpf(1)])]

    def variance_map(self, q):
        return self.weight * mp.fsum(p * v * v for p, v in zip(self.bins(q), self.v)) + self.bias

    def variance(self):
        q = mpf(1)
        for _ in range(300):
            q = self.variance_map(q)
        return mp.findroot(lambda x: self.variance_map(x) - x, (q, q * (1 + mpf(10) ** -9)))

    def variance_slope(self, q):
        return mp.diff(self.variance_map, q)

    def settle(self, q):
        self.q = q
        self.a = [g / mp.sqrt(q) for g in self.g]
        self.mean = mp.fsum(p * v for p, v in zip(self.bins(q), self.v))

    def pairs(self):
        for i in range(len(self.a)):
            for j in range(i + 1):
                weight = self.h[i] * self.h[j] * (1 if i == j else 2)
                yield weight, self.a[i] ** 2 + self.a[j] ** 2, 2 * self.a[i] * self.a[j]

    def image(self, c):
        if abs(c) == 1:
            return (self.weight * self.product_at_end(c) + self.bias) / self.q
        pairs = list(self.pairs())

        def integrand(t):
            s, double = mp.sin(t), 2 * mp.cos(t) ** 2
            return mp.fsum(w * mp.exp(-(sq - pr * s) / double) for w, sq, pr in pairs)

        end = mp.asin(c)
        cuts = [0, end / 2, end * mpf("0.8"), end * mpf("0.95"), end]
        value, error = mp.quad(integrand, cuts, error=True, maxdegree=9)
        assert error < mpf(10) ** -22, (c, error)
        product = self.mean ** 2 + value / (2 * mp.pi)
        return (self.weight * product + self.bias) / self.q

    def product_at_end(self, c):
        cuts = sorted({s * a for a in self.a for s in (1, c)})
        edges = [mpf(-50), *cuts, mpf(50)]

        def phi(x):
            return self.v[sum(1 for a in self.a if a < x)]

        return mp.fsum(
            phi((lo + hi) / 2) * phi(c * (lo + hi) / 2) * (tail(lo) - tail(hi))
            for lo, hi in zip(edges, edges[1:])
        )

    def slope(self, c):
        if abs(c) == 1:
            mirrored = c > 0 or any(abs(a + b) < mpf(10) ** -20 for a in self.a for b in self.a)
            return mp.inf if mirrored else mpf(0)
        rest = 1 - c * c
        total = mp.fsum(w * mp.exp(-(sq - c * pr) / (2 * rest)) for w, sq, pr in self.pairs())
        return self.weight / self.q * total / (2 * mp.pi * mp.sqrt(rest))

    def correlation(self):
        c = mpf(0)
        for _ in range(60):
            step = (self.image(c) - c) / (1 - self.slope(c))
            c += step
            if abs(step) < mpf(10) ** -26:
                break
        return c


def networks():
    mp.mp.dps = 34
    cases, maps, points = [], [], []
    for name, (levels, thresholds, sigma_w, sigma_b) in ACTIVATIONS.items():
        listed = [";".join(map(repr, values)) for values in (levels, thresholds)]
        cases.append((name, *listed, sigma_w, sigma_b))
        network = Network(levels, thresholds, sigma_w, sigma_b)
        q = network.variance()
        odd = [-x for x in reversed(levels)] == levels and sigma_b == 0
        network.settle(q)
        c = mpf(0) if odd else network.correlation()
        points.append((name, q, network.variance_slope(q), c, network.slope(c)))
        network.settle(mpf(float(q)))
        for value in CORRELATIONS:
            x = mpf(value)
            maps.append((name, float(q), value, network.image(x), network.slope(x)))
    write(
        "networks.csv",
        ["Activations and scales of the other files; lists are parted by semicolons"],
        ["name", "levels", "thresholds", "sigma_w", "sigma_b"],
        cases,
    )
    write(
        "correlation.csv",
        ["M(C) and chi(C) at the variance that is listed, by quadrature over t = 0..asin C and by the sum of densities"],
        ["name", "variance", "correlation", "image", "slope"],
        maps,
    )
    write(
        "fixed_points.csv",
        ["The fixed point that the variance map reaches from Q = 1: Q*, V'(Q*), C*, chi(C*)"],
        ["name", "variance", "variance_slope", "correlation", "slope"],
        points,
    )


def distortions():
    mp.mp.dps = 60
    rows = []
    cases = {name: (case[0], case[1]) for name, case in ACTIVATIONS.items()}
    cases["uniform-255"] = (even_levels(255), even_thresholds(255))
    for name, (levels, thresholds) in cases.items():
        for scale in (0.5, 1.0, 2.5, 4.0):
            network = Network(levels, [t * scale for t in thresholds], 1.0, 0.0)
            zphi = mp.fsum(h * pdf(g) for h, g in zip(network.h, network.g))
            square = network.variance_map(mpf(1))
            rows.append((name, scale, 1 - zphi ** 2 / square, zphi / square))
    write(
        "distortion.csv",
        ["The activation with thresholds times scale, on a unit Gaussian: 1 - E[z phi]^2/E[phi^2] and the gain E[z phi]/E[phi^2]",
         "(uniform-255 is 255 levels evenly spaced in [-1,1], thresholds half way)"],
        ["name", "scale", "mean_squared_error", "gain"],
        rows,
    )


def gaussians():
    mp.mp.dps = 60
    rows = []
    for t in (-6.0, -1.5, 0.0, 0.3, 1.0, 1.99, 2.0, 2.01, 3.0, 5.0, 8.0, 12.0, 20.0, 37.0):
        moments = [tail(mpf(t)), pdf(mpf(t)) - mpf(t) * tail(mpf(t))]
        for k in (1, 2):
            moments.append(k * moments[-2] - mpf(t) * moments[-1])
        rows.append((t, *moments))
    write(
        "tail_moments.csv",
        ["J_k(t), the integral of (z-t)^k n(z) from t on, by the forward recurrence at 60 digits"],
        ["t", "j0", "j1", "j2", "j3"],
        rows,
    )


def surrogates():
    mp.mp.dps = 60
    inf = float("inf")
    rows = []
    for height, lower, upper, variance, sigma_w in [
        (1.0, -1.0, 1.0, 1.0, 1.0),
        (1.3, -1.0, 0.5, 0.6, 1.1),
        (0.7, -inf, 0.2, 2.0, 0.9),
        (2.0, -inf, inf, 0.3, 0.25),
        (1.0, 0.0, 1.0, 0.25, 1.5),
        (0.5, 1.0, 3.0, 0.09, 1.0),
        (1.0, -7.0, -6.0, 1.0, 2.0),
        (3.0, -1e-7, 2e-7, 1.0, 1.2),
        (1.0, 20.0, inf, 1.0, 1.0),
    ]:
        spread = mp.sqrt(mpf(variance))
        inside = tail(lower / spread) - tail(upper / spread)
        moment = mpf(height) ** 2 * inside
        rows.append((height, lower, upper, variance, sigma_w, moment, mpf(sigma_w) ** 2 * moment, 1 / (sigma_w * mp.sqrt(inside))))
    write(
        "surrogates.csv",
        ["E[rho^2], M_JJ = sigma_w^2 E[rho^2] and the height at which M_JJ is 1, for rho = height where lower < x < upper",
         "and normal x of this variance; differences of tails at 60 digits"],
        ["height", "lower", "upper", "variance", "sigma_w", "second_moment", "gain", "even_height"],
        rows,
    )


def components():
    mp.mp.dps = 60
    count, units = 9, 6
    # Small integers without a pattern: sums of their products are exact in f32.
    points = [[(7 * p * p + 13 * u * u + 5 * p * u + 3 * u) % 23 - 9 for u in range(units)] for p in range(count)]
    means = [mpf(sum(row[u] for row in points)) / count for u in range(units)]
    about = mp.matrix(count, units)
    for p in range(count):
        for u in range(units):
            about[p, u] = (points[p][u] - means[u]) / mp.sqrt(units)
    values, vectors = mp.eigsy(about * about.T)
    order = sorted(range(count), key=lambda k: -values[k])[:3]
    scores = []
    for k in order:
        score = [mp.sqrt(values[k]) * vectors[p, k] for p in range(count)]
        largest = max(score, key=abs)
        scores.append([x * mp.sign(largest) for x in score])
    total = mp.fsum(values)
    rows = [("share", *[""] * units, *[values[k] / total for k in order])]
    rows += [(str(p), *points[p], *[score[p] for score in scores]) for p in range(count)]
    write(
        "components.csv",
        ["Points (coordinates u0 to u5) and their first three principal components about the mean, per root of the number of",
         "coordinates, by mpmath's eigenvectors at 60 digits; the row `share` has the components' shares of the variance"],
        ["point", *[f"u{u}" for u in range(units)], "first", "second", "third"],
        rows,
    )


if __name__ == "__main__":
    gaussians()
    components()
    surrogates()
    distortions()
    networks()
    uniform()
    best_scales()
