//! Normal random numbers, fast: as many lanes at once as the machine has.
//!
//! Bits come from xoshiro128++ (Blackman & Vigna 2021, ACM TOMS 47:36), [`STREAMS`] independent copies side by side,
//! each seeded with 128 bits of SplitMix64 (Steele, Lea & Flood 2014). Normals come from them by Box and Muller's
//! transform (1958) in f32,
//!
//! ```text
//! r = sqrt(-2 ln u),   u on (0, 1] in steps of 2^-31;   (r cos t, r sin t),   t uniform on the circle in steps of 2^-31 turns,
//! ```
//!
//! with polynomials for the logarithm (Cephes `logf`) and for sine and cosine (minimax, absolute error below 1e-7).
//! The largest possible number is `sqrt(-2 ln 2^-32) = 6.66`; a normal number is beyond that once in 3.6e10. Every operation
//! is correctly rounded (add, multiply, fused multiply-add, square root), so the numbers are the same everywhere.

/// Numbers in a row of a tile.
pub(crate) const LANES: usize = 64;

/// Generators side by side; a row takes one step of them for radii and one for angles.
pub(crate) const STREAMS: usize = LANES / 2;

/// What numbers are for: part of their seed, so that no two purposes share any.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Weight,
    Bias,
    Input,
    Gradient,
}

/// A stream of rows of normal numbers.
#[derive(Debug, Clone)]
pub(crate) struct Normals {
    state: [[u32; STREAMS]; 4],
}

impl Normals {
    /// The stream of a purpose and a place: different arguments give independent streams.
    pub(crate) fn new(seed: u64, purpose: Purpose, place: [usize; 3]) -> Self {
        let [a, b, c] = place.map(|index| index as u64);
        let mut key = [purpose as u64, a, b, c]
            .into_iter()
            .fold(mixed(seed), |key, part| mixed(key.wrapping_add(part)));
        let mut state = [[0; STREAMS]; 4];
        for stream in 0..STREAMS {
            for half in 0..2 {
                key = key.wrapping_add(GOLDEN);
                let bits = finished(key);
                state[2 * half][stream] = bits as u32;
                state[2 * half + 1][stream] = (bits >> 32) as u32;
            }
        }
        Self { state }
    }

    /// Fills rows with normal numbers of standard deviation `scale`.
    #[inline(always)]
    pub(crate) fn fill(&mut self, scale: f32, rows: &mut [[f32; LANES]]) {
        for row in rows {
            let radii = self.bits();
            let angles = self.bits();
            let mut pairs = ([0.0; STREAMS], [0.0; STREAMS]);
            for stream in 0..STREAMS {
                let (cosine, sine) = pair(radii[stream], angles[stream], scale);
                pairs.0[stream] = cosine;
                pairs.1[stream] = sine;
            }
            let (cosines, sines) = row.split_at_mut(STREAMS);
            cosines.copy_from_slice(&pairs.0);
            sines.copy_from_slice(&pairs.1);
        }
    }

    /// One step of every xoshiro128++.
    #[inline(always)]
    fn bits(&mut self) -> [u32; STREAMS] {
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

/// Box and Muller's pair from 64 bits.
#[inline(always)]
fn pair(radius: u32, angle: u32, scale: f32) -> (f32, f32) {
    const PER_STEP: f32 = 1.0 / (1_u32 << 31) as f32;
    let uniform = ((radius >> 1) as i32 as f32 + 0.5) * PER_STEP;
    let length = scale * (-2.0 * logarithm(uniform)).max(0.0).sqrt();
    // The half circle of cosines above 0; the bit that `uniform` leaves over chooses the half.
    let length = f32::from_bits(length.to_bits() ^ (radius << 31));
    let turn = (angle as i32) as f32 * (0.5 * PER_STEP);
    let square = turn * turn;
    (length * cosine(square), length * (turn * sine(square)))
}

/// `ln(u)` for normal `u` in `(0, 1]`, to about one unit of the last place.
#[inline(always)]
fn logarithm(u: f32) -> f32 {
    const ROOT_HALF: i32 = 0x3f35_04f3;
    let bits = u.to_bits() as i32;
    let exponent = bits.wrapping_sub(ROOT_HALF) >> 23;
    let x = f32::from_bits(bits.wrapping_sub(exponent << 23) as u32) - 1.0;
    let exponent = exponent as f32;
    let p = 7.037_683_6e-2_f32;
    let p = p.mul_add(x, -1.151_461e-1);
    let p = p.mul_add(x, 1.167_699_9e-1);
    let p = p.mul_add(x, -1.242_014_1e-1);
    let p = p.mul_add(x, 1.424_932_3e-1);
    let p = p.mul_add(x, -1.666_805_8e-1);
    let p = p.mul_add(x, 2.000_071_5e-1);
    let p = p.mul_add(x, -2.499_999_4e-1);
    let p = p.mul_add(x, 3.333_333_1e-1);
    let square = x * x;
    let rest = (p * x).mul_add(square, -0.5 * square);
    exponent.mul_add(std::f32::consts::LN_2, rest + x)
}

/// `sin(pi t) / t` for `|t| <= 1/2`, from `t^2`.
#[inline(always)]
fn sine(square: f32) -> f32 {
    let p = 7.765_591e-2_f32;
    let p = p.mul_add(square, -5.982_904e-1);
    let p = p.mul_add(square, 2.550_077_4);
    let p = p.mul_add(square, -5.167_71);
    p.mul_add(square, std::f32::consts::PI)
}

/// `cos(pi t)` for `|t| <= 1/2`, from `t^2`.
#[inline(always)]
fn cosine(square: f32) -> f32 {
    let p = 2.196_824_2e-1_f32;
    let p = p.mul_add(square, -1.331_873);
    let p = p.mul_add(square, 4.058_411);
    let p = p.mul_add(square, -4.934_793);
    p.mul_add(square, 1.0)
}
