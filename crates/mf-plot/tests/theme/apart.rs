//! How different the colours of the theme are, for readers with each kind of cones, and in grey print.
//!
//! The colours are converted to what a reader sees: sRGB (IEC 61966-2-1) made linear, missing cones simulated, then
//! CIELAB with the white of sRGB. Differences are CIEDE2000, where 1 is about the least visible difference side by
//! side. Grey print keeps only the lightness L*.

use super::*;

/// Least CIEDE2000 between two hues of the palette. With lightnesses in steps of 12, a search near the hues of Okabe and Ito
/// found 21 at most, with a green that is nearly black.
const HUES_APART: f64 = 19.0;
/// Least difference of L* between them: six between 16 and 78, so that the darkest is not black and the lightest is
/// visible on white.
const HUES_STEP: f64 = 12.0;
/// Least CIEDE2000 from grey and black to a hue. They are for reference lines, which also differ in dashes.
const NEUTRALS_APART: f64 = 7.0;
/// The number of hues in the palette.
const HUES: usize = 6;
/// The number of hues that are dark enough for thin lines. Darker orange and sky blue could not be distinguished from
/// the others in grey.
const DARK_HUES: usize = 4;
/// Contrast of things that must be visible (Web Content Accessibility Guidelines 2.1, 1.4.11).
const SHOWS: f64 = 3.0;
/// Contrast of the light hues on white: that of a grey of L* 78. Orange has 2.6, sky blue 1.8.
const LIGHT: f64 = 1.8;
/// Contrast of the ramp's lightest curve on white, that of a grey of L* 74, which leaves eight steps of lightness.
const RAMP_SHOWS: f64 = 2.0;
/// Least CIEDE2000 between neighbours among so many bands, times their steps: 15 for 4 bands, 6.6 for 8.
const BANDS_SPAN: f64 = 46.0;
/// By how much, relative to their mean, steps of L* between bands may differ: colours are rounded to 1/255.
const BANDS_EVEN: f64 = 0.03;
/// Contrast of white lines on the lightest band; their dark edges have more there.
const WHITE_ON_BANDS: f64 = 2.7;
/// Least CIEDE2000 between neighbours of eight curves on the ramp, as many as a figure has.
const RAMP_APART: f64 = 5.9;
/// Greatest difference of L* between colours equally far from the middle of the diverging map, of 77 in all.
const ARMS_EVEN: f64 = 1.0;
/// Least CIEDE2000 between these, from a fifth of the range on, and between the ends.
const ARMS_APART: f64 = 16.0;
const ENDS_APART: f64 = 22.0;
/// Least CIEDE2000 between colours of the cyclic map a quarter turn apart (least at the violet and the wine red on either side of
/// its darkest colour), and half a turn.
const QUARTER_TURN: f64 = 11.0;
const HALF_TURN: f64 = 27.0;

type Matrix = [[f64; 3]; 3];
type Lab = [f64; 3];

/// Linear sRGB as readers see it: Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation
/// of Color Vision Deficiency", severity 1.0.
const EYES: [(&str, Matrix); 4] = [
    (
        "all cones",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "protanopia",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
];

/// From linear sRGB to CIE XYZ (IEC 61966-2-1, with the digits of Lindbloom).
const XYZ: Matrix = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
];

fn times(matrix: &Matrix, of: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a * of[0] + b * of[1] + c * of[2])
}

fn linear(color: BackendColor) -> [f64; 3] {
    let (red, green, blue) = color.rgb;
    [red, green, blue].map(|part| match f64::from(part) / 255.0 {
        part if part <= 0.04045 => part / 12.92,
        part => libm::pow((part + 0.055) / 1.055, 2.4),
    })
}

