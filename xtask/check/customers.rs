//! Cases that show in the course of a parent's ARR, and in its usage.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::Path;

use super::rows::Rows;
use super::{Case, case};
use crate::recompute::facts::Facts;
use crate::recompute::figures::{complete, of_month};
use crate::schema;

/// What is seen of one parent over the complete months.
#[derive(Default)]
struct Seen {
    months: BTreeSet<i64>,
    most_categories: usize,
    both_deliveries: bool,
    mixed_months: usize,
    least: i64,
}

/// One parent in one month.
#[derive(Default)]
struct Month<'a> {
    categories: HashSet<&'a str>,
    deliveries: HashSet<&'a str>,
    segments: HashSet<&'a str>,
    arr: i64,
}

pub fn cases(raw: &Path, facts: &Facts) -> io::Result<Vec<Case>> {
    let mut parents: HashMap<usize, Seen> = HashMap::new();
    for month in complete(facts) {
        let mut now: HashMap<usize, Month> = HashMap::new();
        for ((subscription, product), (arr, _)) in of_month(facts, month) {
            let owner = &facts.owners[subscription];
            let entry = now.entry(owner.parent).or_default();
            entry.categories.insert(&facts.products[product][0]);
            entry.deliveries.insert(&facts.products[product][1]);
            entry.segments.insert(&owner.dimensions[3]);
            entry.arr += arr;
        }
        for (parent, Month { categories, deliveries, segments, arr }) in now {
            let seen = parents.entry(parent).or_insert_with(|| Seen { least: arr, ..Seen::default() });
            seen.months.insert(month);
            seen.most_categories = seen.most_categories.max(categories.len());
            seen.both_deliveries |= deliveries.contains("SaaS") && deliveries.contains("Self-Managed");
            seen.mixed_months += usize::from(segments.len() > 1);
            seen.least = seen.least.min(arr);
        }
    }
    let count = |wanted: &dyn Fn(&Seen) -> bool| parents.values().filter(|seen| wanted(seen)).count();
    let returned = |seen: &Seen| seen.months.iter().zip(seen.months.iter().skip(1)).any(|(a, b)| b - a > 3);
    let sunk = count(&|seen| seen.least <= 0);
    Ok(vec![
        case("parents with two product categories", 40, count(&|seen| seen.most_categories > 1)),
        case("parents with SaaS and Self-Managed", 12, count(&|seen| seen.both_deliveries)),
        case("parents of two segments in exactly one month", 1, count(&|seen| seen.mixed_months == 1)),
        case(
            "no parent of two segments in more months",
            1,
            usize::from(count(&|seen| seen.mixed_months > 1) == 0),
        ),
        case("parents who left and came back after three months", 5, count(&returned)),
        case("no parent whose ARR sinks to nought or below", 1, usize::from(sunk == 0)),
        case("accounts without any usage data", 40, silent(raw, facts)?),
    ])
}

/// Accounts with attributes and ARR of which no usage row tells.
fn silent(raw: &Path, facts: &Facts) -> io::Result<usize> {
    let attributes = Rows::read(raw, &schema::ATTRIBUTES)?;
    let tables = [Rows::read(raw, &schema::LICENSE_USAGE)?, Rows::read(raw, &schema::USE_CASE_USAGE)?];
    let heard: HashSet<&str> =
        tables.iter().flat_map(|rows| rows.iter()).filter_map(|row| row.get("account_id")).collect();
    let buying: HashSet<&str> = facts.owners.iter().filter_map(|owner| owner.account.as_deref()).collect();
    Ok(attributes
        .count(|row| row.get("account_id").is_some_and(|id| buying.contains(id) && !heard.contains(id))))
}
