#!/usr/bin/env python3
"""Number formats and least-error quantizers by programs other than mf-core.

    python3 data/reference/formats/make.py

writes the CSV files beside this script (about a minute). Needs ml_dtypes, numpy and mpmath. The first lines of each file say what it
has and how it was computed.

floats      every finite value of the small floating point formats of ml_dtypes. Between two neighbours: the two adjacent
            numbers of single precision that the conversion sends to the lower and to the upper one, found by bisection,
            without an assumption about the threshold. (Conversions from double precision pass through single precision
            and round twice.)
integers    the ranges of the integers of 2 to 8 bits, from ml_dtypes and numpy.
codebooks   the published levels of nf4, af4 and the fp4 of bitsandbytes.
lloyd_max   Newton's method on the conditions of Lloyd and Max at 50 digits.
optima      1 - chi of odd formats at the best scale, from their definitions: a scan in double precision over every octave,
            then the root of the derivative at 40 digits.
stochastic  M(C) and chi(C) of stochastic rounding: the mean of psi(x) E[psi(y) | x] over x, by tanh-sinh quadrature.
"""

import math
import pathlib

import ml_dtypes
import mpmath as mp
import numpy as np
from mpmath import mpf

HERE = pathlib.Path(__file__).parent
DIGITS = 25


def text(x):
    """An f64 exactly, a high-precision number to DIGITS."""
    if isinstance(x, float):
        return repr(x)
    if isinstance(x, (int, str)):
        return str(x)
    return mp.nstr(x, DIGITS, min_fixed=-4, max_fixed=6)


