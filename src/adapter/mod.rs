//! Warehouses: what they are made of and how they are reached.

pub mod library;
