//! `pipeline.toml` as a text: its tree, written out; its schema; its validation.

pub(crate) mod brackets;
pub(crate) mod editor;
pub(crate) mod expand;
pub(crate) mod headers;
pub(crate) mod lay;
pub(crate) mod schema;
pub(crate) mod tree;
pub(crate) mod types;
pub(crate) mod validate;
