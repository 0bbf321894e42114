"""Tries what `mf init --emit torch` prints with PyTorch, beside the theory that `mf depth --json` prints.

Argument: the program mf. Networks are 512 units wide and have 8 blocks. The means over 6 networks and 32 pairs of inputs may be off by
4 standard errors, which are found from the scatter of the networks, and by a term of order 1 / width, which theory leaves out.
"""

import json
import subprocess
import sys

import torch

MF = sys.argv[1]
WIDTH, BLOCKS, NETWORKS, PAIRS, START = 512, 8, 6, 32, 0.5
ERRORS = 4
FINITE_WIDTH = 4 / WIDTH  # of correlations
FINITE_WIDTH_SQUARES = 32 / WIDTH  # relative, of the stream's variance and of squared gradients

NETWORK = ["--blocks", str(BLOCKS), "--fan-in", str(WIDTH)]
INT4_ROWS = ["--weights", "int4", "--weight-scale", "row"]
BITNET = ["--weights", "int2", "--weight-scale", "mean"]
ASKED = [
    ["ternary", "--network", network, *options]
    for network in ["chain", "pre-norm", "post-norm", "quantized-stream"]
    for options in [[], INT4_ROWS]
] + [
    ["int4", "--network", network, "--products", products, *options]
    for network, products, options in [
        ("chain", "mlp", BITNET),
        ("chain", "gated", []),
        ("pre-norm", "mlp", []),
        ("pre-norm", "gated", BITNET),
        ("post-norm", "mlp", []),
        ("post-norm", "gated", []),
    ]
] + [
    ["ternary", "--network", "pre-norm", "--branch", "0.5", "--weights", "ternary"],
    ["int4", "--network", "pre-norm", "--branch", "2", "--over-depth", "--weights", "int8", "--weight-scale", "tensor-absmax"],
    ["fp4-e2m1", "--network", "post-norm", "--branch", "0.25", "--weights", "nf4", "--centre-weights"],
    # Sums of few coarse weights times coarse values are multiples of one number, which theory does not see: a fine grid.
    ["int4", "--weights", "int4", "--weight-scale", "0.0125"],
    ["relu4", "--network", "pre-norm"],
]

failures = []


def check(name, holds, *numbers):
    if not holds:
        failures.append(name)
        print("FAILS:", name, *numbers)


def mf(*arguments):
    return subprocess.run([MF, *arguments], check=True, capture_output=True, text=True).stdout


def module(*arguments):
    names = {"__name__": "printed"}
    exec(compile(mf("init", *arguments, "--emit", "torch"), "printed.py", "exec"), names)
    return names


def near(name, found, theory, allowed):
    """The mean of `found`, a number for each network, is that of theory."""
    found = torch.tensor(found, dtype=torch.float64)
    error = found.std() / len(found) ** 0.5
    off = (found.mean() - theory).abs()
    check(name, off <= ERRORS * error + allowed, f"{found.mean():.6f} +- {error:.6f}, theory {theory:.6f}")


def plain():
    """Without a network: the activation, its gradient, and the start of a layer."""
    for name, inputs, outputs, inside in [
        # fp4 has 0.5, 1, 1.5, 2, 3, 4, 6: 0.1 * 6 = 0.6 becomes 0.5, 0.3 * 6 = 1.8 becomes 2, beyond 6 is 6.
        ("fp4-e2m1", [-2, -0.1, 0.01, 0.3, 2], [-1, -0.5 / 6, 0, 2 / 6, 1], [0, 1, 1, 1, 0]),
        ("relu4", [-1, 3], [0, 1], [0, 0]),
    ]:
        printed = module(name, "--fan-in", "4096")
        start = json.loads(mf("init", name, "--fan-in", "4096", "--json"))
        x = torch.tensor(inputs, dtype=torch.float32, requires_grad=True)
        y = printed["Activation"]()(x)
        y.sum().backward()
        check(f"{name}: values", torch.allclose(y, torch.tensor(outputs, dtype=torch.float32)), y)
        check(f"{name}: gradient", torch.allclose(x.grad, start["slope"] * torch.tensor(inside, dtype=torch.float32)), x.grad)
        unknown = printed["Activation"]()(torch.tensor([float("nan"), 0.1]))
        check(f"{name}: NaN stays", unknown.isnan().tolist() == [True, False], unknown)
        for key, first, fan_in in [("sigma_w", False, 4096), ("first_sigma_w", True, 4096), ("first_sigma_w", True, 784)]:
            layer = torch.nn.Linear(fan_in, 1024)
            printed["initialize"](layer, first=first)
            found = fan_in**0.5 * layer.weight.std().item()
            # Of n normal numbers the deviation is known to 1 / sqrt(2 n).
            error = (2 * 1024 * fan_in) ** -0.5
            check(f"{name}: {key}", abs(found / start[key] - 1) < ERRORS * error, found)
            # Of 1024, to 2.2 %.
            bias = layer.bias.square().mean().sqrt().item()
            check(f"{name}: bias", abs(bias - start["sigma_b"]) <= ERRORS * 0.022 * start["sigma_b"], bias)
        printed["initialize"](torch.nn.Linear(4096, 8, bias=False))


