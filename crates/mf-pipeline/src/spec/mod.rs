//! `pipeline.toml` as a text: its tree, what stands there for what, its schema, and what is wrong with it.

pub(crate) mod brackets;
pub(crate) mod editor;
pub(crate) mod expand;
pub(crate) mod headers;
pub(crate) mod lay;
pub(crate) mod schema;
pub(crate) mod tree;
pub(crate) mod types;
pub(crate) mod validate;
