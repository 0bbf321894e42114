"""Time of neural-tangents for the kernels of a deep chain: 1,000 inputs of dimension 784, 100 hidden layers of erf.

Versions: Python 3.11, neural-tangents 0.6.5, jax and jaxlib 0.4.30 (CPU, float64), numpy 1.26.4.
Run on one core:

    XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" taskset -c 1 python neural_tangents_bench.py

The chain is Dense -> erf -> ... -> erf -> Dense with 100 times erf, sigma_w = 1.3, sigma_b = 0.2, parametrization `ntk`; the kernels
are those of the last Dense (1,000 x 1,000, all entries). The ways:

    repeat     Dense, then stax.repeat(erf -> Dense, 100), under one jax.jit (a compiled loop)
    serial     the same as stax.serial of all layers, under one jax.jit (unrolled)
    stepwise   the kernel function of (erf -> Dense), jitted, called 100 times from Python on the kernel object

For each way, and for both kernels or the covariance only: the time of the first call (with compilation), the best and the median of
five more calls (each waits for the result), and a few entries.
"""

import statistics
import sys
import time
from unittest.mock import MagicMock

sys.modules["neural_tangents.experimental"] = MagicMock()

import jax

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
from neural_tangents import stax

INPUTS, DIMENSION, LAYERS = 1000, 784, 100
DENSE = dict(W_std=1.3, b_std=0.2)


def inputs():
    """x_i[k] = (0.5 + i / 1000) cos(0.37 i + 0.011 (i + 1) k): a closed formula, so that others can make the same inputs."""
    i = np.arange(INPUTS)[:, None]
    k = np.arange(DIMENSION)[None, :]
    return jnp.asarray((0.5 + i / INPUTS) * np.cos(0.37 * i + 0.011 * (i + 1) * k))


def repeat(get):
    layer = stax.serial(stax.Erf(), stax.Dense(1, **DENSE))
    kernel = stax.serial(stax.Dense(1, **DENSE), stax.repeat(layer, LAYERS))[2]
    return jax.jit(lambda x: tuple(kernel(x, None, get)))


def serial(get):
    kernel = stax.serial(stax.Dense(1, **DENSE), *[stax.Erf(), stax.Dense(1, **DENSE)] * LAYERS)[2]
    return jax.jit(lambda x: tuple(kernel(x, None, get)))


def stepwise(get):
    first = jax.jit(stax.Dense(1, **DENSE)[2])
    step = jax.jit(stax.serial(stax.Erf(), stax.Dense(1, **DENSE))[2])

    def run(x):
        k = first(x, None)
        if "ntk" not in get:
            k = k.replace(ntk=None)
        for _ in range(LAYERS):
            k = step(k)
        return tuple(getattr(k, g) for g in get)

    return run


def measure(name, way, get, x):
    run = way(get)
    times = []
    for _ in range(6):
        start = time.perf_counter()
        result = jax.block_until_ready(run(x))
        times.append(time.perf_counter() - start)
    print(f"{name:9} {'+'.join(get):9} first {times[0]:.2f} s   best {min(times[1:]):.2f} s   median {statistics.median(times[1:]):.2f} s", flush=True)
    for g, values in zip(get, result):
        for i, j in ((0, 0), (0, 1), (3, 500), (999, 7), (999, 999)):
            print(f"    {g} {i} {j} {float(values[i, j])!r}")
        print(f"    {g} sum {float(jnp.sum(values))!r}", flush=True)


def main():
    x = inputs()
    for name, way in (("repeat", repeat), ("stepwise", stepwise), ("serial", serial)):
        for get in (("nngp", "ntk"), ("nngp",)):
            measure(name, way, get, x)


if __name__ == "__main__":
    main()
