//! Headwater: a dbt-compatible SQL model compiler and runner.

pub mod adapter;
pub mod catalog;
pub mod cli;
pub mod compile;
pub mod dag;
pub mod decimal;
pub mod diag;
pub mod env;
pub mod event;
pub mod execute;
pub mod flags;
pub mod invocation;
pub mod jinja;
pub mod load;
pub mod manifest;
pub mod parse;
pub mod pipeline;
pub mod plan;
pub mod project;
pub mod report;
pub mod resolve;
pub mod selector;
pub mod semver;
pub mod source;
pub mod value;
pub mod yaml;
