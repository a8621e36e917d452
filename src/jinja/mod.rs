//! dbt's Jinja: the engine (language, values, macros), and the context that dbt gives it.

pub mod context;
pub mod engine;
pub mod errors;
pub mod macros;
pub mod settings;
pub mod visible;
