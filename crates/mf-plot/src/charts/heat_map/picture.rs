//! The cells as an image: one pixel for each, or as many pixels as the PNG can show.

use std::f64::consts::TAU;

use plotters_backend::BackendColor;

use crate::charts::heat_map::grid::Grid;
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::spec::ColorMap;
use crate::theme;

/// Number of colours of the map in the palette of the image; the last of 256 colours is for cells without a value.
const SHADES: u8 = 255;
const MISSING: u8 = SHADES;

/// Places on the colour map, from 0 to 1, row by row from the top of the page; NaN for cells without a value.
pub(super) struct Pixels<'a> {
    scale: &'a ColorScale,
    columns: usize,
    places: Vec<f64>,
}

impl<'a> Pixels<'a> {
    /// One pixel for each cell.
    pub(super) fn new(
        grid: &Grid,
        scale: &'a ColorScale,
        [x_reversed, y_reversed]: [bool; 2],
    ) -> Self {
        let mut rows: Vec<Vec<f64>> = grid
            .values
            .chunks(grid.x.count)
            .map(|row| {
                row.iter()
                    .map(|value| scale.fraction(*value).unwrap_or(f64::NAN))
                    .collect()
            })
            .collect();
        if x_reversed {
            rows.iter_mut().for_each(|row| row.reverse());
        }
        // The least y is at the bottom, unless the axis runs downward.
        if !y_reversed {
            rows.reverse();
        }
        Pixels {
            scale,
            columns: grid.x.count,
            places: rows.concat(),
        }
    }

    fn rows(&self) -> usize {
        self.places.len() / self.columns.max(1)
    }

    /// The image with at most so many columns and rows. If there are more cells, a pixel is the mean of the cells that
    /// it covers, weighted by area. None if the image is small enough already.
    pub(super) fn within(&self, [columns, rows]: [usize; 2]) -> Option<Self> {
        let fitted = [
            self.columns.min(columns.max(1)),
            self.rows().min(rows.max(1)),
        ];
        if fitted == [self.columns, self.rows()] {
            return None;
        }
        let [across, down] = [
            shares(self.columns, fitted[0]),
            shares(self.rows(), fitted[1]),
        ];
        let mut places = Vec::with_capacity(fitted[0] * fitted[1]);
        for pixels_down in &down {
            for pixels_across in &across {
                let cells = pixels_down.iter().flat_map(|&(row, height)| {
                    pixels_across.iter().map(move |&(column, width)| {
                        (self.places.get(row * self.columns + column), width * height)
                    })
                });
                places.push(self.mean(cells.filter_map(|(place, share)| Some((*place?, share)))));
            }
        }
        Some(Pixels {
            scale: self.scale,
            columns: fitted[0],
            places,
        })
    }

    /// The weighted mean of places, on a circle for a cyclic map; NaN if no cell has a value.
    fn mean(&self, cells: impl Iterator<Item = (f64, f64)>) -> f64 {
        let (mut sum, mut sine, mut cosine, mut weight) = (0.0, 0.0, 0.0, 0.0);
        for (place, share) in cells.filter(|(place, _)| !place.is_nan()) {
            sum += share * place;
            sine += share * libm::sin(TAU * place);
            cosine += share * libm::cos(TAU * place);
            weight += share;
        }
        match self.scale.map {
            ColorMap::Cyclic if weight > 0.0 => (libm::atan2(sine, cosine) / TAU).rem_euclid(1.0),
            _ => sum / weight,
        }
    }

    /// A PNG file with a palette.
    pub(super) fn png(&self) -> Result<Vec<u8>, PlotError> {
        let pixels: Vec<u8> = self.places.iter().map(|place| shade(*place)).collect();
        encoded(self.columns, self.rows(), &pixels, palette(self.scale)).map_err(|error| {
            PlotError::Raster {
                reason: error.to_string(),
            }
        })
    }
}

/// For each of `pixels` pixels in a row, the cells that it covers, each with its length in this pixel.
fn shares(cells: usize, pixels: usize) -> Vec<Vec<(usize, f64)>> {
    let size = pixels as f64 / cells as f64;
    (0..pixels)
        .map(|pixel| {
            let (from, to) = (pixel as f64, (pixel + 1) as f64);
            let first = (from / size).floor() as usize;
            (first..cells)
                .take_while(|cell| (*cell as f64) * size < to)
                .map(|cell| {
                    let (left, right) = (cell as f64 * size, (cell + 1) as f64 * size);
                    (cell, (right.min(to) - left.max(from)).max(0.0))
                })
                .collect()
        })
        .collect()
}

/// The index in the palette of a place on the colour map.
fn shade(place: f64) -> u8 {
    if place.is_nan() {
        MISSING
    } else {
        (place * f64::from(SHADES - 1)).round() as u8
    }
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
    // A side longer than u32::MAX would not fit into memory.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::AxisRange;
    use crate::spec::Scale;

    fn scale(map: ColorMap) -> ColorScale {
        let range = AxisRange::new(Scale::Linear, [0.0, 1.0]);
        ColorScale { map, range }
    }

    fn reduced(map: ColorMap, columns: usize, places: &[f64], to: [usize; 2]) -> Vec<f64> {
        let scale = scale(map);
        let pixels = Pixels {
            scale: &scale,
            columns,
            places: places.to_vec(),
        };
        pixels.within(to).map_or(Vec::new(), |pixels| pixels.places)
    }

    #[track_caller]
    fn close(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        for (a, b) in found.iter().zip(wanted) {
            assert!((a - b).abs() < 1e-14, "{found:?} against {wanted:?}");
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_its_cells() {
        let stripes = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
        // Sampling would give only one of the two values.
        close(
            &reduced(ColorMap::Sequential, 6, &stripes, [3, 9]),
            &[0.5; 3],
        );
        // Three cells on two pixels: one and a half each.
        close(
            &reduced(ColorMap::Diverging, 3, &[0.0, 0.3, 0.9], [2, 1]),
            &[0.1, 0.7],
        );
        close(
            &reduced(ColorMap::Sequential, 2, &[0.0, 0.2, 0.4, 1.0], [1, 1]),
            &[0.4],
        );
    }

    #[test]
    fn an_image_that_fits_is_not_changed() {
        assert!(reduced(ColorMap::Sequential, 2, &[0.0, 1.0], [2, 1]).is_empty());
    }

    #[test]
    fn cells_without_a_value_do_not_count() {
        let places = [0.2, f64::NAN, f64::NAN, f64::NAN];
        let found = reduced(ColorMap::Sequential, 4, &places, [2, 1]);
        close(&found[..1], &[0.2]);
        assert!(found[1].is_nan());
    }

    #[test]
    fn angles_are_averaged_on_their_circle() {
        let found = reduced(ColorMap::Cyclic, 2, &[0.95, 0.15], [1, 1]);
        close(&found, &[0.05]);
    }
}
