//! What can be wrong with a training or its data, with the values and what to do.

use mf_core::{ActivationError, ParameterError};
use thiserror::Error;

/// A training that can't be run, or data that can't be read.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TrainError {
    /// A number is outside its range.
    #[error("{name} is {value}: give {allowed}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// Levels and thresholds that make no activation.
    #[error(transparent)]
    Activation(#[from] ActivationError),
    /// A count is outside its range.
    #[error("{name} is {count}: give {least} to {most}")]
    Count {
        /// The parameter.
        name: &'static str,
        /// The value that was given.
        count: usize,
        /// The least that is allowed.
        least: usize,
        /// The most that is allowed.
        most: usize,
    },
    /// No checkpoints.
    #[error(
        "there are no checkpoints: give one or more numbers of steps; the last ends the training"
    )]
    NoCheckpoint,
    /// A checkpoint that is not above the one before it.
    #[error(
        "checkpoint {index} is step {step}, after {before}: give numbers of steps from 1 up, in ascending order"
    )]
    Checkpoint {
        /// Its place, from 0.
        index: usize,
        /// The step that was given.
        step: u32,
        /// The checkpoint before it, or 0.
        before: u32,
    },
    /// The caller ended the training before its last checkpoint.
    #[error("stopped after {step} steps")]
    Stopped {
        /// Steps that were done.
        step: u32,
    },
    /// A file that gzip can't read.
    #[error("{path} can't be decompressed ({reason}): restore it, compressed by gzip")]
    Gzip {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A file that is larger than any of the data.
    #[error("{path} holds more than {most} bytes, decompressed: restore it")]
    TooLong {
        /// The file.
        path: String,
        /// Most bytes that are read.
        most: u64,
    },
    /// A file whose content is not what its checksum says.
    #[error(
        "{path} has the MD5 {found}, decompressed, and {sums} says {expected}: restore the file that differs"
    )]
    Sum {
        /// The file.
        path: String,
        /// Its sum.
        found: String,
        /// The file of the sums.
        sums: String,
        /// The sum there.
        expected: String,
    },
    /// No checksum for a file.
    #[error("{sums} has no sum of {name}: add the line that md5sum prints for it, decompressed")]
    NoSum {
        /// The file of the sums.
        sums: String,
        /// The name that is missing.
        name: String,
    },
    /// A file of another format.
    #[error(
        "{path} starts with {found:#010x}, not with {expected:#010x}: give {what} in the idx format"
    )]
    Magic {
        /// The file.
        path: String,
        /// Its first four bytes, the highest first.
        found: u32,
        /// What they should be.
        expected: u32,
        /// What the file should hold.
        what: &'static str,
    },
    /// A file that is shorter or longer than its header says.
    #[error("{path} has {found} bytes, decompressed, and its header says {expected}: restore it")]
    Length {
        /// The file.
        path: String,
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// No images, or images without pixels.
    #[error("{path} has {images} images of {rows} x {columns} pixels: give one or more of each")]
    Empty {
        /// The file.
        path: String,
        /// Images by its header.
        images: u32,
        /// Rows of pixels by its header.
        rows: u32,
        /// Columns of pixels by its header.
        columns: u32,
    },
    /// A label that is no class.
    #[error("label {index} of {path} is {label}: give 0 to {largest}")]
    Label {
        /// The file.
        path: String,
        /// The place of the label, from 0.
        index: usize,
        /// The label.
        label: u8,
        /// The largest label there is.
        largest: u8,
    },
    /// Images and labels of different numbers.
    #[error(
        "{images_path} has {images} images and {labels_path} {labels} labels: give a label for each image"
    )]
    Labels {
        /// The file of the images.
        images_path: String,
        /// Their number.
        images: usize,
        /// The file of the labels.
        labels_path: String,
        /// Their number.
        labels: usize,
    },
    /// Training and test images of different sizes.
    #[error(
        "{training} has images of {training_size:?} pixels and {test} of {test_size:?}: give images of one size"
    )]
    Sizes {
        /// The file of the training images.
        training: String,
        /// Their rows and columns.
        training_size: [usize; 2],
        /// The file of the test images.
        test: String,
        /// Their rows and columns.
        test_size: [usize; 2],
    },
}

/// Refuses a parameter that is not `fine`.
pub(crate) fn parameter(
    name: &'static str,
    value: f64,
    allowed: &'static str,
    fine: bool,
) -> Result<(), TrainError> {
    if fine {
        Ok(())
    } else {
        Err(TrainError::Parameter {
            name,
            value,
            allowed,
        })
    }
}

/// Refuses a count outside `least ..= most`.
pub(crate) fn count(
    name: &'static str,
    count: usize,
    least: usize,
    most: usize,
) -> Result<(), TrainError> {
    if (least..=most).contains(&count) {
        Ok(())
    } else {
        Err(TrainError::Count {
            name,
            count,
            least,
            most,
        })
    }
}

impl From<ParameterError> for TrainError {
    fn from(
        ParameterError {
            name,
            value,
            allowed,
        }: ParameterError,
    ) -> Self {
        Self::Parameter {
            name,
            value,
            allowed,
        }
    }
}
