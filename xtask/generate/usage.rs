//! Writes monthly product usage: licences in use by subscription, users of each use case by account.

use std::io;
use std::path::Path;

use crate::AS_OF;
use crate::date::Day;
use crate::generate::contracts::Term;
use crate::generate::customers::{Customer, Customers};
use crate::generate::ids;
use crate::generate::rng::{Draw, share};
use crate::generate::roster::Size;
use crate::schema;
use crate::table::{Stamps, Writer, Written};

/// Usage is reported from here on.
const FIRST_MONTH: Day = Day::ymd(2018, 10, 1);

/// Writes the two tables.
pub fn write(dir: &Path, size: Size, customers: &Customers) -> io::Result<Vec<Written>> {
    Ok(vec![write_licenses(dir, size, customers)?, write_use_cases(dir, size, customers)?])
}

/// First days of the complete months in which a term runs, from the start of reporting on.
fn months(term: &Term) -> impl Iterator<Item = Day> {
    let first = term.start.month_index().max(FIRST_MONTH.month_index());
    let last = term.end.month_index().min(AS_OF.month_index());
    (first..last).map(Day::from_month_index)
}

/// Months and seats of an account over all its subscriptions, in order of months.
fn account_months(customer: &Customer) -> Vec<(Day, i64)> {
    let mut result: Vec<(Day, i64)> = Vec::new();
    let terms = customer.sold.iter().flat_map(|sold| &sold.terms);
    for (month, seats) in terms.flat_map(|term| months(term).map(|month| (month, term.seats))) {
        match result.iter_mut().find(|(known, _)| *known == month) {
            Some((_, sum)) => *sum += seats,
            None => result.push((month, seats)),
        }
    }
    result.sort_unstable();
    result
}

fn speaking(customers: &Customers) -> impl Iterator<Item = &Customer> {
    customers.list.iter().filter(|customer| !customer.silent)
}

/// Of `all` months only as many are kept as the table is to have: some reports never arrived.
struct Quota {
    all: u64,
    kept: u64,
    seen: u64,
}

impl Quota {
    fn takes(&mut self) -> bool {
        self.seen += 1;
        share(self.seen - 1, self.all, self.kept) > 0
    }
}

fn write_licenses(dir: &Path, size: Size, customers: &Customers) -> io::Result<Written> {
    let mut out = Writer::create(dir, &schema::LICENSE_USAGE)?;
    let cells = size.cells("product_usage.license");
    let every =
        || speaking(customers).flat_map(|customer| customer.sold.iter().map(move |sold| (customer, sold)));
    let all = every().flat_map(|(_, sold)| &sold.terms).map(|term| months(term).count() as u64).sum();
    let mut quota = Quota { all, kept: size.of(8000).min(all), seen: 0 };
    let mut row = 0;
    for (customer, sold) in every() {
        let base =
            cells.at(customer.crm as u64, "base").weighted(&[(6, 1), (30, 3), (62, 4), (88, 6), (105, 1)]);
        for (term, month) in sold.terms.iter().flat_map(|term| months(term).map(move |month| (term, month))) {
            if !quota.takes() {
                continue;
            }
            let key = quota.seen;
            let age = month.month_index() - customer.since.month_index();
            let percent = ramp(base, age) + cells.at(key, "noise").between(-4, 4);
            let users = (term.seats * percent.max(0) / 100).max(0);
            out.plain(ids::crm_account(customer.crm)).text(&sold.name).plain(month);
            out.plain_or_null((!cells.at(key, "unknown").chance(25)).then_some(users)).plain(term.seats);
            out.plain(Stamps::on(month.plus(28), 3, row).batched);
            out.end()?;
            row += 1;
        }
    }
    out.finish()
}

fn write_use_cases(dir: &Path, size: Size, customers: &Customers) -> io::Result<Written> {
    let mut out = Writer::create(dir, &schema::USE_CASE_USAGE)?;
    let cells = size.cells("product_usage.use_case");
    let all = speaking(customers).map(|customer| account_months(customer).len() as u64).sum();
    let mut quota = Quota { all, kept: size.of(6500).min(all), seen: 0 };
    let mut row = 0;
    for customer in speaking(customers) {
        let base = |column: &'static str, levels: &[(i64, u64)]| {
            cells.at(customer.crm as u64, column).weighted(levels)
        };
        let columns = [
            ("git", base("git", &[(15, 1), (40, 2), (75, 5)])),
            ("ci", base("ci", &[(10, 2), (35, 3), (60, 4)])),
            ("scanner", base("scanner", &[(3, 4), (12, 3), (30, 3)])),
            ("deploy", base("deploy", &[(2, 4), (8, 3), (18, 3)])),
        ];
        for (month, seats) in account_months(customer) {
            if !quota.takes() {
                continue;
            }
            let key = quota.seen;
            let age = month.month_index() - customer.since.month_index();
            let no_data = cells.at(key, "no data").chance(20);
            out.plain(ids::crm_account(customer.crm)).plain(month).plain(seats);
            for (column, base) in columns {
                let draw: Draw = cells.at(key, column);
                let percent = ramp(base, age / 2) + draw.between(-2, 2);
                let users = (seats * percent.max(0) / 100).max(0);
                out.plain_or_null((!no_data && !draw.chance(15)).then_some(users));
            }
            out.plain(Stamps::on(month.plus(28), 3, row).batched);
            out.end()?;
            row += 1;
        }
    }
    out.finish()
}

/// Usage grows to its level over half a year.
fn ramp(level: i64, age: i64) -> i64 {
    level * (age + 1).clamp(1, 6) / 6
}
