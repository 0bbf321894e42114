//! Images and their classes, from files in the format of MNIST.
//!
//! The idx format (LeCun, Cortes & Burges 1998): a magic number (the type and the number of dimensions) and the
//! dimensions, all big-endian u32, then the bytes. Images have three dimensions, labels one.

use crate::error::TrainError;
use flate2::read::GzDecoder;
use md5::{Digest, Md5};
use std::fmt;
use std::io::Read;

/// The files of a data set, in the order of [`Dataset::from_idx`].
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// The file of their checksums: the output of `md5sum` for the decompressed files.
pub const SUMS: &str = "MD5SUMS";

/// Number of classes; labels are from 0.
pub const CLASSES: usize = 10;

/// The largest size of a decompressed file, in bytes; the largest of MNIST has 47 million.
const MOST_BYTES: u64 = 1 << 30;

/// Training and test images with their classes.
#[derive(Clone, PartialEq)]
pub struct Dataset {
    training: Images,
    test: Images,
}

/// Images of the same size, one byte for each pixel.
#[derive(Clone, PartialEq)]
pub(crate) struct Images {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    size: usize,
}

impl Images {
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Pixels and class of an image.
    ///
    /// # Panics
    /// If there is no such image, like an index into a slice.
    pub(crate) fn get(&self, index: usize) -> (&[u8], u8) {
        let pixels = &self.pixels[index * self.size..(index + 1) * self.size];
        (pixels, self.labels[index])
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset")
            .field("inputs", &self.inputs())
            .field("training", &self.training.len())
            .field("test", &self.test.len())
            .finish()
    }
}

impl Dataset {
    /// The data set from the four files of [`FILES`], in that order, and from [`SUMS`]. Each file is a path, which is
    /// used only in messages, and its content.
    ///
    /// # Errors
    /// [`TrainError`] if a file is damaged, has another checksum or none, has another format, or does not fit the
    /// others, or if a label is above 9.
    pub fn from_idx(files: [(&str, &[u8]); 4], sums: (&str, &str)) -> Result<Self, TrainError> {
        let mut contents = Vec::with_capacity(FILES.len());
        for (name, (path, bytes)) in FILES.into_iter().zip(files) {
            let content = decompressed(path, bytes)?;
            check_sum(name.trim_end_matches(".gz"), path, &content, sums)?;
            contents.push(content);
        }
        let paths = files.map(|(path, _)| path);
        let part = |first: usize| {
            let of = |index: usize| (paths[index], contents[index].as_slice());
            images(of(first), of(first + 1))
        };
        let ((training, training_size), (test, test_size)) = (part(0)?, part(2)?);
        if training_size != test_size {
            return Err(TrainError::Sizes {
                training: paths[0].to_owned(),
                training_size,
                test: paths[2].to_owned(),
                test_size,
            });
        }
        Ok(Self { training, test })
    }

    /// Generated images: pixels image by image, and classes, for training and for tests.
    pub(crate) fn generated(
        inputs: usize,
        training: (Vec<u8>, Vec<u8>),
        test: (Vec<u8>, Vec<u8>),
    ) -> Self {
        let images = |(pixels, labels)| Images {
            pixels,
            labels,
            size: inputs,
        };
        Self {
            training: images(training),
            test: images(test),
        }
    }

    /// The same images with the first `count` of the training set, or all if it has fewer; at least one.
    #[must_use]
    pub fn with_training(mut self, count: usize) -> Self {
        let Images {
            pixels,
            labels,
            size,
        } = &mut self.training;
        labels.truncate(count.max(1));
        pixels.truncate(labels.len() * *size);
        self
    }

    /// The classes of the first `count` training images, then of the first `count` test images.
    pub fn first_labels(&self, [training, test]: [usize; 2]) -> Vec<u8> {
        let first = |images: &Images, count: usize| {
            images
                .labels
                .iter()
                .take(count)
                .copied()
                .collect::<Vec<u8>>()
        };
        let mut labels = first(&self.training, training);
        labels.extend(first(&self.test, test));
        labels
    }

    /// Number of training images, at least 1.
    pub fn train_len(&self) -> usize {
        self.training.len()
    }

    /// Number of test images, at least 1.
    pub fn test_len(&self) -> usize {
        self.test.len()
    }

    /// Pixels of an image, at least 1.
    pub fn inputs(&self) -> usize {
        self.training.size
    }

    pub(crate) fn training(&self) -> &Images {
        &self.training
    }

    pub(crate) fn test(&self) -> &Images {
        &self.test
    }
}

