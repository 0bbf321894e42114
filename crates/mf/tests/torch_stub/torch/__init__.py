"""The part of PyTorch that the code of `mf init --emit torch` uses, on flat lists, so that its tests need no PyTorch."""

import bisect

from . import autograd, nn

float32 = "float32"


class Tensor:
    """A flat list of numbers."""

    def __init__(self, values):
        self.values = list(values)
        self.dtype = float32
        self.device = "cpu"

    def float(self):
        return self

    def to(self, dtype):
        assert dtype == self.dtype
        return self

    def __getitem__(self, index):
        return Tensor(self.values[i] for i in index.values)

    def _with(self, other, operation):
        others = other.values if isinstance(other, Tensor) else [other] * len(self.values)
        return Tensor(operation(a, b) for a, b in zip(self.values, others, strict=True))

    def __gt__(self, other):
        return self._with(other, lambda a, b: a > b)

    def __lt__(self, other):
        return self._with(other, lambda a, b: a < b)

    def __and__(self, other):
        return self._with(other, lambda a, b: a and b)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)


def tensor(values, device=None):
    assert device == "cpu"
    return Tensor(values)


def bucketize(x, boundaries):
    """For each number, how many boundaries are below it; as in PyTorch with right=False, its default."""
    assert boundaries.values == sorted(boundaries.values)
    return Tensor(bisect.bisect_left(boundaries.values, value) for value in x.values)
