"""Initializers that write down what they were asked for."""


def normal_(parameter, std):
    parameter["std"] = std


def zeros_(parameter):
    parameter["std"] = 0.0
