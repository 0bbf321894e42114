"""Kernel regression on MNIST with the tangent kernels of infinitely wide chains of N-level units.

Usage: kernel_regression.py FOLDER_OF_MNIST_GZ [OUTPUT.csv]
Written for python 3 with numpy 1.26 and scipy (any of 1.11 or later).  One core, a few minutes.

K_0 = Theta_0 = c;  K' = M(K);  Theta' = M(K) + S(K) Theta;  output kernel K_L + Theta_L.
M(c) = w E[phi(u1) phi(u2)];  S mixed = w E[phi'(u1) rho(u2)],  S surrogate = w E[rho(u1) rho(u2)].
M and S(surrogate) come from Price's theorem as integrals over the angle a = arcsin c,
  d/da E[F(u1) F(u2)] = sum_ij h_i h_j exp(-(g_i^2 - 2 sin(a) g_i g_j + g_j^2) / (2 cos(a)^2)) / 2 pi
for a step function F with steps h_i at g_i (smooth on each side of c = +-1).
S(mixed) is a finite sum of normal distribution functions.  All three are tabulated in
theta = arccos c with cubic splines.

wrong_from_random: networks that start with random outputs.  Outputs of all images before training are drawn with the
covariance K, for each class and DRAWS networks, and go where f(x) = f0(x) + Theta(x, X) Theta(X, X)^-1 (y - f0(X))
takes them; random_error is the standard error of its mean over the draws.  For the mixed kernel only.

Columns of the CSV: depth is the asked depth, layers = round(depth xi).
"""
import csv, gzip, os, sys
import numpy as np, scipy
from scipy.interpolate import CubicSpline
from scipy.linalg import cholesky, solve
from scipy.special import ndtr

