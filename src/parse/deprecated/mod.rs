//! Spellings that dbt 1.11 still reads and warns of.
//!
//! <https://docs.getdbt.com/reference/deprecations>

pub mod generic_tests;
pub mod keys;
mod shapes;
