//! dbt's Jinja: the engine (language, values, macros), later the context that dbt gives it.

pub mod engine;
