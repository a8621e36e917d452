//! Random numbers that belong to a cell, not to a sequence.
//!
//! Every number is a pure function of (seed, table, row, column): the four are mixed with SplitMix64's
//! finaliser. No state is carried from one cell to the next, so a new table or column moves no other value,
//! and any row can be made without making those before it. Integers only: no platform can round differently.

/// The generator of one table's cells.
#[derive(Clone, Copy)]
pub struct Cells(u64);

/// One cell's number, spent in one of several ways.
#[derive(Clone, Copy)]
pub struct Draw(u64);

/// SplitMix64's output function (Steele, Lea, Flood 2014): a bijection with full avalanche.
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// FNV-1a: names become numbers the same way everywhere.
const fn name_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01B3);
        i += 1;
    }
    hash
}

impl Cells {
    pub const fn new(seed: u64, table: &str) -> Self {
        Self(mix(seed ^ mix(name_hash(table))))
    }

    pub const fn at(&self, row: u64, column: &str) -> Draw {
        Draw(mix(mix(self.0 ^ mix(row)) ^ name_hash(column)))
    }
}

impl Draw {
    /// Uniform in `0..n`; 0 when `n` is 0. Multiply-shift: the bias is below 2^-40 for our ranges.
    pub const fn below(self, n: u64) -> u64 {
        ((self.0 as u128 * n as u128) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub const fn between(self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    pub const fn chance(self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of `items`, which must not be empty.
    pub fn pick<T: Copy>(self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// One of `items` by weight; the list must not be empty and its weights not all 0.
    pub fn weighted<T: Copy>(self, items: &[(T, u64)]) -> T {
        let mut left = self.below(items.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        items[items.len() - 1].0
    }
}

/// The numbers `0..n` in an order drawn from `cells`: sorted by each one's own draw.
pub fn shuffled(cells: Cells, n: usize, column: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| (cells.at(i as u64, column).0, i));
    order
}

/// How many of `total` fall to place `i` of `n` when spread evenly: the shares of all places sum to `total`.
pub const fn share(i: u64, n: u64, total: u64) -> u64 {
    (i + 1) * total / n - i * total / n
}
