"""Modules: a call is `forward`."""

from . import init


class Module:
    def __call__(self, x):
        return self.forward(x)
