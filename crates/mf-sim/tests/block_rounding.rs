//! Blocks that share a scale, number by number, against gfloat and ml_dtypes (data/make_blocks.py).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mf_core::StepActivation;
use mf_core::block::{BLOCK_FORMATS, BlockFormat, BlockRule};
use mf_core::quantizer::find;
use mf_sim::{BlockActivation, LANES};

const BLOCKS: &str = include_str!("data/blocks.csv");

fn activation(format: &str) -> StepActivation {
    find(format).unwrap().build().unwrap().activation
}

/// A block of the file.
struct Block {
    kind: &'static str,
    scale: f64,
    values: Vec<f32>,
    /// To nearest, ties to even.
    rounded: Vec<f32>,
    /// The other neighbour at a tie.
    other: Vec<Option<f32>>,
}

fn blocks(format: &str) -> Vec<Block> {
    let lines = BLOCKS.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.skip(1).map(|line| line.split(',').collect());
    rows.filter(|cells: &Vec<&str>| cells[0] == format)
        .map(|cells| {
            let numbers = |cell: &'static str| cell.split(';').map(|x| x.parse::<f32>());
            Block {
                kind: cells[1],
                scale: cells[2].parse().unwrap(),
                values: numbers(cells[3]).map(Result::unwrap).collect(),
                rounded: numbers(cells[4]).map(Result::unwrap).collect(),
                other: numbers(cells[5]).map(Result::ok).collect(),
            }
        })
        .collect()
}

/// All blocks of a format by mf, side by side in rows.
fn rounded(format: &BlockFormat, blocks: &[Block]) -> Vec<f32> {
    let mut numbers: Vec<f32> = blocks.iter().flat_map(|b| b.values.clone()).collect();
    numbers.resize(numbers.len().next_multiple_of(LANES), 0.0);
    let (from, _) = numbers.as_chunks::<LANES>();
    let mut to = vec![[0.0; LANES]; from.len()];
    let phi = BlockActivation::new(&activation(format.element), format.scale, format.block);
    phi.unwrap().apply(from, &mut to);
    to.into_flattened()
}

#[test]
fn scales_agree_with_other_programs() {
    for format in BLOCK_FORMATS {
        let largest = activation(format.element).largest_level();
        let rule = BlockRule::new(format.scale, largest).unwrap();
        let blocks = blocks(format.name);
        assert!(blocks.len() > 15, "{}", format.name);
        for block in blocks {
            assert_eq!(block.values.len(), format.block);
            let most = block
                .values
                .iter()
                .fold(0.0_f32, |most, x| most.max(x.abs()));
            let scale = rule.scale(f64::from(most));
            assert_eq!(scale, block.scale, "{}: {}", format.name, block.kind);
        }
    }
}

/// Equal if one value is the nearest. At a tie hardware takes the even neighbour and mf the lower one (for a normal
/// variable ties have probability 0): they differ if the even one is the upper one.
#[test]
fn numbers_are_rounded_as_by_other_programs() {
    let mut ties = 0;
    let mut uneven = 0;
    for format in BLOCK_FORMATS {
        let blocks = blocks(format.name);
        let found = rounded(format, &blocks);
        for (block, found) in blocks.iter().zip(found.chunks(format.block)) {
            for (k, x) in block.values.iter().enumerate() {
                let even = block.rounded[k];
                let expected = match block.other[k] {
                    None => even,
                    Some(other) => {
                        ties += 1;
                        uneven += usize::from(other < even);
                        even.min(other)
                    }
                };
                let place = format!("{}, {}: {x}", format.name, block.kind);
                assert_eq!(found[k], expected, "{place} by {}", block.scale);
            }
        }
    }
    // The counts that the script prints.
    assert_eq!((ties, uneven), (409, 204));
}
