//! What a job sees of the run that it is part of.

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advance {
    /// The parts that are done.
    pub done: u64,
    /// All parts.
    pub total: u64,
    /// The time left in seconds, if the stage knows better than by counting parts.
    pub seconds_left: Option<f64>,
}

/// Listens to one stage, and may ask it to stop.
pub trait Listener: Sync {
    /// The progress of the stage.
    fn progress(&self, _advance: &Advance) {}
    /// A line that the stage prints.
    fn note(&self, _text: &str) {}
    /// Whether the stage is asked to stop.
    fn cancelled(&self) -> bool {
        false
    }
}

/// A listener that does nothing, and lets work go on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Listener for Alone {}