def write(name, notes, header, rows):
    lines = [f"# {note}" for note in notes]
    lines.append("# by data/reference/formats/make.py")
    lines.append(",".join(header))
    lines += [",".join(text(cell) for cell in row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(name, len(rows), "rows")


# ------------------------------------------------------------------ formats

FLOATS = {
    "fp4-e2m1": (ml_dtypes.float4_e2m1fn, 4),
    "fp6-e2m3": (ml_dtypes.float6_e2m3fn, 6),
    "fp6-e3m2": (ml_dtypes.float6_e3m2fn, 6),
    "fp8-e4m3fn": (ml_dtypes.float8_e4m3fn, 8),
    "fp8-e4m3-ieee": (ml_dtypes.float8_e4m3, 8),
    "fp8-e4m3fnuz": (ml_dtypes.float8_e4m3fnuz, 8),
    "fp8-e5m2": (ml_dtypes.float8_e5m2, 8),
    "fp8-e5m2fnuz": (ml_dtypes.float8_e5m2fnuz, 8),
}


def borders(kind, low, high):
    """The largest f32 that the conversion sends to low and the smallest that it sends to high, by bisection."""
    a, b = np.float32(low), np.float32(high)
    while np.nextafter(a, b) != b:
        middle = np.float32(0.5 * (float(a) + float(b)))
        if float(middle.astype(kind)) == low:
            a = middle
        else:
            b = middle
    assert float(b.astype(kind)) == high, (kind, low, high)
    return float(a), float(b)


def floats():
    rows = []
    for name, (kind, bits) in FLOATS.items():
        codes = np.arange(2 ** bits, dtype=np.uint8).view(kind).astype(np.float64)
        values = sorted({float(v) + 0.0 for v in codes if np.isfinite(v)})
        for low, high in zip(values, values[1:]):
            rows.append((name, low, *borders(kind, low, high)))
        rows.append((name, values[-1], "", ""))
    write(
        "floats.csv",
        [f"Finite values of small floating point formats, ml_dtypes {ml_dtypes.__version__}, numpy {np.__version__}:",
         "level, and the neighbouring f32 that are converted to it and to the next level"],
        ["format", "level", "last_below", "first_above"],
        rows,
    )


def integers():
    kinds = {2: ml_dtypes.int2, 4: ml_dtypes.int4, 8: np.int8}
    infos = {2: ml_dtypes.iinfo, 4: ml_dtypes.iinfo, 8: np.iinfo}
    rows = [(bits, int(infos[bits](kind).min), int(infos[bits](kind).max)) for bits, kind in kinds.items()]
    write(
        "integers.csv",
        [f"Ranges of two's complement integers, ml_dtypes {ml_dtypes.__version__}, numpy {np.__version__}"],
        ["bits", "least", "most"],
        rows,
    )


CODEBOOKS = {
    "nf4": [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    "af4": [
        -1.0, -0.69441008, -0.51243739, -0.3736951, -0.25607552, -0.14982478, -0.04934812, 0.0,
        0.04273164, 0.12934483, 0.21961274, 0.31675666, 0.42563882, 0.55496234, 0.72424863, 1.0,
    ],
    "fp4-bnb": sorted({s * x for x in (0.0, 0.0625, 8.0, 12.0, 4.0, 6.0, 2.0, 3.0) for s in (1, -1)}),
}


def nf4_from_quantiles():
    """NF4 by its construction: quantiles of the Gaussian at 9 and 8 evenly spaced probabilities from 1/2 on, the outermost
    at the middle of 1 - 1/30 and 1 - 1/32, divided by the largest (Dettmers et al. 2023, section 3 and appendix E)."""
    mp.mp.dps = 30
    outermost = (mpf(29) / 30 + mpf(31) / 32) / 2

    def quantiles(count):
        return [
            mp.sqrt(2) * mp.erfinv(2 * (outermost + (mpf(1) / 2 - outermost) * k / (count - 1)) - 1)
            for k in range(count - 1)
        ]

    above, below = quantiles(9), quantiles(8)
    values = sorted([-x for x in below] + [mpf(0)] + above)
    return [x / values[-1] for x in values]


def codebooks():
    constructed = nf4_from_quantiles()
    # The published digits come from single precision quantiles.
    assert all(abs(a - b) < 3e-7 for a, b in zip(constructed, CODEBOOKS["nf4"]))
    rows = [(name, level + 0.0) for name, levels in CODEBOOKS.items() for level in levels]
    write(
        "codebooks.csv",
        ["Published levels. nf4: Dettmers et al. 2023 (QLoRA), appendix E, checked against its construction by Gaussian",
         "quantiles; af4: Yoshida 2023, block size 64; fp4-bnb: the 4-bit floating point codes of bitsandbytes 0.39"],
        ["format", "level"],
        rows,
    )


# ------------------------------------------------------------------ Lloyd-Max


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def lloyd_max(states):
    """Levels above 0 and the error. Newton on the positive half, from thresholds at the quantiles of sqrt(3) z."""
    count, odd = states // 2, states % 2
    levels = [mp.sqrt(6) * erfinv(1 - (2 * mpf(count - 1 - i) + 1) / states) for i in range(count)]
    for _ in range(40):
        inner = [(a + b) / 2 for a, b in zip(levels, levels[1:])]
        cuts = [levels[0] / 2 if odd else mpf(0), *inner]
        tails = [*(tail(t) for t in cuts), mpf(0)]
        densities = [*(pdf(t) for t in cuts), mpf(0)]
        rows = []
        for i, level in enumerate(levels):
            mass = tails[i] - tails[i + 1]
            mean = (densities[i] - densities[i + 1]) / mass
            left = densities[i] * (mean - cuts[i]) / mass / 2
            right = densities[i + 1] * (cuts[i + 1] - mean) / mass / 2 if i + 1 < count else mpf(0)
            own = left if i or odd else mpf(0)
            rows.append([-left, 1 - own - right, -right, mean - level])
        for above, row in zip(rows, rows[1:]):
            factor = row[0] / above[1]
            row[1] -= factor * above[2]
            row[3] -= factor * above[3]
        step = [rows[-1][3] / rows[-1][1]]
        for row in reversed(rows[:-1]):
            step.append((row[3] - row[2] * step[-1]) / row[1])
        step.reverse()
        levels = [y + s for y, s in zip(levels, step)]
        if max(abs(s) for s in step) < mpf(10) ** (-mp.mp.dps + 12):
            break
    else:
        raise ArithmeticError(states)
    inner = [(a + b) / 2 for a, b in zip(levels, levels[1:])]
    cuts = [levels[0] / 2 if odd else mpf(0), *inner]
    tails = [*(tail(t) for t in cuts), mpf(0)]
    # Means of their bins: E[q^2] = E[z q], and the error is 1 - E[q^2].
    square = 2 * mp.fsum(y * y * (a - b) for y, a, b in zip(levels, tails, tails[1:]))
    return levels, 1 - square


def erfinv(x):
    """To double precision: a start."""
    low, high = 0.0, 7.0
    target = float(1 - x)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(middle) > target else (low, middle)
    return mpf((low + high) / 2)


def lloyd_maxes():
    mp.mp.dps = 50
    rows = []
    for states in (2, 3, 4, 5, 8, 16, 31, 32, 64, 255, 256, 1000, 1024, 4095, 4096):
        levels, error = lloyd_max(states)
        rows.append((states, levels[0], levels[-1], error))
    write(
        "lloyd_max.csv",
        ["The quantizer of a unit Gaussian of least mean squared error: smallest and largest level above 0, and the error;",
         f"Newton's method on the conditions of Lloyd and Max at 50 digits, mpmath {mp.__version__}"],
        ["states", "smallest", "largest", "mean_squared_error"],
        rows,
    )


# ------------------------------------------------------------------ best scales


def halfway(levels):
    return [(a + b) / 2 for a, b in zip(levels, levels[1:])]


def mirrored(magnitudes, zero=True):
    return [-x for x in reversed(magnitudes)] + ([0.0] if zero else []) + list(magnitudes)


def definitions():
    """Levels and thresholds, as mpf where they are not exact in binary."""
    cases = {}
    for name, (kind, bits) in FLOATS.items():
        codes = np.arange(2 ** bits, dtype=np.uint8).view(kind).astype(np.float64)
        levels = sorted({float(v) + 0.0 for v in codes if np.isfinite(v)})
        cases[name] = (levels, halfway(levels))
    cases["fp4-bnb"] = (CODEBOOKS["fp4-bnb"], halfway(CODEBOOKS["fp4-bnb"]))
    for bits in range(2, 9):
        levels = mirrored([float(k) for k in range(1, 2 ** (bits - 1))])
        cases[f"int{bits}"] = (levels, halfway(levels))
    for bits in (2, 4, 8):
        last = 2 ** bits - 1
        levels = [mpf(2 * k - last) / last for k in range(last + 1)]
        cases[f"tanh{bits}"] = (levels, [mp.atanh(t) for t in halfway(levels)])
    for bits in (3, 4, 5):
        powers = [2.0 ** -k for k in reversed(range(2 ** (bits - 1)))]
        edges = [mp.sqrt(mpf(a) * b) for a, b in zip(powers, powers[1:])]
        cases[f"log{bits}"] = (mirrored(powers, False), mirrored(edges))
        powers = [2.0 ** -k for k in reversed(range(2 ** (bits - 2)))]
        levels = mirrored(powers)
        cases[f"inq{bits}"] = (levels, halfway(levels))
    levels = mirrored([0.25, 0.5, 1.0])
    cases["apot3"] = (levels, halfway(levels))
    sums = sorted(a + b for a in (0, 1, 1 / 4, 1 / 16) for b in (0, 1 / 2, 1 / 8, 1 / 32))
    levels = mirrored([float(x) for x in sums[1:]])
    cases["apot5"] = (levels, halfway(levels))
    return cases


def optima():
    mp.mp.dps = 40
    rows = []
    for name, (levels, thresholds) in definitions().items():
        steps = [b - a for a, b in zip(levels, levels[1:])]
        squares = [b * b - a * a for a, b in zip(levels, levels[1:])]
        positive = [(g, d) for g, d in zip(thresholds, squares) if g > 0]
        reference = levels[len(levels) // 2] ** 2

        def error(x):
            """1 - chi at ln(scale) = x, by the theory's formula."""
            scale = mp.exp(x)
            slope = mp.fsum(h * pdf(g * scale) for h, g in zip(steps, thresholds))
            square = reference + 2 * mp.fsum(d * tail(g * scale) for g, d in positive)
            return 1 - slope ** 2 / square

        g, h = np.array([float(t) for t in thresholds]), np.array([float(t) for t in steps])
        pg, pd = np.array([float(t) for t, _ in positive]), np.array([float(d) for _, d in positive])
        grid = np.arange(math.log(0.3 / max(pg)), math.log(6 / min(pg)), 0.02)

        def rough(x):
            slope = float(np.sum(h * np.exp(-((g * math.exp(x)) ** 2) / 2))) / math.sqrt(2 * math.pi)
            tails = np.array([math.erfc(t * math.exp(x) / math.sqrt(2)) / 2 for t in pg])
            return 1 - slope ** 2 / (float(reference) + 2 * float(np.sum(pd * tails)))

        values = [rough(x) for x in grid]
        minima = [i for i in range(1, len(grid) - 1) if values[i] <= min(values[i - 1], values[i + 1])]
        minima = [i for i in minima if values[i] < 1.001 * min(values)]
        best = None
        for i in minima:
            x = mp.findroot(lambda x: mp.diff(error, x), (grid[i], grid[i] + 0.005), tol=mpf(10) ** -30)
            found = (error(x), mp.exp(x))
            best = found if best is None or found[0] < best[0] else best
        rows.append((name, *best))
        print(name, mp.nstr(best[0], 12), len(minima))
    write(
        "optima.csv",
        ["Odd formats at the scale of the largest chi: 1 - chi, and that scale (others may come within 1e-10 of it where the",
         f"format spans many octaves); at 40 digits, mpmath {mp.__version__}"],
        ["format", "one_minus_slope", "scale"],
        rows,
    )


# ------------------------------------------------------------------ stochastic rounding


def clipped_mean(mean, spread, low, high):
    """E[clip(mean + spread z)]."""
    a, b = (low - mean) / spread, (high - mean) / spread
    inner = mean * (tail(a) - tail(b)) + spread * (pdf(a) - pdf(b))
    return low * (1 - tail(a)) + high * tail(b) + inner


def stochastic():
    mp.mp.dps = 30
    rows = []
    levels_of = {
        "nf4": [3 * x for x in CODEBOOKS["nf4"]],
        "fp4-bnb": [x / 4 for x in CODEBOOKS["fp4-bnb"]],
        "relu": [0.0, 0.5, 1.0, 2.0],
        "positive": [0.5, 0.75, 1.5],
    }
    for name, levels in levels_of.items():
        levels = [mpf(x) for x in levels]
        low, high = levels[0], levels[-1]
        # E[phi^2 | x] is linear between the levels.
        square = low ** 2 * (1 - tail(low)) + high ** 2 * tail(high)
        for a, b in zip(levels, levels[1:]):
            square += (a + b) * (pdf(a) - pdf(b)) - a * b * (tail(a) - tail(b))
        for c in (-0.9, -0.3, 0.0, 0.5, 0.9, 0.999):
            rest = mp.sqrt(1 - mpf(c) ** 2)
            cuts = sorted({mpf(-14), *(mpf(x) for x in range(-13, 14)), mpf(14), low, high})

            def product(x):
                return min(max(x, low), high) * clipped_mean(c * x, rest, low, high) * pdf(x)

            def both(x):
                return (tail((low - c * x) / rest) - tail((high - c * x) / rest)) * pdf(x)

            # For |C| near 1 the conditional mean bends within a narrow range.
            fine = sorted({*cuts, *(e + k * rest for e in (low, high, -low, -high) for k in range(-8, 9))})
            image = mp.quad(product, fine) / square
            slope = mp.quad(both, [x for x in fine if low <= x <= high]) / square
            rows.append((name, ";".join(repr(float(x)) for x in levels), c, square, image, slope))
    write(
        "stochastic.csv",
        ["Stochastic rounding of unit Gaussians to the levels listed: E[phi^2], and M(C) and chi(C) at sigma_w^2 = 1/E[phi^2],",
         f"sigma_b = 0; conditional means by quadrature at 30 digits, mpmath {mp.__version__}"],
        ["name", "levels", "correlation", "mean_square", "image", "slope"],
        rows,
    )


if __name__ == "__main__":
    floats()
    integers()
    codebooks()
    lloyd_maxes()
    optima()
    stochastic()
