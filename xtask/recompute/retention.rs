//! Dollar-weighted retention by complete month, at the level of the parent customer.

use std::collections::HashMap;

use super::facts::Facts;
use super::figures::{complete, month_name, number, of_month, ratio};
use super::{Cell, Figures};
use crate::table::Cents;

fn by_parent(facts: &Facts, month: i64) -> HashMap<usize, i64> {
    let mut result = HashMap::new();
    for ((subscription, _), (arr, _)) in of_month(facts, month) {
        *result.entry(facts.owners[subscription].parent).or_default() += arr;
    }
    result
}

/// A, B and C of the customers who had ARR twelve months before, their rates, and how many changed in which way.
pub fn retention(facts: &Facts) -> Figures {
    let mut rows = Vec::new();
    for month in complete(facts) {
        let (before, now) = (by_parent(facts, month - 12), by_parent(facts, month));
        let (mut prior, mut net, mut gross, mut customers) = (0, 0, 0, 0);
        // Churn, contraction, expansion, no impact.
        let mut changes = [0; 4];
        for (parent, &a) in before.iter().filter(|(_, a)| **a > 0) {
            let b = now.get(parent).copied().unwrap_or(0);
            customers += 1;
            prior += a;
            net += b;
            gross += if b <= 0 { 0 } else { a.min(b) };
            changes[match b.cmp(&a) {
                _ if b <= 0 => 0,
                std::cmp::Ordering::Less => 1,
                std::cmp::Ordering::Greater => 2,
                std::cmp::Ordering::Equal => 3,
            }] += 1;
        }
        if customers == 0 {
            continue;
        }
        let mut row: Vec<Cell> = vec![month_name(month), number(customers)];
        row.extend([prior, net, gross].map(|cents| number(Cents(cents))));
        row.extend([number(ratio(net, prior)), number(ratio(gross, prior))]);
        row.extend(changes.map(number));
        rows.push(row);
    }
    let columns = &[
        "retention_month",
        "prior_year_customers",
        "prior_year_arr",
        "net_retention_arr",
        "gross_retention_arr",
        "net_retention_rate",
        "gross_retention_rate",
        "churn",
        "contraction",
        "expansion",
        "no_impact",
    ];
    Figures { name: "retention", columns, rows }
}
