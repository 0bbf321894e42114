"""Kernels of chains with quantized activations, to 18 digits.

Versions: Python 3.11, mpmath 1.4.1 (30 digits).
Run:  python quantized_kernels.py            (writes quantized_kernels.csv into the current folder)
      python quantized_kernels.py --check    (also computes every expectation by a second formula and prints the largest difference)

The activation phi is a step function: phi = levels[0] below thresholds[0], then levels[1], and so on. Its derivative is a sum of
deltas: phi' = sum_i h_i delta(x - g_i), with g the thresholds and h the steps between the levels. The surrogate of the derivative
is the window rho(x) = s for |x| < 1, else 0.

    sign      levels -1, 1       threshold 0             s = 0.9
    ternary   levels -1, 0, 1    thresholds -0.5, 0.5    s = 1.1

sigma_w = 1.2, sigma_b = 0.1. K0 has the variances 0.5, 1, 2 and the correlations 0.3 (0 and 1), -0.6 (0 and 2), 0.95 (1 and 2).
(Every pair is a covariance matrix, the three together are not: no three inputs have it. The recursion needs pairs only.)

NTK parametrization, (u1, u2) ~ N(0, S^l), the first index is that of the evaluated input:

    S^1 = sigma_w^2 K0 + sigma_b^2,    T^1 = S^1
    S^(l+1)(1,2) = sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2
    T^(l+1)(1,2) = S^(l+1)(1,2) + sigma_w^2 E[a(u1) b(u2)] T^l(1,2)

    covariance   S^l
    surrogate    T^l with a = b = rho
    mixed        T^l with a = phi', b = rho (not symmetric)
    exact        T^l with a = b = phi' (infinite on the diagonal, empty there)

Columns: activation, layer (l = 1, 2, 3, 5, 10), i, j, covariance, surrogate, mixed, exact; all ordered pairs.
"""

import csv
import sys

from mpmath import mp, mpf

mp.dps = 30
SIGMA_W, SIGMA_B = mpf("1.2"), mpf("0.1")
VARIANCES = [mpf("0.5"), mpf(1), mpf(2)]
CORRELATIONS = {(0, 1): mpf("0.3"), (0, 2): mpf("-0.6"), (1, 2): mpf("0.95")}
ACTIVATIONS = {
    "sign": ([mpf(-1), mpf(1)], [mpf(0)], mpf("0.9")),
    "ternary": ([mpf(-1), mpf(0), mpf(1)], [mpf("-0.5"), mpf("0.5")], mpf("1.1")),
}
LAYERS = (1, 2, 3, 5, 10)


def cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def density(x, variance):
    return mp.exp(-x * x / (2 * variance)) / mp.sqrt(2 * mp.pi * variance)


class Steps:
    """A step function: levels[0] below all edges."""

    def __init__(self, levels, edges):
        self.levels, self.edges = levels, edges
        self.steps = [b - a for a, b in zip(levels, levels[1:])]

    def at(self, x):
        return self.levels[0] + sum(h for h, g in zip(self.steps, self.edges) if x > g)

    def mean(self, mean, variance):
        """E of the function of N(mean, variance)."""
        return self.levels[0] + sum(h * cdf((mean - g) / mp.sqrt(variance)) for h, g in zip(self.steps, self.edges))

    def square(self):
        return Steps([v * v for v in self.levels], self.edges)


def conditional(u1, q1, q2, c):
    """Mean and variance of u2 given u1."""
    return c / q1 * u1, q2 - c * c / q1


def product(f, q1, q2, c):
    """E[f(u1) f(u2)] by quadrature over u1 of the conditional mean."""
    total = mpf(0)
    ends = [-14 * mp.sqrt(q1), *f.edges, 14 * mp.sqrt(q1)]  # beyond 14 deviations: 1e-44
    for level, a, b in zip(f.levels, ends, ends[1:]):
        if level:
            # The conditional mean turns where the mean of u2 passes an edge.
            turns = [g * q1 / c for g in f.edges if c and a < g * q1 / c < b]
            grid = [a + (b - a) * k / 12 for k in range(13)]
            points = sorted(set(grid + turns))
            total += level * mp.quad(lambda u: density(u, q1) * f.mean(*conditional(u, q1, q2, c)), points)
    return total


def mixed(f, rho, q1, q2, c):
    """E[f'(u1) rho(u2)]."""
    return sum(h * density(g, q1) * rho.mean(*conditional(g, q1, q2, c)) for h, g in zip(f.steps, f.edges))


