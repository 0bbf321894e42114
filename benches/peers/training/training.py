"""Steps of training quantized networks in PyTorch on the CPU, as a plain user would write them.

The peer of crates/mf-train/benches/training.rs. `--accuracy` prints test accuracies after training instead of times.
"""

import argparse
import functools
import gzip
import multiprocessing
import pathlib
import statistics
import time

import numpy
import torch
import torch.nn.functional as functional

DATA = pathlib.Path(__file__).resolve().parents[3] / "data" / "mnist"
STATES, SIGMA_W, SLOPE = 8, 1.0192624338, 1.0014684148
BATCH, RATE, MOMENTUM = 32, 1e-3, 0.5
MEAN, DEVIATION = 0.1307, 0.3081
THRESHOLD, SQUARE = 0.612, 0.54053776
BLOCKS = (50, 256, 200)
SHAPES = ((50, 256, 200), (20, 1024, 40), (20, 2048, 12))
WARM = 3


class Quantized(torch.autograd.Function):
    """The nearest of STATES levels evenly spaced in [-1, 1]; backward, the derivative of the clamp times SLOPE."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        half = (STATES - 1) / 2
        return torch.round((u.clamp(-1, 1) + 1) * half) / half - 1

    @staticmethod
    def backward(context, gradient):
        (u,) = context.saved_tensors
        return gradient * (u.abs() < 1) * SLOPE


class Network(torch.nn.Module):
    def __init__(self, layers, width):
        super().__init__()
        sizes = [784] + [width] * (layers - 1) + [10]
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        for layer in self.layers:
            torch.nn.init.normal_(layer.weight, std=SIGMA_W / layer.in_features**0.5)
            torch.nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.layers:
            x = Quantized.apply(layer(x))
        return functional.log_softmax(x, dim=1)


if hasattr(functional, "rms_norm"):

    def norm(h):
        return functional.rms_norm(h, h.shape[1:])

else:  # before PyTorch 2.4

    def norm(h):
        return h * torch.rsqrt(h.square().mean(dim=1, keepdim=True) + torch.finfo(h.dtype).eps)


class Ternary(torch.autograd.Function):
    """-1, 0 or 1 with thresholds at half of a step; backward, the derivative of the clamp times SLOPE."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return torch.round(u / (2 * THRESHOLD)).clamp(-1, 1)

    @staticmethod
    def backward(context, gradient):
        (u,) = context.saved_tensors
        return gradient * (u.abs() < 2 * THRESHOLD) * SLOPE


class Rounded(torch.autograd.Function):
    """Ternary weights; backward, the gradient passes."""

    @staticmethod
    def forward(context, w, scale):
        return torch.round(w / scale).clamp(-1, 1) * scale

    @staticmethod
    def backward(context, gradient):
        return gradient, None


class Blocks(torch.nn.Module):
    """A chain, or residual blocks with the norm before or after the sum; the last layer without a quantizer."""

    def __init__(self, architecture, ternary):
        super().__init__()
        count, width, _ = BLOCKS
        linear = functools.partial(torch.nn.Linear, bias=False)
        self.architecture = architecture
        self.first, self.last = linear(784, width), linear(width, 10)
        self.blocks = torch.nn.ModuleList(linear(width, width) for _ in range(count))
        kept = SQUARE * (2 * THRESHOLD) ** 2 if ternary else 1
        deviation = (SQUARE * kept * width) ** -0.5
        self.scale = 2 * THRESHOLD * deviation if ternary else None
        for layer in (self.first, *self.blocks, self.last):
            inside = layer.in_features == layer.out_features
            torch.nn.init.normal_(layer.weight, std=deviation if inside else layer.in_features**-0.5)

    def branch(self, layer, u):
        w = layer.weight if self.scale is None else Rounded.apply(layer.weight, self.scale)
        return functional.linear(Ternary.apply(u), w)

    def forward(self, x):
        h = self.first(x)
        if self.architecture == "post-norm":
            h = norm(h)
        for layer in self.blocks:
            if self.architecture == "chain":
                h = self.branch(layer, h)
            elif self.architecture == "pre-norm":
                h = h + self.branch(layer, norm(h))
            else:
                h = norm(h + self.branch(layer, h))
        return functional.log_softmax(self.last(norm(h)), dim=1)


def networks():
    """Name, a function that makes the network, and steps."""
    for layers, width, steps in SHAPES:
        yield f"{layers} layers of width {width}", functools.partial(Network, layers, width), steps
    blocks, width, steps = BLOCKS
    for ternary in (False, True):
        for architecture in ("chain", "pre-norm") if ternary else ("chain", "pre-norm", "post-norm"):
            name = f"{blocks} blocks of width {width}, {architecture}" + ", ternary weights" * ternary
            yield name, functools.partial(Blocks, architecture, ternary), steps


def idx(name, header):
    with gzip.open(DATA / f"{name}-ubyte.gz") as file:
        return torch.from_numpy(numpy.frombuffer(file.read()[header:], dtype=numpy.uint8).copy())


def mnist(part):
    """Normalized images and labels."""
    images = idx(f"{part}-images-idx3", 16).view(-1, 784)
    return (images / 255 - MEAN) / DEVIATION, idx(f"{part}-labels-idx1", 8).long()


def trainer(make, images, labels):
    """The network, and a function that does a step."""
    network = make()
    descent = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM)
    order = []

    def step():
        nonlocal order
        if len(order) < BATCH:
            order = torch.randperm(len(images))
        chosen, order = order[:BATCH], order[BATCH:]
        descent.zero_grad()
        loss = functional.nll_loss(network(images[chosen]), labels[chosen])
        loss.backward()
        descent.step()
        return loss.item()

    return network, step


def seconds(make, steps, barrier, results):
    """Puts the median of a step's seconds into `results`; a process of its own."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    images, labels = mnist("train")
    _, step = trainer(make, images, labels)
    for _ in range(WARM):
        step()
    barrier.wait()
    each = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        each.append(time.perf_counter() - start)
    results.put(statistics.median(each))


def times():
    context = multiprocessing.get_context("spawn")
    for processes in (1, 2):
        print(f"{processes} training(s) at a time, a process of one thread each")
        for name, make, steps in networks():
            barrier, results = context.Barrier(processes), context.Queue()
            arguments = (make, steps, barrier, results)
            running = [context.Process(target=seconds, args=arguments) for _ in range(processes)]
            for process in running:
                process.start()
            mean = statistics.mean(results.get() for _ in running)
            for process in running:
                process.join()
            print(f"  {name:<48} {1e3 * mean:9.2f} ms a step", flush=True)


def accuracies(layers, width, steps, seeds):
    images, labels = mnist("train")
    test_images, test_labels = mnist("t10k")
    print(f"accuracy after {steps} steps, {layers} layers of width {width}")
    found = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        network, step = trainer(functools.partial(Network, layers, width), images, labels)
        for _ in range(steps):
            step()
        with torch.inference_mode():
            hits = network(test_images).argmax(dim=1) == test_labels
        found.append(hits.float().mean().item())
        print(f"  seed {seed}: {found[-1]:.4f}", flush=True)
    print(f"  mean {statistics.mean(found):.4f}, standard deviation {statistics.stdev(found):.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accuracy", action="store_true", help="what is learned instead of the times")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"training on MNIST in PyTorch {torch.__version__}: {STATES} levels (blocks: 3), batch {BATCH}")
    if arguments.accuracy:
        accuracies(layers=20, width=256, steps=400, seeds=5)
    else:
        times()


if __name__ == "__main__":
    main()
