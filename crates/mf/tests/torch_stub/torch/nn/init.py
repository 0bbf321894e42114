"""Initializers that record their standard deviation."""


def normal_(parameter, std):
    parameter["std"] = std


def zeros_(parameter):
    parameter["std"] = 0.0
