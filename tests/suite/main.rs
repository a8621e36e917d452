mod adapter;
mod artifacts;
mod context;
mod deps;
mod drivers;
mod load;
mod program;
mod yaml;
