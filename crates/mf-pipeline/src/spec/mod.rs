//! `pipeline.toml` as a text: its tree, its schema, and what is wrong with it.

pub(crate) mod schema;
pub(crate) mod tree;
pub(crate) mod types;
pub(crate) mod validate;
