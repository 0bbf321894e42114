//! The stage kinds, one file each: its parameters, its tables and numbers, and its computation. A new kind is a new file, its
//! `mod` and a line in [`register`]. Files without a `TypedStage` hold what several kinds share.

pub(crate) mod architecture;
mod block_formats;
mod block_grid;
mod decay_rate;
mod depth_budget;
mod depth_law;
mod deviation;
mod distinct;
mod effect;
mod ensemble;
mod error_laws;
mod figure;
mod fitted_spacing;
mod gains;
mod gradient_growth;
mod kernel;
mod kernel_descent;
mod kernel_regression;
mod kernel_spread;
mod layer_statistics;
mod lifetimes;
mod local_exponent;
mod log_corrected;
mod manifold;
mod network_laws;
mod network_signals;
mod number_formats;
mod numbers;
mod optima;
mod optimal_spacing;
mod over_seeds;
mod panel_agreement;
mod phase_diagram;
mod power_law;
mod quantizer_optimum;
mod single_precision;
mod slope_curves;
mod states;
mod stop;
pub(crate) mod subjects;
mod template;
mod threads;
mod trainable_depth;
mod training;
mod training_grid;
mod width_limit;
mod window;

use mf_pipeline::Registry;

use crate::code;

/// Registers every stage kind and the kind of figures.
pub(crate) fn register(registry: &mut Registry) {
    registry
        .stage::<optimal_spacing::OptimalSpacing>(code::OPTIMAL_SPACING)
        .stage::<fitted_spacing::FittedSpacing>(code::FITTED_SPACING)
        .stage::<power_law::PowerLaw>(code::POWER_LAW)
        .stage::<single_precision::SinglePrecision>(code::SINGLE_PRECISION)
        .stage::<effect::Effect>(code::EFFECT)
        .stage::<log_corrected::LogCorrected>(code::LOG_CORRECTED)
        .stage::<local_exponent::LocalExponent>(code::LOCAL_EXPONENT)
        .stage::<slope_curves::SlopeCurves>(code::SLOPE_CURVES)
        .stage::<quantizer_optimum::QuantizerOptimum>(code::QUANTIZER_OPTIMUM)
        .stage::<manifold::Manifold>(code::MANIFOLD)
        .stage::<lifetimes::Lifetimes>(code::LIFETIMES)
        .stage::<width_limit::AtInfiniteWidth>(code::WIDTH_LIMIT)
        .stage::<layer_statistics::LayerStatistics>(code::LAYER_STATISTICS)
        .stage::<gradient_growth::GradientGrowth>(code::GRADIENT_GROWTH)
        .stage::<decay_rate::DecayRate>(code::DECAY_RATE)
        .cells::<training_grid::TrainingGrid>(code::TRAINING_GRID)
        .stage::<trainable_depth::TrainableDepth>(code::TRAINABLE_DEPTH)
        .stage::<network_laws::NetworkLaws>(code::NETWORK_LAWS)
        .stage::<network_signals::NetworkSignals>(code::NETWORK_SIGNALS)
        .cells::<block_grid::BlockGrid>(code::BLOCK_GRID)
        .stage::<kernel_spread::KernelSpread>(code::KERNEL_SPREAD)
        .stage::<kernel_regression::Regression>(code::KERNEL_REGRESSION)
        .stage::<kernel_descent::KernelDescent>(code::KERNEL_DESCENT)
        .stage::<depth_law::DepthLawStage>(code::DEPTH_LAW)
        .stage::<panel_agreement::PanelAgreement>(code::PANEL_AGREEMENT)
        .stage::<depth_budget::DepthBudget>(code::DEPTH_BUDGET)
        .stage::<over_seeds::OverSeeds>(code::OVER_SEEDS)
        .stage::<number_formats::NumberFormats>(code::NUMBER_FORMATS)
        .stage::<block_formats::BlockFormats>(code::BLOCK_FORMATS)
        .stage::<error_laws::ErrorLaws>(code::ERROR_LAWS)
        .stage::<phase_diagram::PhaseDiagram>(code::PHASE_DIAGRAM)
        .figure::<figure::FigureStage>(code::FIGURE);
}
