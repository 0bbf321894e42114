//! The stage kinds, one file each: parameters and run. A new kind is a new file and a line in [`register`].

mod block_formats;
mod decay_rate;
mod depth_budget;
mod deviation;
mod ensemble;
mod error_laws;
mod figure;
mod fitted_spacing;
mod gains;
mod gradient_growth;
mod layer_statistics;
mod local_exponent;
mod log_corrected;
mod manifold;
mod number_formats;
mod optima;
mod optimal_spacing;
mod over_seeds;
mod phase_diagram;
mod power_law;
mod quantizer_optimum;
mod slope_curves;
mod states;
pub(crate) mod subjects;
mod template;
mod trainable_depth;
mod training_grid;
mod window;

use mf_pipeline::Registry;

/// Registers every stage kind and the kind of figures.
pub(crate) fn register(registry: &mut Registry) {
    registry
        .stage::<optimal_spacing::OptimalSpacing>()
        .stage::<fitted_spacing::FittedSpacing>()
        .stage::<power_law::PowerLaw>()
        .stage::<log_corrected::LogCorrected>()
        .stage::<local_exponent::LocalExponent>()
        .stage::<slope_curves::SlopeCurves>()
        .stage::<quantizer_optimum::QuantizerOptimum>()
        .stage::<manifold::Manifold>()
        .stage::<layer_statistics::LayerStatistics>()
        .stage::<gradient_growth::GradientGrowth>()
        .stage::<decay_rate::DecayRate>()
        .stage::<training_grid::TrainingGrid>()
        .stage::<trainable_depth::TrainableDepth>()
        .stage::<depth_budget::DepthBudget>()
        .stage::<over_seeds::OverSeeds>()
        .stage::<number_formats::NumberFormats>()
        .stage::<block_formats::BlockFormats>()
        .stage::<error_laws::ErrorLaws>()
        .stage::<phase_diagram::PhaseDiagram>()
        .figure::<figure::FigureStage>();
}
