#!/usr/bin/env python3
"""Blocks of numbers in the microscaling formats and in NVFP4, by programs other than mf.

    python3 crates/mf-sim/tests/data/make_blocks.py      (gfloat, ml_dtypes, numpy; seconds)

writes blocks.csv beside this script. One line is one block: the f32 that go in, the scale, and the f32 that come out.

mx      gfloat's quantize_block: the scale 2^(floor(log2 largest) - emax) of the OCP specification 1.0, section 6.3, from
        2^-127 to 2^127, and elements rounded to nearest, ties to even, saturating. Division by a power of two is exact.
nvfp4   gfloat's rounding to E4M3 of largest / 6, to nearest, ties to even, at most 448, and to E2M1 of x / scale. A scale
        that rounds to 0 is the smallest one above, 2^-9: mf's rule, as there is no dividing by 0.

Both are compared, number by number, with the values of the codes of ml_dtypes and exact fractions: the nearest one, of two
that are equally near the one with the even code. Where two are equally near, the other one is kept too (column "other"):
hardware rounds to even, a step activation may take either. The quotient x / scale is exact here. Rounded to f32 it is on a
threshold exactly where the true one is: a scale of 4 bits, m / 8 with m < 16, leaves neighbouring x more than half a unit
in the last place of the quotient apart.
"""

import math
import pathlib
from fractions import Fraction
from importlib.metadata import version

import gfloat
import ml_dtypes
import numpy as np
from gfloat import formats as f

HERE = pathlib.Path(__file__).parent
F32 = np.float32

# name: block format of gfloat (None: an E4M3 scale), elements in gfloat and in ml_dtypes
FORMATS = {
    "mxfp4": (f.format_info_mxfp4_e2m1, f.format_info_ocp_e2m1, ml_dtypes.float4_e2m1fn),
    "mxfp6-e2m3": (f.format_info_mxfp6_e2m3, f.format_info_ocp_e2m3, ml_dtypes.float6_e2m3fn),
    "mxfp6-e3m2": (f.format_info_mxfp6_e3m2, f.format_info_ocp_e3m2, ml_dtypes.float6_e3m2fn),
    "mxfp8-e4m3": (f.format_info_mxfp8_e4m3, f.format_info_ocp_e4m3, ml_dtypes.float8_e4m3fn),
    "mxfp8-e5m2": (f.format_info_mxfp8_e5m2, f.format_info_ocp_e5m2, ml_dtypes.float8_e5m2),
    "nvfp4": (None, f.format_info_ocp_e2m1, ml_dtypes.float4_e2m1fn),
}


def magnitudes(kind):
    """Finite values from 0 up, so that the place of one is its code without the sign."""
    bits = {"float4_e2m1fn": 4, "float6_e2m3fn": 6, "float6_e3m2fn": 6}.get(np.dtype(kind).name, 8)
    codes = np.arange(2 ** (bits - 1), dtype=np.uint8).view(kind).astype(np.float64)
    return [Fraction(float(v)) for v in codes if np.isfinite(v)]


def nearest(x, values):
    """The value nearest to |x| with the sign of x, and the other one if two are equally near."""
    size, sign = abs(x), -1 if x < 0 else 1
    if size >= values[-1]:
        return sign * values[-1], None
    above = next(k for k, v in enumerate(values) if v > size)
    low, high = values[above - 1], values[above]
    if size - low != high - size:
        return sign * (low if size - low < high - size else high), None
    even, odd = (low, high) if (above - 1) % 2 == 0 else (high, low)
    return sign * even, sign * odd


def scale_by_fractions(largest, block, elements, scales):
    if block is None:
        scale, _ = nearest(Fraction(float(largest)) / elements[-1], scales)
        return scale or scales[1]
    if largest == 0:
        return Fraction(1, 2 ** 127)
    exponent = math.frexp(float(largest))[1] - math.frexp(float(elements[-1]))[1]
    return Fraction(2) ** min(max(exponent, -127), 127)


def rounded(name, values):
    """The scale, the rounded values and, at ties, the other neighbours (None elsewhere)."""
    block, element, kind = FORMATS[name]
    elements, scales = magnitudes(kind), magnitudes(ml_dtypes.float8_e4m3fn)
    largest = max(abs(v) for v in values)
    exact_scale = scale_by_fractions(largest, block, elements, scales)
    if block is None:
        scale = gfloat.round_float(f.format_info_ocp_e4m3, float(largest) / 6, sat=True) or 2.0 ** -9
        out = [gfloat.round_float(element, float(F32(v) / F32(scale)), sat=True) * scale for v in values]
    else:
        wide = np.array(values, dtype=np.float64)
        scale = gfloat.block.compute_scale_amax(element.emax, wide)
        out = list(gfloat.quantize_block(block, wide, gfloat.block.compute_scale_amax))
    assert Fraction(float(scale)) == exact_scale, (name, scale, exact_scale)
    others = []
    for v, found in zip(values, out):
        even, odd = nearest(Fraction(float(v)) / exact_scale, elements)
        assert Fraction(float(found)) == even * exact_scale, (name, v, found, even)
        assert float(F32(found)) == float(found), "what comes out is an f32"
        others.append(None if odd is None else float(odd * exact_scale))
    return float(scale), [float(x) for x in out], others


