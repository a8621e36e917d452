mod adapter;
mod artifacts;
mod context;
mod drivers;
mod load;
mod yaml;
