//! ARR, rows and customers by month, by dimension and by fiscal quarter.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::facts::Facts;
use super::{Cell, Figures};
use crate::date::Day;
use crate::table::Cents;
use crate::{AS_OF, HISTORY_START};

/// The project's `spine_start`: the calendar begins here.
const SPINE_START: Day = Day::ymd(2018, 1, 1);

/// The grain within a month: subscription, product detail.
type Grain = (usize, usize);

/// Amounts of one month by grain: ARR in cents, quantity in hundredths.
pub fn of_month(facts: &Facts, month: i64) -> HashMap<Grain, (i64, i64)> {
    let mut result: HashMap<Grain, (i64, i64)> = HashMap::new();
    for line in facts.lines.iter().filter(|line| line.months.0 <= month && month < line.months.1) {
        let sum = result.entry((line.subscription, line.product)).or_default();
        sum.0 += line.mrr * 12;
        sum.1 += line.quantity;
    }
    result
}

/// The complete months that have ARR.
pub fn complete(facts: &Facts) -> impl Iterator<Item = i64> + use<> {
    facts.months.0.max(HISTORY_START.month_index())..facts.months.1.min(AS_OF.month_index())
}

pub fn number(value: impl ToString) -> Cell {
    Cell::Number(value.to_string())
}

pub fn month_name(month: i64) -> Cell {
    Cell::Text(Day::from_month_index(month).to_string())
}

/// By month, running and future ones included: what `mart_arr` holds; and for complete months the customers.
pub fn months(facts: &Facts) -> Figures {
    let mut rows = Vec::new();
    for month in facts.months.0..facts.months.1 {
        let grains = of_month(facts, month);
        let arr = grains.values().map(|(arr, _)| arr).sum();
        let quantity = grains.values().map(|(_, quantity)| quantity).sum();
        let mut customers: HashSet<usize> = HashSet::new();
        let mut cells: HashMap<(&[String; 2], &[String; 4]), HashSet<usize>> = HashMap::new();
        for (subscription, product) in grains.keys() {
            let owner = &facts.owners[*subscription];
            customers.insert(owner.parent);
            cells.entry((&facts.products[*product], &owner.dimensions)).or_default().insert(owner.parent);
        }
        let mut row = vec![
            month_name(month),
            number(Cents(arr)),
            number(grains.len()),
            number(Cents(quantity)),
            number(customers.len()),
        ];
        if month < AS_OF.month_index() {
            row.extend([number(cells.values().map(HashSet::len).sum::<usize>()), number(cells.len())]);
        } else {
            row.extend([Cell::Null, Cell::Null]);
        }
        rows.push(row);
    }
    let columns = &[
        "arr_month",
        "arr",
        "mart_rows",
        "quantity",
        "customer_count_unique",
        "customer_count_summed_over_segments",
        "cells",
    ];
    Figures { name: "months", columns, rows }
}

const DIMENSIONS: [&str; 6] =
    ["product_category", "delivery", "industry", "account_owner_team", "territory", "sales_segment"];

/// By complete month and value of each dimension: ARR, and customers counted once within the value.
pub fn dimensions(facts: &Facts) -> Figures {
    let mut rows = Vec::new();
    for month in complete(facts) {
        let mut sums: BTreeMap<(usize, &str), (i64, HashSet<usize>)> = BTreeMap::new();
        for ((subscription, product), (arr, _)) in of_month(facts, month) {
            let owner = &facts.owners[subscription];
            let values = facts.products[product].iter().chain(&owner.dimensions);
            for (dimension, value) in values.enumerate() {
                let sum = sums.entry((dimension, value)).or_default();
                sum.0 += arr;
                sum.1.insert(owner.parent);
            }
        }
        for ((dimension, value), (arr, customers)) in sums {
            let dimension = Cell::Text(DIMENSIONS[dimension].into());
            let value = Cell::Text(value.into());
            rows.push(vec![month_name(month), dimension, value, number(Cents(arr)), number(customers.len())]);
        }
    }
    Figures {
        name: "dimensions",
        columns: &["arr_month", "dimension", "value", "arr", "customer_count"],
        rows,
    }
}

/// By complete fiscal quarter: its last month against the same month a year before, with unique customers.
pub fn quarters(facts: &Facts) -> Figures {
    let total = |month: i64| {
        let grains = of_month(facts, month);
        let customers: HashSet<usize> = grains.keys().map(|(s, _)| facts.owners[*s].parent).collect();
        (grains.values().map(|(arr, _)| arr).sum::<i64>(), customers.len())
    };
    let mut rows = Vec::new();
    // Quarters end in January, April, July and October; the year before must lie in the calendar.
    let in_calendar = |month: &i64| month % 3 == 0 && month - 12 >= SPINE_START.month_index();
    for month in complete(facts).filter(in_calendar) {
        let ((ty, ty_customers), (ly, ly_customers)) = (total(month), total(month - 12));
        if ty_customers + ly_customers == 0 {
            continue;
        }
        let rate = if ly == 0 { Cell::Null } else { number(ratio(ty - ly, ly)) };
        let name = Cell::Text(fiscal_quarter(month));
        rows.push(vec![
            name,
            number(Cents(ty)),
            number(Cents(ly)),
            number(ty_customers),
            number(ly_customers),
            rate,
        ]);
    }
    let columns = &[
        "fiscal_quarter_name_fy",
        "ty_arr",
        "ly_arr",
        "ty_customer_count",
        "ly_customer_count",
        "arr_growth_rate",
    ];
    Figures { name: "quarters", columns, rows }
}

/// The fiscal year begins in February and is named for the year it ends in.
fn fiscal_quarter(month: i64) -> String {
    let shifted = month - 1;
    format!("FY{:02}-Q{}", (shifted.div_euclid(12) + 1) % 100, shifted.rem_euclid(12) / 3 + 1)
}

/// A quotient with four decimals, halves away from zero.
pub fn ratio(numerator: i64, denominator: i64) -> String {
    let scaled = i128::from(numerator) * 20_000 / i128::from(denominator);
    let rounded = (scaled + scaled.signum()) / 2;
    let sign = if rounded < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", rounded.abs() / 10_000, rounded.abs() % 10_000)
}