def blocks(name, random):
    """(kind, f32 values)."""
    block, _, kind = FORMATS[name]
    size = 16 if block is None else 32
    levels = [float(v) for v in magnitudes(kind)]
    top = levels[-1]
    middles = [(a + b) / 2 for a, b in zip(levels, levels[1:])]
    signs = np.where(np.arange(size) % 2 == 0, 1.0, -1.0)

    def filled(values):
        """A block of these numbers and zeros."""
        return [*values, *([0.0] * (size - len(values)))][:size]

    yield "zeros", filled([])
    yield "one number", filled([0.0, 0.0, -0.7])
    yield "one large", [*(0.01 * random.standard_normal(size - 1)), 300.0]
    yield "equal", [0.3] * size
    # The largest one representable, on a power of two, just below one, beyond the largest element.
    yield "largest element", [top, *(random.uniform(-top, top, size - 1))]
    yield "power of two", [-4.0, *(random.uniform(-4, 4, size - 1))]
    below = float(np.nextafter(F32(4.0), F32(0.0)))
    yield "below a power of two", [below, *(random.uniform(-4, 4, size - 1))]
    # Every tie, with the block's largest element on top; those of a wide format take several blocks.
    ties = [s * m for m in middles if m < top for s in (1.0, -1.0)]
    picked = ties if len(ties) <= 4 * size else [ties[i] for i in np.linspace(0, len(ties) - 1, 4 * size, dtype=int)]
    unit = 1.625 if block is None else 0.25
    for start in range(0, len(picked), size - 1):
        yield "ties", [unit * x for x in filled([top, *picked[start : start + size - 1]])]
    # Next to a tie.
    near = [F32(unit * x) for x in picked[: size - 1]]
    yield "above ties", filled([unit * top, *(np.nextafter(x, F32(np.inf)) for x in near)])
    yield "below ties", filled([unit * top, *(np.nextafter(x, F32(-np.inf)) for x in near)])
    # Around the smallest elements.
    yield "small elements", [top, *(signs[1:] * levels[1] * np.linspace(0.1, 3.0, size - 1))]
    if block is None:
        # Scales at the ends of E4M3: subnormal, smallest, too small, largest, too large.
        for factor in (2.0 ** -7, 2.0 ** -9, 2.0 ** -12, 448.0, 1000.0):
            yield f"scale {factor}", [6 * factor, *(factor * random.uniform(-6, 6, size - 1))]
        for ratio in (1.0625, 1.1875, 1.9375):
            yield "scale at a tie", [6 * ratio, *(random.uniform(-6, 6, size - 1))]
    else:
        tiny = 2.0 ** -149
        yield "subnormal f32", [signs[i] * tiny * int(x) for i, x in enumerate(random.integers(0, 2 ** 22, size))]
        yield "smallest f32", filled([tiny, -tiny, 3 * tiny])
        yield "scale near its least", [2.0 ** -120 * x for x in random.standard_normal(size)]
        yield "largest f32", [3.4028234663852886e38 * x for x in [1.0, *random.uniform(-1, 1, size - 1)]]
    for deviation in (1.0, 0.037, 5.3, 900.0):
        yield "normal", deviation * random.standard_normal(size)
    yield "spread over octaves", signs * np.exp(random.uniform(-12, 3, size))


def main():
    random = np.random.default_rng(20191)
    lines = [
        "# Blocks of f32 rounded by the microscaling formats and NVFP4: the scale, what comes out (ties to even), and at exact",
        f"# ties the other neighbour; gfloat {version('gfloat')}, ml_dtypes {ml_dtypes.__version__}, numpy {np.__version__}",
        "# by crates/mf-sim/tests/data/make_blocks.py",
        "format,kind,scale,values,rounded,other",
    ]
    count, uneven = 0, 0
    for name in FORMATS:
        for kind, values in blocks(name, random):
            values = [F32(v) for v in values]
            assert len(values) == (16 if FORMATS[name][0] is None else 32), (name, kind)
            scale, out, others = rounded(name, values)
            short = lambda x: np.format_float_scientific(F32(x), trim="-", exp_digits=1) if x else "0"
            cells = [";".join(short(v) for v in values), ";".join(short(v) for v in out)]
            cells.append(";".join("" if o is None else short(o) for o in others))
            lines.append(",".join([name, kind, repr(scale), *cells]))
            count += sum(o is not None for o in others)
            uneven += sum(o is not None and o < x for o, x in zip(others, out))
    (HERE / "blocks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines) - 4, "blocks,", count, "ties, at", uneven, "of them the even neighbour is the upper one")


if __name__ == "__main__":
    main()
