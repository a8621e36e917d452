//! Counts the edge cases of a data set in the written files, against the least number of each.

mod accounts;
mod charges;
mod customers;
mod rows;

use std::io;
use std::path::Path;

use crate::date::Day;
use crate::recompute::facts::Facts;

/// One edge case: how often it must occur at scale 1, and how often it does.
pub struct Case {
    pub name: &'static str,
    pub minimum: u64,
    pub found: u64,
}

impl Case {
    pub const fn holds(&self) -> bool {
        self.found >= self.minimum
    }
}

const fn case(name: &'static str, minimum: u64, found: usize) -> Case {
    Case { name, minimum, found: found as u64 }
}

/// All edge cases of the data set in `raw`.
pub fn check(raw: &Path) -> io::Result<Vec<Case>> {
    let facts = Facts::read(raw, Day::ymd(2024, 12, 31))?;
    let mut cases = charges::cases(raw, &facts)?;
    cases.extend(accounts::cases(raw)?);
    cases.extend(customers::cases(raw, &facts)?);
    Ok(cases)
}

/// `case,minimum,found,holds` as CSV.
pub fn listing(cases: &[Case]) -> String {
    let mut text = String::from("case,minimum,found,holds\n");
    for case in cases {
        text.push_str(&format!("\"{}\",{},{},{}\n", case.name, case.minimum, case.found, case.holds()));
    }
    text
}