fn decompressed(path: &str, bytes: &[u8]) -> Result<Vec<u8>, TrainError> {
    let mut content = Vec::new();
    let mut limited = GzDecoder::new(bytes).take(MOST_BYTES + 1);
    limited
        .read_to_end(&mut content)
        .map_err(|error| TrainError::Gzip {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
    if content.len() as u64 > MOST_BYTES {
        return Err(TrainError::TooLong {
            path: path.to_owned(),
            most: MOST_BYTES,
        });
    }
    Ok(content)
}

fn check_sum(
    name: &str,
    path: &str,
    content: &[u8],
    (sums_path, sums): (&str, &str),
) -> Result<(), TrainError> {
    // A line is the sum, a space, a space or an asterisk (text or binary), and the name.
    let mut lines = sums.lines().filter_map(|line| line.split_once(' '));
    let expected = lines
        .find(|(_, file)| file.trim_start_matches([' ', '*']) == name)
        .map(|(sum, _)| sum.to_ascii_lowercase())
        .ok_or_else(|| TrainError::NoSum {
            sums: sums_path.to_owned(),
            name: name.to_owned(),
        })?;
    let digest = Md5::digest(content);
    let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if found == expected {
        Ok(())
    } else {
        Err(TrainError::Sum {
            path: path.to_owned(),
            found,
            sums: sums_path.to_owned(),
            expected,
        })
    }
}

/// Images with their labels, and their rows and columns.
fn images(
    (images_path, images): (&str, &[u8]),
    (labels_path, labels): (&str, &[u8]),
) -> Result<(Images, [usize; 2]), TrainError> {
    let ([count, rows, columns], pixels) = idx::<3>(images_path, images, "images")?;
    if count == 0 || rows == 0 || columns == 0 {
        return Err(TrainError::Empty {
            path: images_path.to_owned(),
            images: count,
            rows,
            columns,
        });
    }
    let ([label_count], labels) = idx::<1>(labels_path, labels, "labels")?;
    if count != label_count {
        return Err(TrainError::Labels {
            images_path: images_path.to_owned(),
            images: count as usize,
            labels_path: labels_path.to_owned(),
            labels: label_count as usize,
        });
    }
    let mut numbered = labels.iter().copied().enumerate();
    if let Some((index, label)) = numbered.find(|(_, label)| usize::from(*label) >= CLASSES) {
        return Err(TrainError::Label {
            path: labels_path.to_owned(),
            index,
            label,
            largest: CLASSES as u8 - 1,
        });
    }
    let size = [rows as usize, columns as usize];
    let images = Images {
        pixels: pixels.to_vec(),
        labels: labels.to_vec(),
        size: size[0] * size[1],
    };
    Ok((images, size))
}

/// The dimensions and the bytes of an idx file of unsigned bytes.
fn idx<'a, const DIMENSIONS: usize>(
    path: &str,
    content: &'a [u8],
    what: &'static str,
) -> Result<([u32; DIMENSIONS], &'a [u8]), TrainError> {
    const UNSIGNED_BYTES: u32 = 0x0800;
    let (words, _) = content.as_chunks::<4>();
    let mut words = words.iter().map(|word| u32::from_be_bytes(*word));
    let header = 4 * (1 + DIMENSIONS as u64);
    let expected = UNSIGNED_BYTES + DIMENSIONS as u32;
    let length = |expected| TrainError::Length {
        path: path.to_owned(),
        found: content.len() as u64,
        expected,
    };
    let found = words.next().ok_or_else(|| length(header))?;
    if found != expected {
        return Err(TrainError::Magic {
            path: path.to_owned(),
            found,
            expected,
            what,
        });
    }
    let mut dimensions = [0; DIMENSIONS];
    for dimension in &mut dimensions {
        *dimension = words.next().ok_or_else(|| length(header))?;
    }
    let bytes = dimensions.iter().try_fold(1_u64, |product, dimension| {
        product.checked_mul(u64::from(*dimension))
    });
    let bytes = bytes.unwrap_or(u64::MAX - header);
    let data = &content[header as usize..];
    if data.len() as u64 != bytes {
        return Err(length(header.saturating_add(bytes)));
    }
    Ok((dimensions, data))
}

#[cfg(test)]
impl Dataset {
    /// Random pixels and labels, `training` and `test` of them, with `inputs` pixels each.
    pub(crate) fn random(inputs: usize, training: usize, test: usize) -> Self {
        use mf_kernel::{Purpose, Random};
        let mut random = Random::new(9, Purpose::Input, [0, 0, 0]);
        let mut images = |count: usize| {
            let words = (count * (inputs + 1)).div_ceil(32);
            let words = (0..words).flat_map(|_| random.bits()).collect::<Vec<u32>>();
            let (pixels, rest) = words.split_at(count * inputs);
            let pixels = pixels.iter().map(|word| (word >> 24) as u8).collect();
            let labels = rest.iter().take(count).map(|word| (word % 10) as u8);
            (pixels, labels.collect())
        };
        let (training, test) = (images(training), images(test));
        Self::generated(inputs, training, test)
    }

    /// The same training images, for tests too.
    pub(crate) fn tested_on_training(self) -> Self {
        let test = self.training.clone();
        Self { test, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "out of range")]
    fn a_missing_image_is_not_a_blank_one() {
        let data = Dataset::random(3, 2, 1);
        data.training().get(2);
    }
}
