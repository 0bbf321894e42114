//! Tables with named, typed columns and units; CSV and Parquet; checked input files.
