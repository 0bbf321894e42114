"""Functions that define their gradient."""


class _Context:
    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors


class Function:
    """Keeps the context of the latest call in `context`, so that tests can call `backward`."""

    @classmethod
    def apply(cls, *tensors):
        cls.context = _Context()
        return cls.forward(cls.context, *tensors)
