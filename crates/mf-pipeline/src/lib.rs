//! The meaning of pipeline.toml: specification, plan, content-addressed cache, executor, claims, provenance.
