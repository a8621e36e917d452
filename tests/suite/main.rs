mod adapter;
mod drivers;
mod yaml;