def pairs(correlation):
    """Rows of root mean square 1: the first half has this correlation with the second half, exactly."""
    a, b = torch.randn(2, PAIRS, WIDTH)
    a = torch.nn.functional.normalize(a, dim=1)
    b = torch.nn.functional.normalize(b - (a * b).sum(dim=1, keepdim=True) * a, dim=1)
    return WIDTH**0.5 * torch.cat((a, correlation * a + (1 - correlation**2) ** 0.5 * b))


def followed(net):
    """Variance and correlation of the stream after each block, and the growth of squared gradients."""
    start = pairs(START).requires_grad_()
    h, variances, correlations = start, [], []
    for block in net.blocks:
        h = block(h)
        a, b = h.detach().double().chunk(2)
        variances.append(h.detach().square().mean().item())
        correlations.append(torch.nn.functional.cosine_similarity(a, b).mean().item())
    back = torch.randn_like(h)
    (gradient,) = torch.autograd.grad(h, start, back)
    return variances, correlations, (gradient.square().mean() / back.square().mean()).item()


def rounded_weights(name, printed, net, start):
    for layer in net.blocks[0].modules():
        if isinstance(layer, printed["Linear"]):
            latent = layer.weight.detach()
            near_to = printed["rounded"](latent)
            power = WIDTH * near_to.var(unbiased=False).item()
            # Of 262,144 weights; those of a row depend on each other by their scale.
            check(f"{name}: the power of rounded weights", abs(power - 1) < 0.03, power)
            zeros = (near_to == 0).double().mean().item()
            if "--centre-weights" not in name:
                check(f"{name}: zeros", abs(zeros - start["weights"]["zero_share"]) < 0.02, zeros)
                values = near_to[0].unique()
                check(f"{name}: levels", len(values) <= len(printed["WEIGHT_LEVELS"]), values)
            std = latent.std().item()
            check(f"{name}: latent weights", abs(std / start["weight_std"] - 1) < 0.006, std)


def learns(name, net):
    """A step of gradient descent moves every weight matrix, those before rounding, and the loss stays finite."""
    x, y = torch.randn(64, 100), torch.randint(10, (64,))
    stream = net.first(x * torch.rsqrt(x.square().mean(dim=1, keepdim=True)))
    # Of 51,200 weights, to 0.6 %.
    check(f"{name}: the first layer", abs(stream.square().mean().item() - 1) < ERRORS * 0.0063, stream.square().mean())
    before = {key: value.clone() for key, value in net.state_dict().items()}
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-2)
    loss = torch.nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    check(f"{name}: loss", bool(torch.isfinite(loss)), loss)
    for key, value in net.state_dict().items():
        check(f"{name}: {key} moves", bool(torch.isfinite(value).all()) and not torch.equal(value, before[key]))


def network(arguments):
    name = " ".join(arguments)
    printed = module(*arguments, *NETWORK)
    start = json.loads(mf("init", *arguments, *NETWORK, "--json"))
    theory = json.loads(mf("depth", *arguments, *NETWORK, "--start", str(START), "--json"))
    unknown = printed["Network"](100, 10)(torch.full((2, 100), float("nan")))
    check(f"{name}: NaN stays", bool(unknown.isnan().all()), unknown)
    torch.manual_seed(1)
    runs = []
    for _ in range(NETWORKS):
        net = printed["Network"](100, 10)
        runs.append(followed(net))
    variances, correlations, growths = zip(*runs)
    for block in theory["trajectory"][1:]:
        number = block["block"]
        found = [each[number - 1] for each in variances]
        # That of a quantized stream, in units of its first, moves by up to 4 % from 1 with the law of its levels.
        expected = block["stream_variance"]
        near(f"{name}: variance, block {number}", found, expected, FINITE_WIDTH_SQUARES * expected)
        found = [each[number - 1] for each in correlations]
        near(f"{name}: correlation, block {number}", found, block["correlation"], FINITE_WIDTH)
    expected = theory["gradient_growth"]
    near(f"{name}: gradients", growths, expected, FINITE_WIDTH_SQUARES * expected)
    if "rounded" in printed:
        rounded_weights(name, printed, net, start)
    learns(name, net)


torch.manual_seed(1)
plain()
for arguments in ASKED:
    network(arguments)
if failures:
    sys.exit(f"torch: {len(failures)} checks fail")
print(f"torch {torch.__version__}: the printed code of {len(ASKED)} networks agrees with theory")
