//! Lists whose values must differ: networks are seeded by them, so that equal ones would be the same networks twice.

use std::fmt::Display;

use mf_pipeline::ParamError;

/// # Errors
/// A value that is there twice; `key` is the path of the list.
pub(crate) fn check<T: PartialEq + Display>(key: &str, values: &[T]) -> Result<(), ParamError> {
    let mut indices = 1..values.len();
    match indices.find(|&index| values[..index].contains(&values[index])) {
        Some(index) => {
            let message = format!("{} is there twice", values[index]);
            Err(ParamError::at(&format!("{key}.{index}"), message).allowed("different values"))
        }
        None => Ok(()),
    }
}
