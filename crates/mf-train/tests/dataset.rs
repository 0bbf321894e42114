//! Reading valid and invalid data sets.
#![allow(clippy::unwrap_used)]

mod common;

use common::{compressed, dataset, idx, mnist, published, read, small, sums};
use mf_train::FILES;

/// The message for the small data set with one file's content changed.
fn message(file: usize, content: Vec<u8>) -> String {
    let mut contents = small();
    contents[file] = content;
    dataset(&contents).unwrap_err().to_string()
}

#[test]
fn a_small_data_set_is_read() {
    let data = dataset(&small()).unwrap();
    assert_eq!(
        (data.train_len(), data.test_len(), data.inputs()),
        (3, 2, 6)
    );
    assert_eq!(
        format!("{data:?}"),
        "Dataset { inputs: 6, training: 3, test: 2 }"
    );
}

#[test]
fn mnist_is_read() {
    let data = mnist();
    assert_eq!(
        (data.train_len(), data.test_len(), data.inputs()),
        (60_000, 10_000, 784)
    );
}

#[test]
fn the_part_of_fashion_mnist_is_read() {
    let data = published("fashion-mnist");
    assert_eq!(
        (data.train_len(), data.test_len(), data.inputs()),
        (16_000, 10_000, 784)
    );
}

#[test]
fn sums_may_be_written_in_capitals_and_in_any_order_and_mode() {
    let contents = small();
    let files = contents.each_ref().map(|content| compressed(content));
    let lines: Vec<String> = sums(&contents)
        .lines()
        .rev()
        .map(|line| line.to_uppercase().replace("  ", " *"))
        .map(|line| {
            let (sum, name) = line.split_once(' ').unwrap();
            format!("{sum} {}", name.to_lowercase())
        })
        .collect();
    assert!(read(&files, &lines.join("\n")).is_ok());
}

#[test]
fn damaged_files_are_refused() {
    let contents = small();
    let whole = contents.each_ref().map(|content| compressed(content));
    let sums = sums(&contents);
    let refused = |file: usize, bytes: Vec<u8>| {
        let mut files = whole.clone();
        files[file] = bytes;
        read(&files, &sums).unwrap_err().to_string()
    };
    for (what, bytes) in [
        ("cut", whole[0][..whole[0].len() - 9].to_vec()),
        ("not gzip", b"images".to_vec()),
        ("empty", Vec::new()),
    ] {
        let found = refused(0, bytes);
        let start = "data/train-images-idx3-ubyte.gz cannot be decompressed (";
        assert!(
            found.starts_with(start)
                && found.ends_with("): restore the original file, compressed by gzip"),
            "{what}: {found}"
        );
    }
    // Another valid file in its place, with another checksum.
    let found = refused(1, compressed(&contents[3]));
    assert!(
        found.starts_with("data/train-labels-idx1-ubyte.gz has the MD5 "),
        "{found}"
    );
    assert!(
        found.contains(", decompressed, and data/MD5SUMS has "),
        "{found}"
    );
}

#[test]
fn every_file_needs_a_sum() {
    let contents = small();
    let files = contents.each_ref().map(|content| compressed(content));
    let all = sums(&contents);
    for name in FILES.map(|name| name.trim_end_matches(".gz")) {
        let lines: Vec<&str> = all.lines().filter(|line| !line.contains(name)).collect();
        let found = read(&files, &lines.join("\n")).unwrap_err().to_string();
        let expected = format!(
            "data/MD5SUMS has no checksum of {name}: add the line that md5sum prints for the decompressed file"
        );
        assert_eq!(found, expected);
    }
}

#[test]
fn other_formats_are_refused() {
    let found = message(0, small()[1].clone());
    let expected = "data/train-images-idx3-ubyte.gz starts with 0x00000801, not with 0x00000803: \
                    give images in the idx format";
    assert_eq!(found, expected);
    let found = message(3, b"text".to_vec());
    let expected = "data/t10k-labels-idx1-ubyte.gz starts with 0x74657874, not with 0x00000801: \
                    give labels in the idx format";
    assert_eq!(found, expected);
}

#[test]
fn files_of_another_length_than_their_header_are_refused() {
    let images = &small()[0];
    for (content, length) in [
        (images[..images.len() - 1].to_vec(), 34),
        ([images.as_slice(), &[0]].concat(), 34),
        (images[..9].to_vec(), 16),
        (Vec::new(), 16),
    ] {
        let expected = format!(
            "data/train-images-idx3-ubyte.gz has {} bytes, decompressed, and by its header {length}: restore the original file",
            content.len()
        );
        assert_eq!(message(0, content), expected);
    }
    // A header with a size beyond u64.
    let found = message(0, idx(&[u32::MAX; 3], &[]));
    assert!(found.contains("has 16 bytes"), "{found}");
}

#[test]
fn empty_images_are_refused() {
    for [count, rows, columns] in [[0, 2, 3], [3, 0, 3], [3, 2, 0]] {
        let expected = format!(
            "data/t10k-images-idx3-ubyte.gz has {count} images of {rows} x {columns} pixels: give one or more of each"
        );
        assert_eq!(message(2, idx(&[count, rows, columns], &[])), expected);
    }
}

#[test]
fn images_labels_and_sizes_must_fit() {
    let expected = "data/train-images-idx3-ubyte.gz has 3 images and data/train-labels-idx1-ubyte.gz has 2 labels: \
                    give one label for each image";
    assert_eq!(message(1, idx(&[2], &[0, 1])), expected);
    let expected = "label 2 of data/train-labels-idx1-ubyte.gz is 10: give 0 to 9";
    assert_eq!(message(1, idx(&[3], &[0, 9, 10])), expected);
    let expected = "data/train-images-idx3-ubyte.gz has images of [2, 3] pixels and data/t10k-images-idx3-ubyte.gz of \
                    [3, 2]: give images of the same size";
    assert_eq!(message(2, idx(&[2, 3, 2], &[0; 12])), expected);
}