SPACING = {4: 0.9956866859435063, 16: 0.3352006121999727}
DEPTHS = (0.5, 1, 2, 3, 4, 5, 6, 8)
DRAWS = 40
GRID = 20000                                   # table cells in theta, 0..pi
density = lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def pair_mean(g, h, at_zero, theta):
    """E[F(u1)F(u2)] on the grid theta (correlation cos theta), F with steps h at g."""
    x, wt = np.polynomial.legendre.leggauss(6)
    half = (theta[1] - theta[0]) / 2
    t = (theta[:-1, None] + half * (1 + x)).ravel()   # dE/dtheta = -dE/da
    c, s2, d = np.cos(t), np.sin(t) ** 2, np.zeros(t.size)
    for gi, hi in zip(g, h):
        for gj, hj in zip(g, h):
            q = (gi - gj) ** 2 + 2 * gi * gj * (1 - c) if gi * gj >= 0 else \
                (gi + gj) ** 2 - 2 * gi * gj * (1 + c)
            d += hi * hj * np.exp(-q / (2 * s2))
    cells = half * (d.reshape(-1, x.size) @ wt) / (2 * np.pi)
    cum = np.concatenate([[0], np.cumsum(cells)])
    return at_zero + cum[len(cum) // 2] - cum          # theta = pi/2 is c = 0


class Unit:
    def __init__(self, n):
        if n == 2:
            g, levels, lo, hi = np.zeros(1), np.array([-1., 1.]), -1.0, 1.0
        else:
            d = SPACING[n]
            g = d * (np.arange(1, n) - n / 2)
            levels = d * (np.arange(n) - (n - 1) / 2)
            lo, hi = levels[0], levels[-1]
        h = np.diff(levels)
        p = np.diff(ndtr(np.concatenate([[-np.inf], g, [np.inf]])))
        self.w = w = 1 / np.sum(p * levels ** 2)
        P = ndtr(hi) - ndtr(lo)
        s = 1 / np.sqrt(w * P)
        self.chi = w * np.sum(h * density(g)) ** 2
        self.xi = -1 / np.log(self.chi)
        th = np.linspace(0, np.pi, GRID + 1)
        M = w * pair_mean(g, h, 0.0, th)
        R = w * s * s * pair_mean(np.array([lo, hi]), np.array([1., -1.]), P * P, th)
        X, c, sn = np.zeros(GRID + 1), np.cos(th[1:-1]), np.sin(th[1:-1])
        for gi, hi_ in zip(g, h):
            f = w * hi_ * density(gi) * s
            X[1:-1] += f * (ndtr((hi - c * gi) / sn) - ndtr((lo - c * gi) / sn))
            X[[0, -1]] += f                            # |g_i| lies inside the window
        self.at_one = (1.0, X[0], 1.0)                 # exact values at c = 1
        self.at_zero = (M[GRID // 2], X[GRID // 2], R[GRID // 2])
        self.raw_one = (M[0], X[0], R[0])              # as integrated: a check
        co = [CubicSpline(th, f).c[::-1].T for f in (M, X, R)]
        self.step, self.table = th[1], np.concatenate(co, axis=1)   # [GRID, 12]

    def __call__(self, c):
        """M, mixed and surrogate slopes at the correlations c (none of them exactly 1)."""
        t = np.arccos(c)
        i = np.minimum((t / self.step).astype(np.intp), GRID - 1)
        t -= i * self.step
        out = []
        for k in range(3):
            a = self.table[:, 4 * k:4 * k + 4]
            out.append(((a[i, 3] * t + a[i, 2]) * t + a[i, 1]) * t + a[i, 0])
        return out


def load(folder, name, kind, count, first=0):
    """count images (normalized rows) or labels from item number first on."""
    with gzip.open(os.path.join(folder, name)) as f:
        raw = f.read()
    if kind == "labels":
        return np.frombuffer(raw, np.uint8, count, 8 + first).astype(int)
    x = np.frombuffer(raw, np.uint8, count * 784, 16 + 784 * first).reshape(count, 784)
    x = (x / 255.0 - 0.1307) / 0.3081
    return x / np.sqrt(np.mean(x * x, axis=1, keepdims=True))


def score(f, labels):
    y = np.where(np.arange(10) == labels[:, None], 0.9, -0.1)
    return np.mean(np.argmax(f, axis=1) != labels), np.mean((f - y) ** 2) / 0.09


def from_random(k, kt, joint, y, labels, rng):
    """Share of wrong classes from random outputs of the covariance joint (training images first): mean and its error."""
    lower = cholesky(joint, lower=True, check_finite=False)
    f0 = (lower @ rng.standard_normal((len(joint), DRAWS * 10))).reshape(len(joint), DRAWS, 10)
    start, test = f0[:len(y)], f0[len(y):]
    left = (y[:, None, :] - start).reshape(len(y), -1)
    f = test + (kt @ solve(k, left, check_finite=False)).reshape(test.shape)
    wrong = np.mean(np.argmax(f, axis=2) != labels[:, None], axis=0)
    return wrong.mean(), wrong.std(ddof=1) / np.sqrt(DRAWS)


def crossing(xs, ratio, level=0.95):
    """Last upward crossing of the level, linear between neighbours."""
    below = [i for i, r in enumerate(ratio) if r < level]
    if not below or below[-1] + 1 == len(xs):
        return float("nan")
    i = below[-1]
    return xs[i] + (level - ratio[i]) / (ratio[i + 1] - ratio[i]) * (xs[i + 1] - xs[i])


def main(folder, output):
    print("python", sys.version.split()[0], "numpy", np.__version__, "scipy", scipy.__version__)
    xt = load(folder, "t10k-images-idx3-ubyte.gz", "images", 1000)
    lt = load(folder, "t10k-labels-idx1-ubyte.gz", "labels", 1000)
    up = np.triu_indices(1000, 1)
    parts = []
    for p in (0, 1):
        x = load(folder, "train-images-idx3-ubyte.gz", "images", 1000, 1000 * p)
        l = load(folder, "train-labels-idx1-ubyte.gz", "labels", 1000, 1000 * p)
        # train pairs, test-train, test pairs
        c = np.concatenate([(x @ x.T)[up], (xt @ x.T).ravel(), (xt @ xt.T)[up]]) / 784
        y = np.where(np.arange(10) == l[:, None], 0.9, -0.1)
        mean = np.stack([x[l == k].mean(0) for k in range(10)])
        far = ((xt[:, None] - mean) ** 2).sum(2)
        cos = xt @ (mean / np.linalg.norm(mean, axis=1, keepdims=True)).T
        print(f"part {p}: nearest pair {np.arccos(c.max()):.4f} rad, largest {np.arccos(c.min()):.4f} rad, class sizes "
              f"{np.bincount(l)}, nearest class mean wrong {np.mean(far.argmin(1) != lt):.4f}"
              f" (by cosine {np.mean(cos.argmax(1) != lt):.4f}), largest class wrong"
              f" {np.mean(lt != np.bincount(l).argmax()):.4f}")
        parts.append((c, y, l))

    pairs, eye = up[0].size, np.eye(1000)

    def square(v):
        """Symmetric matrix of these pairs, with ones on the diagonal."""
        k = np.eye(1000)
        k[up] = v
        k.T[up] = v
        return k

    def split(v, diag):
        """Kernel of training pairs and of test-training pairs, both divided by the diagonal."""
        return square(v[:pairs]) / diag + eye * (1 - 1 / diag), v[pairs:-pairs].reshape(1000, 1000) / diag

    rows, rng = [], np.random.default_rng(1906)
    for n in (2, 4, 16):
        u = Unit(n)
        print(f"\nN={n} w={u.w:.10f} 1-chi={1-u.chi:.10f} xi={u.xi:.6f} raw M(1)-1={u.raw_one[0]-1:.1e}"
              f" raw R(1)-1={u.raw_one[2]-1:.1e} mixed(1)={u.at_one[1]:.8f}"
              f" mixed(0)={u.at_zero[1]:.8f} surrogate(0)={u.at_zero[2]:.8f} chi={u.chi:.8f}")
        want = {max(1, round(d * u.xi)): d for d in DEPTHS}
        assert len(want) == len(DEPTHS)
        cross = {}
        for p, (c0, y, l) in enumerate(parts):
            K, kd, T, td = c0.copy(), 1.0, [c0.copy(), c0.copy()], [1.0, 1.0]
            curve = {0: {}, 1: {}, 2: {}}              # ratio at every L; of wrong classes from random outputs
            for L in range(1, max(want) + 1):
                M, *S = u(K)
                K = M
                for q in (0, 1):
                    T[q] = M + S[q] * T[q]
                    td[q] = 1.0 + u.at_one[1 + q] * td[q]
                    k, kt = split(K + T[q], 1.0 + td[q])
                    wrong, sq = score(kt @ solve(k, y, check_finite=False), lt)
                    curve[q][L] = sq
                    drawn = (np.nan, np.nan)
                    if q == 0 and (L in want or n < 16 and 2 < L / u.xi < 5):
                        between = M[pairs:-pairs].reshape(1000, 1000)
                        joint = np.block([[square(M[:pairs]), between.T], [between, square(M[-pairs:])]])
                        drawn = from_random(k, kt, joint, y, lt, rng)
                        curve[2][L] = drawn[0] / 0.9
                    if L in want:
                        name = ("mixed", "surrogate")[q]
                        rows.append((n, name, p, L, want[L], wrong, sq, *drawn))
                        lead = np.mean((kt @ y).argmax(1) != lt)      # a = y: leading order
                        # same, with each class divided by its size
                        bal = kt @ ((y + 0.1) / np.bincount(l))
                        ev = np.linalg.eigvalsh(k)[0]
                        print(f"N={n} {name} part {p} L={L} depth {want[L]} wrong {wrong:.4f} ratio {sq:.6f}"
                              f" from random {drawn[0]:.4f} +- {drawn[1]:.4f} | leading term wrong {lead:.4f} balanced {np.mean(bal.argmax(1) != lt):.4f}"
                              f" | smallest eigenvalue {ev:.4g} rms off-diagonal {np.sqrt(np.mean(kt**2)):.3g}",
                              flush=True)
            for q in (0, 1, 2):
                xs = [L for L in curve[q] if L in want]
                cross[q, p] = (crossing([L / u.xi for L in xs], [curve[q][L] for L in xs]),
                               crossing([L / u.xi for L in curve[q]], list(curve[q].values())))
        for q in (0, 1, 2):
            a = np.array([cross[q, 0], cross[q, 1]])
            print(f"N={n} {('mixed', 'surrogate', 'mixed, wrong classes from random,')[q]} ratio 0.95 at L/xi: asked depths {a[:, 0]} mean"
                  f" {a[:, 0].mean():.4f}; every L {a[:, 1]} mean {a[:, 1].mean():.4f}", flush=True)
    rows.sort(key=lambda r: (r[0], r[1], r[2], r[3]))
    with open(output, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow("states kernel part layers depth wrong squared_error wrong_from_random random_error".split())
        out.writerows([*r[:5], f"{r[5]:.4f}", f"{r[6]:.8f}", f"{r[7]:.5f}", f"{r[8]:.5f}"] for r in rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "kernel_regression.csv")
