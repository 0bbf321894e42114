"""Runs a file that `mf init --emit torch` printed, as a user would, and prints its results as JSON.

Arguments: the file, then the inputs of the activation.
"""

import json
import runpy
import sys
from types import SimpleNamespace

import torch

code = runpy.run_path(sys.argv[1])
inputs = [float(word) for word in sys.argv[2:]]
outputs = code["Activation"]()(torch.Tensor(inputs))
quantize = code["Quantize"]
gradient = quantize.backward(quantize.context, torch.Tensor([1.0] * len(inputs)))
first = SimpleNamespace(weight={}, bias={})
layer = SimpleNamespace(weight={}, bias={})
bare = SimpleNamespace(weight={}, bias=None)
code["initialize"](first, first=True)
code["initialize"](layer)
code["initialize"](bare)
print(
    json.dumps(
        {
            "outputs": outputs.values,
            "gradient": gradient.values,
            "first": first.weight["std"],
            "weight": layer.weight["std"],
            "bias": layer.bias["std"],
            "bare": bare.weight["std"],
        }
    )
)
