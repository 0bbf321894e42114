"""Figure 1's five panels in PyTorch on the CPU, as a plain user would write them: seconds a panel, the best of five.

300 points on a circle, width 1000, 100 layers of fresh weights, 16 levels; every layer the covariances of all pairs,
averaged over pairs of one angle difference. The peer of crates/mf-sim/benches/figure_1.rs.
"""

import math
import statistics
import time

import torch

POINTS, WIDTH, DEPTH, STATES = 300, 1000, 100, 16
SIGMA_W, SIGMA_B = 1.0058218905, 0.001
OFFSETS = (-0.2, -0.1, 0.0, 0.1, 0.2)


def quantized(u):
    """The nearest of 16 levels evenly spaced in [-1, 1]."""
    half = (STATES - 1) / 2
    return torch.round((u.clamp(-1, 1) + 1) * half) / half - 1


def fixed_variance(sigma_w):
    """Q = sigma_w^2 E[phi(sqrt(Q) z)^2] + sigma_b^2, iterated on a grid of z."""
    z = torch.linspace(-8, 8, 20001, dtype=torch.float64)
    weight = torch.exp(-z * z / 2)
    weight /= weight.sum()
    variance = 1.0
    for _ in range(2000):
        square = quantized(math.sqrt(variance) * z) ** 2
        variance = sigma_w**2 * float((weight * square).sum()) + SIGMA_B**2
    return variance


def circle(variance):
    angles = torch.arange(POINTS) * (2 * math.pi / POINTS) - math.pi
    directions, _ = torch.linalg.qr(torch.randn(WIDTH, 2))
    plane = torch.stack((angles.cos(), angles.sin()), dim=1)
    return plane @ directions.T * math.sqrt(variance * WIDTH)


def panel(sigma_w, variance, pairs):
    u = circle(variance)
    rows = []
    for _ in range(DEPTH + 1):
        rows.append((u @ u.T / WIDTH).flatten()[pairs].mean(dim=1))
        w = torch.randn(WIDTH, WIDTH) * (sigma_w / math.sqrt(WIDTH))
        b = torch.randn(WIDTH) * SIGMA_B
        u = quantized(u) @ w.T + b
    return torch.stack(rows)


def product_rate():
    """GFLOP/s of a layer's product alone: the best of 50."""
    a, b = torch.randn(POINTS, WIDTH), torch.randn(WIDTH, WIDTH)
    best = math.inf
    for _ in range(50):
        start = time.perf_counter()
        a @ b.T
        best = min(best, time.perf_counter() - start)
    return 2e-9 * POINTS * WIDTH * WIDTH / best


def main():
    torch.manual_seed(1)
    index = torch.arange(POINTS)
    pairs = (index * POINTS)[None, :] + (index[None, :] + index[:, None]) % POINTS
    variances = [fixed_variance(SIGMA_W + offset) for offset in OFFSETS]
    print(f"figure 1 in PyTorch {torch.__version__}")
    for threads in (1, 2):
        torch.set_num_threads(threads)
        seconds = []
        with torch.inference_mode():
            for offset, variance in zip(OFFSETS, variances):
                panel(SIGMA_W + offset, variance, pairs)
                times = []
                for _ in range(5):
                    start = time.perf_counter()
                    panel(SIGMA_W + offset, variance, pairs)
                    times.append(time.perf_counter() - start)
                seconds.append(min(times))
            rate = product_rate()
        each = ", ".join(f"{value:.3f}" for value in seconds)
        print(f"{threads} thread(s)")
        print(f"  a panel, with covariances          {statistics.mean(seconds):8.3f} s   ([{each}])")
        print(f"  a layer's product alone            {rate:8.1f} GFLOP/s")


if __name__ == "__main__":
    main()
