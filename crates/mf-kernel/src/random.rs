//! Random bits, and where their seeds come from.
//!
//! Bits come from xoshiro128++ (Blackman & Vigna 2021, ACM TOMS 47:36), [`STREAMS`] independent copies side by side,
//! each seeded with 128 bits of SplitMix64 (Steele, Lea & Flood 2014).

use crate::LANES;

/// Number of generators side by side: half the length of a row.
pub const STREAMS: usize = LANES / 2;

/// The purpose of random numbers. It is part of their seed, so that no two purposes share a stream. The values are part
/// of all seeds: changing one changes every number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Weights of a layer.
    Weight = 0,
    /// Biases of a layer.
    Bias = 1,
    /// Inputs of a network.
    Input = 2,
    /// Gradients at the output of a network.
    Gradient = 3,
    /// The order in which training data are used.
    Order = 4,
    /// States of a layer that are drawn by their law, without weights.
    State = 5,
    /// Seeds of networks that belong together.
    Network = 6,
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random {
    state: [[u32; STREAMS]; 4],
}

impl Random {
    /// The stream of a purpose and a place: different arguments give independent streams.
    pub fn new(seed: u64, purpose: Purpose, place: [usize; 3]) -> Self {
        let [a, b, c] = place.map(|index| index as u64);
        let mut key = [purpose as u64, a, b, c]
            .into_iter()
            .fold(mixed(seed), |key, part| mixed(key.wrapping_add(part)));
        let mut word_pair = || {
            key = key.wrapping_add(GOLDEN);
            finished(key)
        };
        let mut state = [[0; STREAMS]; 4];
        let [a, b, c, d] = &mut state;
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let (first, second) = (word_pair(), word_pair());
            (*a, *b) = (first as u32, (first >> 32) as u32);
            (*c, *d) = (second as u32, (second >> 32) as u32);
        }
        Self { state }
    }

    /// The next 32 bits of every generator.
    #[inline(always)]
    pub fn bits(&mut self) -> [u32; STREAMS] {
        let mut output = [0; STREAMS];
        let [a, b, c, d] = &mut self.state;
        for ((((out, a), b), c), d) in output.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *out = a.wrapping_add(*d).rotate_left(7).wrapping_add(*a);
            let shifted = *b << 9;
            *c ^= *a;
            *d ^= *b;
            *b ^= *c;
            *a ^= *d;
            *c ^= shifted;
            *d = d.rotate_left(11);
        }
        output
    }
}

/// The increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A step of SplitMix64 from `key`.
fn mixed(key: u64) -> u64 {
    finished(key.wrapping_add(GOLDEN))
}

/// SplitMix64's output function, a bijection of 64 bits.
fn finished(key: u64) -> u64 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_agree_with_the_reference_implementation() {
        // The output of Blackman and Vigna's xoshiro128plusplus.c from the state 1, 2, 3, 4.
        let expected = [641, 1573767, 3222811527, 3517856514, 836907274, 4247214768];
        let state = [1, 2, 3, 4].map(|word| [word; STREAMS]);
        let mut random = Random { state };
        for output in expected {
            assert_eq!(random.bits(), [output; STREAMS]);
        }
    }

    #[test]
    fn seeds_agree_with_split_mix() {
        // The first outputs of Steele, Lea and Flood's SplitMix64 from the seed 1234567.
        assert_eq!(mixed(1234567), 6457827717110365317);
        assert_eq!(mixed(1234567_u64.wrapping_add(GOLDEN)), 3203168211198807973);
    }

    #[test]
    fn purposes_keep_their_values() {
        // The first bits of each, computed with SplitMix64 and xoshiro128++ in Python from the values of the enum.
        for (purpose, first) in [
            (Purpose::Weight, 3781410293),
            (Purpose::Bias, 2926214271),
            (Purpose::Input, 2876081656),
            (Purpose::Gradient, 4023721064),
            (Purpose::Order, 2878968852),
            (Purpose::State, 1408638217),
            (Purpose::Network, 757662180),
        ] {
            assert_eq!(Random::new(1, purpose, [2, 3, 4]).bits()[0], first);
        }
    }

    #[test]
    fn purposes_and_places_give_different_streams() {
        let streams = [
            Random::new(1, Purpose::Weight, [0, 0, 0]),
            Random::new(1, Purpose::Bias, [0, 0, 0]),
            Random::new(1, Purpose::Input, [0, 0, 0]),
            Random::new(1, Purpose::Gradient, [0, 0, 0]),
            Random::new(1, Purpose::Order, [0, 0, 0]),
            Random::new(1, Purpose::State, [0, 0, 0]),
            Random::new(1, Purpose::Network, [0, 0, 0]),
            Random::new(1, Purpose::Weight, [1, 0, 0]),
            Random::new(1, Purpose::Weight, [0, 1, 0]),
            Random::new(1, Purpose::Weight, [0, 0, 1]),
            Random::new(2, Purpose::Weight, [0, 0, 0]),
        ];
        for (index, stream) in streams.iter().enumerate() {
            for other in &streams[..index] {
                assert_ne!(stream.state, other.state);
            }
        }
    }
}
