@title
# Printed by mf @version:
# @command
import torch

# The values of @name, scaled so that their root mean square is 1 for inputs of root
# mean square 1; and where one value changes to the next.
LEVELS = @levels
THRESHOLDS = @thresholds
WINDOW = @window  # the gradient is 0 outside
SLOPE = @slope  # of the gradient inside (straight-through): keeps the size of gradients
FAN_IN = @fan_in  # units of the stream
BLOCKS = @blocks
@branch
WEIGHT_STD = @weight_std  # at the start
@weights


class Quantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        levels = torch.tensor(LEVELS, device=x.device)
        thresholds = torch.tensor(THRESHOLDS, device=x.device)
        near = levels[torch.bucketize(x.float().contiguous(), thresholds)].to(x.dtype)
        return torch.where(x.isnan(), x, near)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        inside = (x > WINDOW[0]) & (x < WINDOW[1])
        return gradient * inside * SLOPE


class Activation(torch.nn.Module):
    def forward(self, x):
        return Quantize.apply(x)


def normalize(x):
    """Divides each row by its root mean square."""
    return x * torch.rsqrt((x * x).mean(dim=-1, keepdim=True) + 1e-12)

@rotation
@rounding

class Linear(torch.nn.Linear):
    def __init__(self):
        super().__init__(FAN_IN, FAN_IN)
        torch.nn.init.normal_(self.weight, std=WEIGHT_STD)
        torch.nn.init.zeros_(self.bias)

    def forward(self, x):
        return torch.nn.functional.linear(x, @used, self.bias)


class Block(torch.nn.Module):
    """@formula, with B the branch."""

    def __init__(self):
        super().__init__()
        self.quantize = Activation()
        @layers

    def branch(self, x):
        @products

    def forward(self, h):
        @forward


class Network(torch.nn.Module):
    """The first and the last layer have full precision."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = torch.nn.Linear(inputs, FAN_IN)
        self.blocks = torch.nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.last = torch.nn.Linear(FAN_IN, outputs)
        torch.nn.init.normal_(self.first.weight, std=inputs**-0.5)
        torch.nn.init.normal_(self.last.weight, std=FAN_IN**-0.5)
        for layer in (self.first, self.last):
            torch.nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = self.first(normalize(x))  # of variance 1
        return self.last(normalize(self.blocks(h)))
