//! Optimization on top of the theory: the best spacing and scale of a quantizer, and the power laws that they follow.
//! Also the statistics of measurements over networks and seeds.
//!
//! How far do signals travel in a network with activations in INT4? At the best scale, a difference between two inputs falls
//! by a factor of `e` every 77 layers:
//!
//! ```
//! let int4 = mf_core::quantizer::find("int4")?.build()?;
//! let best = mf_fit::best_scale(&int4.activation)?;
//! assert!((best.propagation.depth_scale - 77.08).abs() < 0.005);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | subject | functions |
//! | --- | --- |
//! | the best spacing of `N` uniform states | [`uniform_optimum`], exact; [`SpacingScan`], the authors' recipe, in f64 and f32 |
//! | the best scale of any quantizer, stochastic rounding too | [`best_scale`]; with biases, [`best_scale_and_bias`]; of weights, [`best_weight_scale`] |
//! | a number format at its best scale, and at other scales | [`FormatOptimum`] |
//! | `1 - chi` against the number of levels of a family; the fewest for a depth | [`least_error`], [`least_stochastic_error`]; [`fewest_states`] |
//! | `y = e^c x^p` | [`power_law`] |
//! | the curvature of points on logarithmic axes | [`bend`] |
//! | the slope of `ln(1 - chi_max)` at one `N` | [`local_exponent`] |
//! | `y = e^c x^-a (ln x)^b` | [`log_corrected_power_law`], [`log_correction`] |
//! | a mean and its standard error | [`Mean`], [`GeometricMean`]; a statistic of a mean, [`jackknife`] |
//! | how far measurements are from theory | [`Mean::deviation`], [`Deviations`] |
//! | whether one panel of cells is like several others | [`PanelTest`], on values [`relative`] to their extremes |
//! | the limit of infinite width | [`width_limit`] |
//! | how likely so large a sum of squared deviations is | [`chi_square_tail`]; of independent values from a theory, [`agreement()`] |
//! | a power law of values over seeds | [`power_law_over_seeds`] |
//! | where a curve falls below a level | [`last_crossing`]; for a signal, [`lifetime`]; its amplitude, [`half_range`] |
//! | the depth that can be trained, against learning time and width | [`DepthLaw`] |
//! | regression with a kernel matrix, from outputs of 0 or random ones, and its condition | [`KernelRegression`], [`variances_after_training`], [`condition_number`] |
//! | how fast a signal decays in networks | [`decay_factor`], [`decay_factor_of_mean`]; its noise, [`finite_width_noise`] |
//!
//! How the depth grows with the number of states `N`, as a power law: `1 - chi` falls like `(N + 1)^-1.82`.
//!
//! ```
//! use mf_fit::{power_law, uniform_optimum};
//!
//! let states = [64, 128, 256, 512, 1024];
//! let x = states.map(|n| n as f64 + 1.0);
//! let mut y = Vec::new();
//! for n in states {
//!     y.push(uniform_optimum(n)?.one_minus_slope);
//! }
//! let line = power_law(&x, &y)?;
//! assert!((line.slope + 1.82).abs() < 0.02);
//! # Ok::<(), mf_fit::FitError>(())
//! ```
//!
//! Roots and minima are found with argmin; elementary functions come from `libm`, so that the same input gives the
//! same bits on every machine. The crate does no input or output.

mod agreement;
mod bias;
mod chi_square;
mod crossing;
mod decay;
mod depth_law;
mod deviation;
mod error;
mod fisher;
mod format;
mod jackknife;
mod kernel_regression;
mod log_corrected;
mod mean;
mod members;
mod optimum;
mod panel;
mod power_law;
mod regression;
mod scale;
mod scan;
mod seeds;
mod solve;
mod width_limit;

pub use agreement::{Agreement, agreement};
pub use bias::{BiasOptimum, best_scale_and_bias};
pub use chi_square::chi_square_tail;
pub use crossing::{half_range, last_crossing, lifetime};
pub use decay::{decay_factor, decay_factor_of_mean, finite_width_noise};
pub use depth_law::{DepthLaw, DepthPoint};
pub use deviation::Deviations;
pub use error::FitError;
pub use format::FormatOptimum;
pub use jackknife::jackknife;
pub use kernel_regression::{KernelRegression, condition_number, variances_after_training};
pub use log_corrected::{LogCorrected, log_corrected_power_law, log_correction};
pub use mean::Mean;
pub use members::{fewest_states, least_error, least_stochastic_error};
pub use optimum::{MOST_STATES, UniformOptimum, local_exponent, uniform_optimum};
pub use panel::{PanelTest, panel_distance, relative};
pub use power_law::{Bend, Line, bend, power_law, slope_error};
pub use scale::{ScaleOptimum, best_scale, best_weight_scale};
pub use scan::SpacingScan;
pub use seeds::{GeometricMean, SeededLine, power_law_over_seeds};
pub use width_limit::{WidthLimit, width_limit};

/// Runs the example of a family in CONTRIBUTING.md.
#[cfg(doctest)]
#[doc = include_str!("../../../CONTRIBUTING.md")]
struct Contributing;