/// CIELAB of linear sRGB.
fn lab(linear: [f64; 3]) -> Lab {
    let (xyz, white) = (times(&XYZ, linear), times(&XYZ, [1.0; 3]));
    let [x, y, z] = [0, 1, 2].map(|index| {
        let part = xyz[index] / white[index];
        let edge = 6.0 / 29.0;
        if part > edge * edge * edge {
            libm::cbrt(part)
        } else {
            part / (3.0 * edge * edge) + 4.0 / 29.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn seen(color: BackendColor, eyes: &Matrix) -> Lab {
    lab(times(eyes, linear(color)).map(|part| part.clamp(0.0, 1.0)))
}

fn lightness(color: BackendColor) -> f64 {
    lab(linear(color))[0]
}

/// Contrast by the Web Content Accessibility Guidelines, 1 to 21.
fn contrast(a: BackendColor, b: BackendColor) -> f64 {
    let [a, b] = [a, b].map(|color| times(&XYZ, linear(color))[1] + 0.05);
    a.max(b) / a.min(b)
}

/// CIEDE2000, by the steps of Sharma, Wu and Dalal (2005), "The CIEDE2000 Color-Difference Formula".
fn difference(one: Lab, other: Lab) -> f64 {
    let degrees = |angle: f64| angle.to_radians();
    let steep = |chroma: f64| {
        let power = libm::pow(chroma / 25.0, 7.0);
        libm::sqrt(power / (power + 1.0))
    };
    let chroma = |lab: Lab| libm::hypot(lab[1], lab[2]);
    let stretch = 1.5 - 0.5 * steep((chroma(one) + chroma(other)) / 2.0);
    let [(l1, c1, h1), (l2, c2, h2)] = [one, other].map(|[l, a, b]| {
        let a = a * stretch;
        let hue = libm::atan2(b, a).to_degrees().rem_euclid(360.0);
        (l, libm::hypot(a, b), hue)
    });
    let grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if grey => 0.0,
        turn if turn > 180.0 => turn - 360.0,
        turn if turn < -180.0 => turn + 360.0,
        turn => turn,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * libm::sqrt(c1 * c2) * libm::sin(degrees(turn / 2.0));
    let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let h = match h1 + h2 {
        sum if grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => sum / 2.0 + 180.0,
        sum => sum / 2.0 - 180.0,
    };
    let wave = |times: f64, off: f64| libm::cos(degrees(times * h + off));
    let t = 1.0 - 0.17 * wave(1.0, -30.0) + 0.24 * wave(2.0, 0.0) + 0.32 * wave(3.0, 6.0)
        - 0.20 * wave(4.0, -63.0);
    let from_blue = (h - 275.0) / 25.0;
    let rotation = -2.0 * steep(c) * libm::sin(degrees(60.0 * libm::exp(-from_blue * from_blue)));
    let from_middle = (l - 50.0) * (l - 50.0);
    let dl = dl / (1.0 + 0.015 * from_middle / libm::sqrt(20.0 + from_middle));
    let dc = dc / (1.0 + 0.045 * c);
    let dh = dh / (1.0 + 0.015 * c * t);
    libm::sqrt(dl * dl + dc * dc + dh * dh + rotation * dc * dh)
}

/// Checks that all readers can distinguish two colours.
fn assert_apart(a: BackendColor, b: BackendColor, least: f64) {
    for (name, eyes) in &EYES {
        let found = difference(seen(a, eyes), seen(b, eyes));
        assert!(
            found >= least,
            "{:?} and {:?} are {found:.1} apart with {name}, not {least:.1}",
            a.rgb,
            b.rgb
        );
    }
}

/// Checks that each of these colours is lighter than the one before for all readers.
fn assert_rising(colors: &[BackendColor]) {
    for (name, eyes) in &EYES {
        for pair in colors.windows(2) {
            let [low, high] = [pair[0], pair[1]].map(|color| seen(color, eyes)[0]);
            assert!(
                high > low,
                "L* goes from {low:.2} to {high:.2} at {:?} with {name}",
                pair[1].rgb
            );
        }
    }
}

fn assert_contrast(a: BackendColor, b: BackendColor, least: f64) {
    let found = contrast(a, b);
    assert!(
        found >= least,
        "{:?} on {:?} has a contrast of {found:.2}, not {least}",
        a.rgb,
        b.rgb
    );
}

/// Colours of a map at 0, 1/steps, ..., 1.
fn along(map: ColorMap, steps: u8) -> Vec<BackendColor> {
    let place = |step| f64::from(step) / f64::from(steps);
    (0..=steps).map(|step| mapped(map, place(step))).collect()
}

/// The 34 pairs of table 1 of Sharma, Wu and Dalal (2005), to the half of their last digit.
#[test]
fn differences_agree_with_the_published_pairs() {
    const HALF_DIGIT: f64 = 0.500001e-4;
    let rows = include_str!("../data/ciede2000.csv").lines().skip(1);
    let mut count = 0;
    for row in rows {
        let numbers: Vec<f64> = row
            .split(',')
            .map(|number| number.parse().unwrap())
            .collect();
        let [l1, a1, b1, l2, a2, b2, published] = numbers[..] else {
            panic!("{row} has {} numbers", numbers.len());
        };
        for found in [
            difference([l1, a1, b1], [l2, a2, b2]),
            difference([l2, a2, b2], [l1, a1, b1]),
        ] {
            assert!((found - published).abs() < HALF_DIGIT, "{row}: {found}");
        }
        count += 1;
    }
    assert_eq!(count, 34);
}

/// CIELAB of the primaries as colorspacious 1.1.2 and Lindbloom's calculator give them; white stays white for all
/// readers; L* is that of the grey of a colour.
#[test]
fn conversions_follow_the_standard() {
    const DIGIT: f64 = 1e-4;
    let primaries = [
        (rgb(255, 0, 0), [53.2408, 80.0925, 67.2032]),
        (rgb(0, 255, 0), [87.7347, -86.1827, 83.1793]),
        (rgb(0, 0, 255), [32.2970, 79.1875, -107.8602]),
    ];
    for (color, expected) in primaries {
        for (found, expected) in lab(linear(color)).into_iter().zip(expected) {
            assert!((found - expected).abs() < DIGIT, "{found}, not {expected}");
        }
    }
    for (name, eyes) in &EYES {
        for (found, expected) in seen(PAPER, eyes).into_iter().zip([100.0, 0.0, 0.0]) {
            // The matrices have six digits.
            assert!(
                (found - expected).abs() < 1e-3,
                "white is {found} with {name}"
            );
        }
    }
    // Black on white and #777777 on white, from WCAG 2.1 and its understanding of 1.4.3.
    assert!((contrast(rgb(0, 0, 0), PAPER) - 21.0).abs() < 0.005);
    assert!((contrast(rgb(119, 119, 119), PAPER) - 4.48).abs() < 0.005);
}

#[test]
fn hues_of_the_palette_can_be_distinguished() {
    for (place, a) in PALETTE[..HUES].iter().enumerate() {
        for b in &PALETTE[..place] {
            assert_apart(*a, *b, HUES_APART);
            let step = (lightness(*a) - lightness(*b)).abs();
            assert!(
                step >= HUES_STEP,
                "L* of {:?} and {:?}: {step:.2}",
                a.rgb,
                b.rgb
            );
        }
    }
}

#[test]
fn grey_and_black_differ_from_all_hues() {
    for neutral in &PALETTE[HUES..] {
        for hue in &PALETTE[..HUES] {
            assert_apart(*neutral, *hue, NEUTRALS_APART);
        }
    }
}

#[test]
fn the_palette_and_the_ramp_are_visible_on_white() {
    for (place, color) in PALETTE.into_iter().enumerate() {
        let light = (DARK_HUES..HUES).contains(&place);
        assert_contrast(color, PAPER, if light { LIGHT } else { SHOWS });
    }
    let ramp = along(ColorMap::Sequential, 100);
    for color in ramp {
        assert_contrast(color, PAPER, RAMP_SHOWS);
    }
}

#[test]
fn bands_rise_in_even_steps() {
    for count in 2..=8 {
        let bands: Vec<BackendColor> = (0..count).map(|index| band(index, count)).collect();
        assert_rising(&bands);
        let steps = (count - 1) as f64;
        let mean = (lightness(bands[count - 1]) - lightness(bands[0])) / steps;
        for pair in bands.windows(2) {
            let step = lightness(pair[1]) - lightness(pair[0]);
            assert!(
                (step / mean - 1.0).abs() <= BANDS_EVEN,
                "a step of {step:.2} among {count} bands, {mean:.2} in the mean"
            );
            assert_apart(pair[0], pair[1], BANDS_SPAN / steps);
        }
        for color in bands {
            assert_contrast(PAPER, color, WHITE_ON_BANDS);
        }
    }
}

#[test]
fn the_ramp_rises() {
    assert_rising(&along(ColorMap::Sequential, 100));
    for pair in along(ColorMap::Sequential, 7).windows(2) {
        assert_apart(pair[0], pair[1], RAMP_APART);
    }
}

#[test]
fn the_diverging_map_has_even_arms() {
    let map = along(ColorMap::Diverging, 100);
    let (low, high) = (&map[..=50], &map[50..]);
    let mirrored: Vec<BackendColor> = high.iter().rev().copied().collect();
    assert_rising(low);
    assert_rising(&mirrored);
    for (a, b) in low.iter().zip(&mirrored) {
        let uneven = (lightness(*a) - lightness(*b)).abs();
        assert!(
            uneven <= ARMS_EVEN,
            "L* of {:?} and {:?}: {uneven:.2}",
            a.rgb,
            b.rgb
        );
    }
    for (a, b) in low.iter().zip(&mirrored).take(41) {
        assert_apart(*a, *b, ARMS_APART);
    }
    assert_apart(map[0], map[100], ENDS_APART);
}

#[test]
fn quarters_of_the_cyclic_map_can_be_distinguished() {
    let map = along(ColorMap::Cyclic, 128);
    for step in 0..128 {
        assert_apart(map[step], map[(step + 32) % 128], QUARTER_TURN);
        assert_apart(map[step], map[(step + 64) % 128], HALF_TURN);
    }
}
