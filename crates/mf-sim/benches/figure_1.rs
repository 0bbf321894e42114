//! `cargo bench -p mf-sim --profile dev`: figure 1's five panels.
#![allow(clippy::disallowed_macros, clippy::unwrap_used, missing_docs)]
use mf_core::StepActivation;
use mf_sim::*;
use std::ops::ControlFlow;
use std::time::Instant;
fn main() {
    let phi = StepActivation::uniform(16).unwrap();
    for threads in [1, 2] {
        let run = Run {
            threads,
            ..Run::new(1)
        };
        for (points, measure) in [(300, false), (300, true), (6, false)] {
            let network = Network::new(phi.clone(), 1.0058, 0.001, 1000, 100).unwrap();
            let inputs = Inputs::circle(points, 1000, 0.5, 1).unwrap();
            for _ in 0..2 {
                let t = Instant::now();
                let mut s = 0.0;
                forward(&network, &inputs, &run, &mut |_, h| {
                    if measure {
                        s += h.angle_covariance()[3];
                    }
                    ControlFlow::Continue(())
                })
                .unwrap();
                let e = t.elapsed().as_secs_f64();
                println!(
                    "{threads} threads {points} {measure}: {e:.3} s  {:.1} GFLOP/s {s}",
                    2e-9 * points as f64 * 1e8 / e
                );
            }
        }
    }
}
