# @title
# @law
# Printed by: @command
import torch

# The values of @name at their best scale, for inputs whose root mean square is 1, divided by the root mean square that they then
# have; and where one value changes to the next.
LEVELS = @levels
THRESHOLDS = @thresholds
WINDOW = @window  # the slope of the gradient is 0 outside
SLOPE = @slope  # of the straight-through estimator: keeps the size of gradients
FAN_IN = @fan_in  # units of the stream
BLOCKS = @blocks
BRANCH = @branch  # factor on what a block adds to the stream: its variance is the square of it
WEIGHT_STD = @weight_std  # of the weights of a block
@weights

class Quantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        levels = torch.tensor(LEVELS, device=x.device)
        thresholds = torch.tensor(THRESHOLDS, device=x.device)
        return levels[torch.bucketize(x.float(), thresholds)].to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        inside = (x > WINDOW[0]) & (x < WINDOW[1])
        return gradient * inside * SLOPE


def normalize(x):
    """Divides each row by its root mean square."""
    return x * torch.rsqrt((x * x).mean(dim=-1, keepdim=True) + 1e-12)


@linear
@block

class Network(torch.nn.Module):
    """The first and the last layer have full precision."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = torch.nn.Linear(inputs, FAN_IN, bias=False)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(BLOCKS))
        self.last = torch.nn.Linear(FAN_IN, outputs)
        torch.nn.init.normal_(self.first.weight, std=inputs**-0.5)
        torch.nn.init.normal_(self.last.weight, std=FAN_IN**-0.5)
        torch.nn.init.zeros_(self.last.bias)

    def forward(self, x):
        h = self.first(normalize(x))
        for block in self.blocks:
            h = block(h)
        return self.last(normalize(h))
