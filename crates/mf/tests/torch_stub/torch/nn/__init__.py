"""Modules that are called."""

from . import init


class Module:
    def __call__(self, x):
        return self.forward(x)
