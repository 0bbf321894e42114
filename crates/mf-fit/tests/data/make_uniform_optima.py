"""High-precision optima of the uniform quantizer on a unit Gaussian, independent of the Rust code.

For N levels at bin middles with spacing D, thresholds g = D (i - N/2), z standard normal and q = q(z):
    A = E[z q]   = D sum_g n(g)
    B = E[q^2]   = sum over bins of level^2 times probability
The best spacing with a free output gain satisfies A = B (J. Max, 1960), where 1 - chi = 1 - A.
Up to N = 2^16 the sums are direct. Above, those over thresholds beyond T = N D / 2 are subtracted from the
unclipped quantizer's lattice sums, by the Euler-Maclaurin formula with numerical derivatives.

    python3 make_uniform_optima.py > uniform_optima.csv      (mpmath, 80 digits, some minutes)
"""

import mpmath as mp

mp.mp.dps = 80


def n(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def direct(N, D):
    """1 - A and B - A by sums over the positive thresholds."""
    first = D if N % 2 == 0 else D / 2
    count = (N - 1) // 2
    level = D / 2 if N % 2 == 0 else mp.mpf(0)
    A = D * n(0) if N % 2 == 0 else mp.mpf(0)
    B = level**2
    for i in range(count):
        g = first + i * D
        A += 2 * D * n(g)
        B += 2 * ((level + D) ** 2 - level**2) * tail(g)
        level += D
    return 1 - A, B - A


def beyond(f, integral, T, D):
    """D * sum over j >= 0 of f(T + j D), D small; integral = that of f from T to infinity."""
    total = integral + D * f(T) / 2
    for r in range(1, 4):
        total -= mp.bernoulli(2 * r) / mp.factorial(2 * r) * D ** (2 * r) * mp.diff(f, T, 2 * r - 1)
    return total


def clipped(N, D):
    """As direct; the unclipped lattice sums are exact for D < 0.5 but for terms below exp(-78)."""
    T = N * D / 2
    J1 = lambda x: n(x) - x * tail(x)
    deficit = 2 * beyond(n, tail(T), T, D)  # 1 - A
    error = D * D / 12 + 4 * beyond(J1, ((1 + T * T) * tail(T) - T * n(T)) / 2, T, D)  # E (z - q)^2 = 1 - 2 A + B
    return deficit, error - deficit


def optimum(N):
    evaluate = direct if N <= 2**16 else clipped
    start = 4 * mp.sqrt(mp.log(N)) / N
    bracket = (start * 0.8, start)
    D = mp.findroot(lambda D: evaluate(N, D)[1] / D**2, bracket, solver="anderson", tol=1e-60, maxsteps=200)
    assert abs(evaluate(N, D)[1] / evaluate(N, D)[0]) < 1e-25
    return D, evaluate(N, D)[0]


print("# Best spacing and 1 - chi of the uniform quantizer with N levels, by make_uniform_optima.py with mpmath", mp.__dict__.get("__version__", ""))
print("states,spacing,one_minus_chi")
for N in [2, 3, 4, 5, 7, 8, 15, 16, 63, 64, 255, 256, 1023, 1024, 1025, 2**14, 2**16 - 1, 2**16 + 1, 2**20, 10**7 + 1, 10**9]:
    D, x = optimum(N)
    print(f"{N},{mp.nstr(D, 20)},{mp.nstr(x, 20)}", flush=True)
