//! The parse stage.

pub mod columns;
pub mod config;
pub mod generic_tests;
pub mod properties;
pub mod sources;
