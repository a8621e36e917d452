//! Cases that charges and subscriptions show.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use super::rows::{Row, Rows};
use super::{Case, case};
use crate::AS_OF;
use crate::date::Day;
use crate::recompute::facts::Facts;
use crate::recompute::rules;
use crate::schema;

struct Charges {
    charges: Rows,
    plans: Rows,
    versions: Rows,
}

fn day(row: Row, column: &str) -> Option<Day> {
    Day::parse(row.get(column)?)
}

fn is_recurring(row: Row) -> bool {
    row.is("chargetype", "Recurring")
}

fn has_mrr(row: Row) -> bool {
    !row.is("mrr", "0.00")
}

fn within_one_month(row: Row) -> bool {
    match (day(row, "effectivestartdate"), day(row, "effectiveenddate")) {
        (Some(start), Some(end)) => start.month_index() == end.month_index(),
        _ => false,
    }
}

fn mid_month(row: Row, column: &str) -> bool {
    day(row, column).is_some_and(|day| day.first_of_month() != day)
}

pub fn cases(raw: &Path, facts: &Facts) -> io::Result<Vec<Case>> {
    let all = Charges {
        charges: Rows::read(raw, &schema::CHARGE)?,
        plans: Rows::read(raw, &schema::RATE_PLAN)?,
        versions: Rows::read(raw, &schema::SUBSCRIPTION)?,
    };
    let charges = &all.charges;
    let mut cases = vec![
        case("non-recurring charges", 250, charges.count(|row| !is_recurring(row))),
        case(
            "recurring charges within one month",
            15,
            charges.count(|row| is_recurring(row) && has_mrr(row) && within_one_month(row)),
        ),
        case("recurring charges of zero MRR", 20, charges.count(|row| is_recurring(row) && !has_mrr(row))),
        case(
            "subscriptions excluded from analysis",
            4,
            all.versions.distinct("id", |row| row.is("excludefromanalysis__c", "True")),
        ),
        case(
            "charges starting and ending mid-month",
            500,
            charges.count(|row| mid_month(row, "effectivestartdate") && mid_month(row, "effectiveenddate")),
        ),
    ];
    cases.extend(all.of_plans(raw)?);
    let after = AS_OF.month_index();
    let spine_end = Day::ymd(2024, 12, 31).month_index() + 1;
    let ends = |wanted: &dyn Fn(i64) -> bool| facts.lines.iter().filter(|line| wanted(line.months.1)).count();
    cases.push(case(
        "counted charges that end after the running month",
        400,
        ends(&|end| end > after && end < spine_end),
    ));
    cases.push(case("counted charges without an end", 5, ends(&|end| end == spine_end)));
    cases.push(case(
        "counted charges of negative MRR",
        3,
        facts.lines.iter().filter(|line| line.mrr < 0).count(),
    ));
    let mut grains: HashMap<(usize, usize, (i64, i64)), usize> = HashMap::new();
    for line in &facts.lines {
        *grains.entry((line.subscription, line.product, line.months)).or_default() += 1;
    }
    let pairs = grains.values().filter(|count| **count > 1).count();
    cases.push(case("pairs of charges of one subscription, product and run of months", 20, pairs));
    Ok(cases)
}

impl Charges {
    /// Cases that need the plan of a charge, or the version of a plan.
    fn of_plans(&self, raw: &Path) -> io::Result<Vec<Case>> {
        let (plans, versions) = (self.plans.by_id(), self.versions.by_id());
        let version =
            |row: Row| versions.get(plans.get(row.get("rateplanid")?)?.get("subscriptionid")?).copied();
        let idle =
            |row: Row| version(row).is_some_and(|v| v.is("status", "Draft") || v.is("status", "Expired"));
        let plan_name = |row: Row| plans.get(row.get("rateplanid")?)?.get("name").map(str::to_owned);
        let unknown = |row: Row| plan_name(row).is_some_and(|name| rules::product_rule(Some(&name)) == 22);
        let names: HashSet<String> =
            self.charges.iter().filter(|row| unknown(*row)).filter_map(plan_name).collect();
        let catalogue = Rows::read(raw, &schema::PRODUCT_RATE_PLAN)?;
        let rules: HashSet<usize> =
            catalogue.iter().map(|row| rules::product_rule(row.get("name"))).collect();
        let twice_live = self.twice_live();
        Ok(vec![
            case("charges of draft and expired versions", 300, self.charges.count(idle)),
            case("charges of unknown rate plan names", 6, self.charges.count(unknown)),
            case("unknown rate plan names in use", 3, names.len()),
            case(
                "product rules met by the catalogue, P1 to P21",
                21,
                rules.iter().filter(|rule| **rule < 22).count(),
            ),
            case("subscription names with two live versions", 3, twice_live),
        ])
    }

    fn twice_live(&self) -> usize {
        let mut live: HashMap<&str, HashSet<&str>> = HashMap::new();
        for row in
            self.versions.iter().filter(|row| row.is("status", "Active") || row.is("status", "Cancelled"))
        {
            let usable = !row.is("deleted", "true") && !row.is("excludefromanalysis__c", "True");
            if let (Some(name), Some(version), true) = (row.get("name"), row.get("version"), usable) {
                live.entry(name).or_default().insert(version);
            }
        }
        live.values().filter(|versions| versions.len() > 1).count()
    }
}
