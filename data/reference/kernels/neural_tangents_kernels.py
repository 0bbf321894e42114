"""Kernels of wide fully connected networks by neural-tangents.

Versions: Python 3.11, neural-tangents 0.6.5, jax and jaxlib 0.4.30 (CPU, float64), numpy 1.26.4, scipy 1.13.1.
The experimental part of neural-tangents imports tensorflow and tf2jax. It is not used here: a placeholder stands in for it.

Run:  python neural_tangents_kernels.py     (a minute or less; writes the two files below into the current folder)

The network has L hidden layers and a read-out:

    Dense -> phi -> Dense -> phi -> ... -> phi -> Dense        (L times phi, L + 1 times Dense)

`nngp` is the covariance of the OUTPUTS OF THE LAST Dense (the read-out, after L activations), and `ntk` is the kernel of the
same outputs. With K0 = x.x'/d (the file of inputs), sw = sigma_w and sb = sigma_b, and (u1, u2) ~ N(0, S^l):

    S^1     = sw^2 K0 + sb^2                              the outputs of the first Dense
    S^(l+1) = sw^2 E[phi(u1) phi(u2)] + sb^2
    nngp    = S^(L+1)

Parametrization `ntk` (weights N(0, 1), the factors sw / sqrt(width) and sb are in the layer):

    T^1     = S^1
    T^(l+1) = S^(l+1) + sw^2 E[phi'(u1) phi'(u2)] T^l
    ntk     = T^(L+1)

Parametrizations `standard` and `standard_bias` (weights N(0, sw^2 / width), nothing in the layer), d = 5 and every hidden width N = 16,
s = (1, 1). `standard` has no biases (b_std=None); `standard_bias` has trained biases that start at zero (b_std=0.0), B = 1, else B = 0:

    T^1     = d K0 + B
    T^(l+1) = N E[phi(u1) phi(u2)] + sw^2 E[phi'(u1) phi'(u2)] T^l + B
    ntk     = T^(L+1)

The activations are erf(x) and max(x, 0). L = 1, 2, 5, 20, 100.

Files: neural_tangents_kernels.csv  activation, sigma_w, sigma_b, parametrization, layers (L), i, j, nngp, ntk
       neural_tangents_inputs.csv   i, j, k0 = x_i.x_j / d
All ordered pairs i, j = 0..5; every number as the shortest text that gives the same float64.
"""

import csv
import math
import sys
from unittest.mock import MagicMock

sys.modules["neural_tangents.experimental"] = MagicMock()

import jax

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
from neural_tangents import stax

DIMENSION = 5
HIDDEN_WIDTH = 16  # matters for the standard parametrization only
LAYERS = (1, 2, 5, 20, 100)


def inputs():
    """Six inputs of dimension 5: 0 and 1 almost parallel (0.999), 2 and 3 opposite, 4 and 5 of the same direction."""
    k = 2 * np.pi * np.arange(DIMENSION) / DIMENSION
    a, b, c, d = (math.sqrt(2 / DIMENSION) * f for f in (np.cos(k), np.sin(k), np.cos(2 * k), np.sin(2 * k)))  # orthonormal
    second = 0.6 * a + 0.8 * c
    third = 0.36 * a + 0.48 * b + 0.8 * d
    directions = (a, 0.999 * a + math.sqrt(1 - 0.999**2) * b, second, -second, third, third)
    squares = (0.3, 0.8, 1.5, 2.5, 0.05, 5.0)  # |x|^2 / d
    return np.stack([math.sqrt(DIMENSION * q) * u for q, u in zip(squares, directions)])


def network(layers, phi, **dense):
    chain = []
    for _ in range(layers):
        chain += [stax.Dense(HIDDEN_WIDTH, **dense), phi()]
    return stax.serial(*chain, stax.Dense(1, **dense))[2]


def cases():
    """Names and values of the columns, the activation, and the options of every Dense."""
    yield ("erf", 1.3, 0.2, "ntk"), stax.Erf, dict(W_std=1.3, b_std=0.2)
    yield ("relu", math.sqrt(2), 0.0, "ntk"), stax.Relu, dict(W_std=math.sqrt(2), b_std=None)
    yield ("erf", 1.0, 0.0, "ntk"), stax.Erf, dict(W_std=1.0, b_std=None)
    standard = dict(W_std=1.3, parameterization="standard", s=(1, 1))
    yield ("erf", 1.3, 0.0, "standard"), stax.Erf, dict(b_std=None, **standard)
    yield ("erf", 1.3, 0.0, "standard_bias"), stax.Erf, dict(b_std=0.0, **standard)


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main():
    x = jnp.asarray(inputs())
    pairs = [(i, j) for i in range(len(x)) for j in range(len(x))]

    # One Dense without bias and with W_std = 1 gives x.x'/d as the package has it.
    k0 = np.asarray(stax.Dense(1, W_std=1.0, b_std=None)[2](x, None, "nngp"))
    write("neural_tangents_inputs.csv", ["i", "j", "k0"], [[i, j, repr(float(k0[i, j]))] for i, j in pairs])

    rows = []
    for (activation, sigma_w, sigma_b, parametrization), phi, dense in cases():
        for layers in LAYERS:
            kernels = network(layers, phi, **dense)(x, None, ("nngp", "ntk"))
            nngp, ntk = np.asarray(kernels.nngp), np.asarray(kernels.ntk)
            assert nngp.dtype == ntk.dtype == np.float64
            for i, j in pairs:
                values = [repr(float(v)) for v in (sigma_w, sigma_b)]
                rows.append([activation, *values, parametrization, layers, i, j, repr(float(nngp[i, j])), repr(float(ntk[i, j]))])
    header = ["activation", "sigma_w", "sigma_b", "parametrization", "layers", "i", "j", "nngp", "ntk"]
    write("neural_tangents_kernels.csv", header, rows)


if __name__ == "__main__":
    main()
