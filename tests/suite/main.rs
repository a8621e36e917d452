mod adapter;
mod artifacts;
mod drivers;
mod yaml;
