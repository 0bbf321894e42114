//! Roots and minima of functions of one variable, with argmin.

use argmin::core::{
    CostFunction, Error, Executor, IterState, Solver, State as _, TerminationReason,
    TerminationStatus,
};
use argmin::solver::brent::{BrentOpt, BrentRoot};

use crate::error::FitError;

/// A limit that is not reached: both methods end earlier, at the resolution of `f64`.
const MOST_ITERATIONS: u64 = 200;

type State = IterState<f64, (), (), (), (), f64>;

/// The root of `f` between `from` and `to`, where its signs differ, to the resolution of `f64` (Brent 1973).
pub(crate) fn root(
    f: impl Fn(f64) -> Result<f64, FitError>,
    from: f64,
    to: f64,
) -> Result<f64, FitError> {
    // Tolerance 0: argmin's BrentRoot adds two units of the last place of the root.
    solve(f, BrentRoot::new(from, to, 0.0), from, to)
}

/// A local minimum of `f` between `from` and `to`, to about `1e-6` (Brent 1973).
pub(crate) fn minimum(
    f: impl Fn(f64) -> Result<f64, FitError>,
    from: f64,
    to: f64,
) -> Result<f64, FitError> {
    let solver = BrentOpt::new(from, to).set_tolerance(f64::EPSILON.sqrt(), 1e-7);
    solve(f, solver, from, to)
}

struct Function<F>(F);

impl<F: Fn(f64) -> Result<f64, FitError>> CostFunction for Function<F> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, x: &f64) -> Result<f64, Error> {
        Ok((self.0)(*x)?)
    }
}

fn solve<F, S>(f: F, solver: S, from: f64, to: f64) -> Result<f64, FitError>
where
    F: Fn(f64) -> Result<f64, FitError>,
    S: Solver<Function<F>, State>,
{
    let failure = |reason: String| FitError::Solver { from, to, reason };
    let result = Executor::new(Function(f), solver)
        .configure(|state| state.max_iters(MOST_ITERATIONS))
        .timer(false)
        .ctrlc(false)
        .run()
        // An error of the function itself is returned unchanged.
        .map_err(|error| match error.downcast::<FitError>() {
            Ok(own) => own,
            Err(other) => failure(other.to_string()),
        })?;
    match result.state.get_termination_status() {
        TerminationStatus::Terminated(TerminationReason::SolverConverged) => {}
        other => return Err(failure(format!("it stopped early ({other})"))),
    }
    result
        .state
        .best_param
        .ok_or_else(|| failure("no point was evaluated".to_owned()))
}
