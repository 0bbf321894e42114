#!/usr/bin/env python3
"""The normal distribution far out, at 120 digits (mpmath).

    python3 crates/mf-core/tests/data/make_far_tails.py      (a second)

writes far_tails.csv and far_intervals.csv beside this script. Arguments are the f64 that the decimals stand for: most of their
squares are no f64, and a relative error e of x^2 / 2 is one of e x^2 / 2 of the density.
"""

import pathlib

import mpmath as mp
from mpmath import mpf

HERE = pathlib.Path(__file__).parent
mp.mp.dps = 120


def pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def write(name, notes, header, rows):
    lines = [f"# {note}" for note in notes] + [f"# by crates/mf-core/tests/data/make_far_tails.py, mpmath {mp.__version__}"]
    text = lambda x: repr(x) if isinstance(x, float) else mp.nstr(x, 25, min_fixed=-4, max_fixed=6)
    lines += [header, *(",".join(text(cell) for cell in row) for row in rows)]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(name, len(rows), "rows")


def tails():
    rows = []
    places = [0.1, 0.7, 1.3, 2.9, 4.1, 6.7, 8.9, 11.3, 14.7, 17.9, 20.03, 21.7, 23.456, 25.1, 26.9, 28.3, 29.99]
    for t in [*places, 31.7, 33.33, 34.9, 36.1, 36.7, 36.99]:
        x = mpf(t)
        moments = [tail(x), pdf(x) - x * tail(x)]
        for k in (1, 2):
            moments.append(k * moments[-2] - x * moments[-1])
        # The recurrence against the integral itself.
        ends = [x, x + 1 / x, x + 4 / x, x + 12 / x, x + 30 / x, x + 60 / x, x + 100 / x + 9]
        direct = pdf(x) * mp.quad(lambda z: (z - x) ** 3 * pdf(z) / pdf(x), ends)
        assert abs(direct / moments[3] - 1) < mpf(10) ** -25, (t, direct / moments[3] - 1)
        rows.append((t, pdf(x), *moments))
    write(
        "far_tails.csv",
        ["The normal density and the tail integrals J_k(x), of (z-x)^k n(z) from x on"],
        "x,density,j0,j1,j2,j3",
        rows,
    )


def intervals():
    rows = []
    starts = [0.3, 5.3, 11.3, 20.03, 21.7, 23.456, 25.1, 27.77, 29.99]
    for start in starts:
        for width in (1e-9, 1e-3, 0.05, 0.3, 0.499, 0.501, 0.7, 3.0, float("inf")):
            end = start + width
            probability = tail(mpf(start)) - (tail(mpf(end)) if end < float("inf") else 0)
            rows += [(start, end, probability), (-end, -start, probability)]
    for start, end in ((-0.1, 0.3), (-0.3, 0.3), (-5.3, 0.1), (-20.03, 29.99), (-25.1, 1e-3), (-1e-3, 25.1)):
        rows.append((start, end, 1 - tail(mpf(end)) - tail(-mpf(start))))
    write("far_intervals.csv", ["P(from < z < to)"], "from,to,probability", rows)


tails()
intervals()