def exact(f, q1, q2, c):
    """E[f'(u1) f'(u2)]: the sum over pairs of edges of the density of (u1, u2)."""
    total = mpf(0)
    for h1, g1 in zip(f.steps, f.edges):
        for h2, g2 in zip(f.steps, f.edges):
            mean, variance = conditional(g1, q1, q2, c)
            total += h1 * h2 * density(g1, q1) * density(g2 - mean, variance)
    return total


def product_again(f, q1, q2, c):
    """E[f(u1) f(u2)] by Plackett's formula: the derivative to the covariance is E[f'(u1) f'(u2)]."""
    return f.mean(0, q1) * f.mean(0, q2) + mp.quad(lambda t: exact(f, q1, q2, t), mp.linspace(0, c, 13))


def mixed_again(f, rho, q1, q2, c):
    """E[f'(u1) rho(u2)] likewise: the derivative to the covariance is E[f''(u1) rho'(u2)], then by parts, on the density."""

    def slope(t):
        total = mpf(0)
        for h, g in zip(f.steps, f.edges):
            for k, e in zip(rho.steps, rho.edges):
                mean, variance = conditional(g, q1, q2, t)
                p = density(g, q1) * density(e - mean, variance)
                total += h * k * p * (q2 * g - t * e) / (q1 * q2 - t * t)  # -dp/du1
        return total

    start = sum(h * density(g, q1) for h, g in zip(f.steps, f.edges)) * rho.mean(0, q2)
    return start + mp.quad(slope, mp.linspace(0, c, 13))


def chain(name, check):
    """Rows of one activation, and the largest difference of the two formulas."""
    levels, thresholds, s = ACTIVATIONS[name]
    phi = Steps(levels, thresholds)
    rho = Steps([mpf(0), s, mpf(0)], [mpf(-1), mpf(1)])
    pairs = [(i, j) for i in range(3) for j in range(3)]
    w2, b2 = SIGMA_W**2, SIGMA_B**2

    def correlation(i, j):
        return mpf(1) if i == j else CORRELATIONS[min(i, j), max(i, j)]

    cov = {(i, j): w2 * correlation(i, j) * mp.sqrt(VARIANCES[i] * VARIANCES[j]) + b2 for i, j in pairs}
    surrogate, mix, ex = dict(cov), dict(cov), dict(cov)
    rows, largest = [], mpf(0)
    for layer in range(1, max(LAYERS) + 1):
        if layer in LAYERS:
            for i, j in pairs:
                values = [t[i, j] for t in (cov, surrogate, mix)] + ([ex[i, j]] if i != j else [])
                texts = [mp.nstr(v, 18, strip_zeros=False) for v in values] + ([""] if i == j else [])
                rows.append([name, layer, i, j, *texts])
        new = {}
        for i, j in pairs:
            q1, q2, c = cov[i, i], cov[j, j], cov[i, j]
            if i == j:
                phi_phi, rho_rho = phi.square().mean(0, q1), rho.square().mean(0, q1)
                phi_rho = sum(h * density(g, q1) * rho.at(g) for h, g in zip(phi.steps, phi.edges))
            else:
                phi_phi, rho_rho = product(phi, q1, q2, c), product(rho, q1, q2, c)
                phi_rho = mixed(phi, rho, q1, q2, c)
                ex[i, j] *= w2 * exact(phi, q1, q2, c)
                if check:
                    again = product_again(phi, q1, q2, c), product_again(rho, q1, q2, c), mixed_again(phi, rho, q1, q2, c)
                    largest = max(largest, *(abs(a / b - 1) for a, b in zip(again, (phi_phi, rho_rho, phi_rho))))
                    if name == "sign":
                        largest = max(largest, abs(2 / mp.pi * mp.asin(c / mp.sqrt(q1 * q2)) / phi_phi - 1))
            new[i, j] = w2 * phi_phi + b2
            surrogate[i, j] = new[i, j] + w2 * rho_rho * surrogate[i, j]
            mix[i, j] = new[i, j] + w2 * phi_rho * mix[i, j]
            ex[i, j] += new[i, j] if i != j else 0
        cov = new
    return rows, largest


def main():
    check = "--check" in sys.argv
    rows = []
    for name in ACTIVATIONS:
        more, largest = chain(name, check)
        rows += more
        if check:
            print(name, "largest relative difference of the two formulas:", mp.nstr(largest, 3))
    with open("quantized_kernels.csv", "w", newline="") as file:
        header = ["activation", "layer", "i", "j", "covariance", "surrogate", "mixed", "exact"]
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
