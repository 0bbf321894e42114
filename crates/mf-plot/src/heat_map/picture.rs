//! The cells as a picture of one pixel each.

use plotters_backend::BackendColor;

use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::heat_map::grid::Grid;
use crate::theme;

/// Colours of the map in the picture's palette; the last of 256 is for cells without a value.
const SHADES: u8 = 255;
const MISSING: u8 = SHADES;

/// A PNG file of the cells with a palette, its first row at the top of the page.
pub(super) fn png(
    grid: &Grid,
    scale: &ColorScale,
    x_reversed: bool,
    y_reversed: bool,
) -> Result<Vec<u8>, PlotError> {
    let mut rows: Vec<Vec<u8>> = grid
        .values
        .chunks(grid.x.count)
        .map(|row| row.iter().map(|value| shade(scale, *value)).collect())
        .collect();
    if x_reversed {
        rows.iter_mut().for_each(|row| row.reverse());
    }
    // The least y lies at the bottom, unless the axis runs downward.
    if !y_reversed {
        rows.reverse();
    }
    encoded(grid.x.count, grid.y.count, &rows.concat(), palette(scale)).map_err(|error| {
        PlotError::Raster {
            reason: error.to_string(),
        }
    })
}

/// A value's place in the palette.
fn shade(scale: &ColorScale, value: f64) -> u8 {
    scale.fraction(value).map_or(MISSING, |fraction| {
        (fraction * f64::from(SHADES - 1)).round() as u8
    })
}

fn palette(scale: &ColorScale) -> Vec<u8> {
    let fractions = (0..SHADES).map(|shade| f64::from(shade) / f64::from(SHADES - 1));
    fractions
        .map(|fraction| theme::mapped(scale.map, fraction))
        .chain([theme::MISSING])
        .flat_map(|BackendColor { rgb, .. }| [rgb.0, rgb.1, rgb.2])
        .collect()
}

fn encoded(
    width: usize,
    height: usize,
    pixels: &[u8],
    palette: Vec<u8>,
) -> Result<Vec<u8>, png::EncodingError> {
    // More cells a side than a u32 counts would not fit into memory.
    let side = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side(width), side(height));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}
