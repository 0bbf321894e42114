//! Errors of trainings and their data, with the values and the remedy.

use mf_core::{ActivationError, ParameterError};
use thiserror::Error;

/// Why a training cannot run, or data cannot be read.
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
    /// Levels and thresholds that do not define an activation.
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
    /// A stream that is quantized.
    #[error("networks with a quantized stream are not trained: give chain, pre-norm or post-norm")]
    QuantizedStream,
    /// Rounded weights that are all 0: no signal passes the block, and no gradient.
    #[error(
        "all weights of block {block} are 0 at the start, after rounding: give a smaller scale of the weights, a larger sigma_w or more levels"
    )]
    Dead {
        /// The block, from 1.
        block: usize,
    },
    /// No checkpoints.
    #[error(
        "there are no checkpoints: give one or more numbers of steps; the last ends the training"
    )]
    NoCheckpoint,
    /// A checkpoint that is not above the one before it.
    #[error(
        "checkpoint {index} is step {step}, after {before}: give numbers of steps from 1 up, in increasing order"
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
    /// A file that cannot be decompressed by gzip.
    #[error(
        "{path} cannot be decompressed ({reason}): restore the original file, compressed by gzip"
    )]
    Gzip {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A file that is larger than [`FILES`](crate::FILES) can be.
    #[error("{path} has more than {most} bytes, decompressed: restore the original file")]
    TooLong {
        /// The file.
        path: String,
        /// The largest number of bytes that is read.
        most: u64,
    },
    /// A file with another checksum than the expected one.
    #[error(
        "{path} has the MD5 {found}, decompressed, and {sums} has {expected}: restore the original file"
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
    #[error(
        "{sums} has no checksum of {name}: add the line that md5sum prints for the decompressed file"
    )]
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
        /// The expected first four bytes.
        expected: u32,
        /// "images" or "labels".
        what: &'static str,
    },
    /// A file that is shorter or longer than its header requires.
    #[error(
        "{path} has {found} bytes, decompressed, and by its header {expected}: restore the original file"
    )]
    Length {
        /// The file.
        path: String,
        /// Its size in bytes.
        found: u64,
        /// Its size by the header, in bytes.
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
    /// A label that is not a class.
    #[error("label {index} of {path} is {label}: give 0 to {largest}")]
    Label {
        /// The file.
        path: String,
        /// The place of the label, from 0.
        index: usize,
        /// The label.
        label: u8,
        /// The largest class.
        largest: u8,
    },
    /// Images and labels of different numbers.
    #[error(
        "{images_path} has {images} images and {labels_path} has {labels} labels: give one label for each image"
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
    /// First steps on a part of the training images.
    #[error(
        "a batch of {batch} of {images} training images: first steps are on all of them, so give a batch of {images}"
    )]
    NotWhole {
        /// Images of a batch.
        batch: usize,
        /// Training images.
        images: usize,
    },
    /// A network diverged in its first steps.
    #[error("the loss, a weight or a bias is not finite at step {step}: lower the learning rate")]
    Diverged {
        /// The step.
        step: u32,
    },
    /// A kernel that does not fit the images.
    #[error(
        "a kernel of {rows} rows for {images} images, {training} of them for training: give a row of {training} entries for each image"
    )]
    Kernel {
        /// Rows of the kernel.
        rows: usize,
        /// Images with outputs.
        images: usize,
        /// Training images.
        training: usize,
    },
    /// Training and test images of different sizes.
    #[error(
        "{training} has images of {training_size:?} pixels and {test} of {test_size:?}: give images of the same size"
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

/// An error for a parameter that is not `fine`.
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

/// An error for a count outside `least ..= most`.
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
