//! Data sets for tests, in memory and from the repository.
#![allow(dead_code, clippy::disallowed_methods, clippy::unwrap_used)]

use flate2::Compression;
use flate2::write::GzEncoder;
use md5::{Digest, Md5};
use mf_core::{StepActivation, Surrogate};
use mf_train::{Dataset, FILES, Initialization, Model, SUMS, Schedule, TrainError};
use std::io::Write;

/// Four decompressed files of [`FILES`].
pub(crate) type Contents = [Vec<u8>; 4];

/// An idx file of these dimensions.
pub(crate) fn idx(dimensions: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut content = vec![0, 0, 8, dimensions.len() as u8];
    content.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
    content.extend(bytes);
    content
}

/// Three training and two test images of 2 x 3 pixels.
pub(crate) fn small() -> Contents {
    [
        idx(
            &[3, 2, 3],
            &(0..18).map(|pixel| pixel * 14).collect::<Vec<_>>(),
        ),
        idx(&[3], &[4, 0, 9]),
        idx(
            &[2, 2, 3],
            &(0..12).map(|pixel| 255 - pixel).collect::<Vec<_>>(),
        ),
        idx(&[2], &[1, 2]),
    ]
}

pub(crate) fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The output of md5sum for the files.
pub(crate) fn sums(contents: &Contents) -> String {
    let line = |(content, name): (&Vec<u8>, &str)| {
        let digest = Md5::digest(content);
        let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{sum}  {}\n", name.trim_end_matches(".gz"))
    };
    contents.iter().zip(FILES).map(line).collect()
}

/// The data set of the compressed files, found at `data/NAME`.
pub(crate) fn read(files: &[Vec<u8>; 4], sums: &str) -> Result<Dataset, TrainError> {
    let paths = FILES.map(|name| format!("data/{name}"));
    let file = |index: usize| (paths[index].as_str(), files[index].as_slice());
    let sums_path = format!("data/{SUMS}");
    Dataset::from_idx([file(0), file(1), file(2), file(3)], (&sums_path, sums))
}

/// The data set of these contents, with their own sums.
pub(crate) fn dataset(contents: &Contents) -> Result<Dataset, TrainError> {
    read(
        &contents.each_ref().map(|content| compressed(content)),
        &sums(contents),
    )
}

/// MNIST, from the repository.
pub(crate) fn mnist() -> Dataset {
    published("mnist")
}

/// A data set of the repository, by its folder.
pub(crate) fn published(folder: &str) -> Dataset {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    let folder = format!("{data}/{folder}");
    let files = FILES.map(|name| std::fs::read(format!("{folder}/{name}")).unwrap());
    let sums = std::fs::read_to_string(format!("{folder}/{SUMS}")).unwrap();
    read(&files, &sums).unwrap()
}

/// A network of 8 levels with its best weight scale, and a schedule on the whole test set.
pub(crate) fn setting(width: usize, layers: usize, checkpoints: &[u32]) -> (Model, Schedule) {
    let model = Model {
        activation: StepActivation::uniform(8).unwrap(),
        surrogate: Surrogate::new(1.0, -1.0, 1.0).unwrap(),
        width,
        layers,
        initialization: Initialization::Normal {
            sigma_w: 1.02,
            sigma_b: 0.0,
        },
    };
    let schedule = Schedule {
        batch: 32,
        learning_rate: 1e-3,
        momentum: 0.5,
        checkpoints: checkpoints.to_vec(),
        mean: 0.1307,
        deviation: 0.3081,
        test_images: 10_000,
    };
    (model, schedule)
}
