//! Keys as dbt judges them: spellings that dbt 1.11 still reads and warns of, and keys that it refuses.
//!
//! <https://docs.getdbt.com/reference/deprecations>

pub mod generic_tests;
pub mod keys;
mod shapes;
pub mod strict;
