//! The product catalogue: 45 products, 70 rate plans, 80 charges, 110 price tiers; the same at every scale.

use std::io;
use std::path::Path;

use crate::date::Day;
use crate::generate::ids;
use crate::schema;
use crate::table::{Cents, Stamps, Writer, Written};

/// One rate plan; its first charge has the same place in the catalogue's charge list.
pub struct Plan {
    pub product: usize,
    pub name: String,
    /// List price of one unit for one month.
    pub price: Cents,
    /// Months the list price covers.
    pub months: i64,
    pub unit: &'static str,
    pub deleted: bool,
}

/// The catalogue's rows; plan `i` owns charge `i`, and some own one of the charges from 70 on.
pub struct Catalog {
    pub products: Vec<(String, &'static str)>,
    pub plans: Vec<Plan>,
    /// Plan and name of each charge.
    pub charges: Vec<(usize, String)>,
}

/// The eight tiered lines: name, price a seat and month, rank of the tier.
const LINES: [(&str, i64); 8] = [
    ("Starter", 400),
    ("Premium", 1900),
    ("Ultimate", 9900),
    ("Bronze", 400),
    ("Silver", 1900),
    ("Gold", 9900),
    ("SaaS - Premium", 1900),
    ("SaaS - Ultimate", 9900),
];

const TERMS: [(&str, i64); 4] = [("Monthly", 1), ("1 Year", 12), ("2 Year", 24), ("3 Year", 36)];

pub const EDUCATION: [usize; 2] = [32, 33];
pub const OLD_LINES: [usize; 6] = [35, 36, 37, 38, 39, 42];
pub const TRUEUP: usize = 40;
/// Sold once, never recurring.
pub const SERVICES: [usize; 8] = [43, 44, 45, 46, 47, 48, 49, 50];
/// Recurring extras bought beside a licence; `Time Tracking` has left the catalogue but is still billed.
pub const ADD_ONS: [usize; 11] = [34, 41, 51, 52, 54, 56, 57, 58, 59, 60, 61];
pub const DISCOUNT: usize = 53;
/// Names that no rule of the product category knows.
pub const UNKNOWN: [usize; 3] = [63, 64, 65];
const NO_USD: [usize; 3] = UNKNOWN;
/// Charges for read-only users, which stand beside the licence: plan and place in the charge list.
pub const REPORTERS: [(usize, usize); 6] = [(28, 70), (29, 71), (30, 72), (31, 73), (9, 74), (21, 75)];

/// The plans outside the lines, from place 32 on: name, line of the product (or a product of its own), price, unit.
const OTHERS: [(&str, Option<usize>, i64, &str); 38] = [
    ("SaaS - Ultimate - EDU", Some(7), 0, "Seats"),
    ("Ultimate - OSS", Some(2), 0, "Seats"),
    ("Dedicated - Ultimate - 1 Year", None, 14900, "Seats"),
    ("GitLab Enterprise Edition - 1 Year", None, 400, "Seats"),
    ("Pivotal Cloud Foundry Tile for GitLab EE", None, 400, "Seats"),
    ("Plus - 1 Year", None, 1200, "Seats"),
    ("Standard - 1 Year", None, 800, "Seats"),
    ("Basic - 1 Year", None, 300, "Seats"),
    ("Trueup", None, 1900, "Seats"),
    ("SaaS - Code Suggestions - 1 Year", None, 900, "Seats"),
    ("  GitHost - 1 Year", None, 500, "Each"),
    ("Quick Start with HA, less than 500 users", None, 250_000, "Each"),
    ("ProServ Training Per-Seat Add-On", None, 20_000, "Each"),
    ("Implementation Services Quick Start", None, 300_000, "Each"),
    ("GitLab CI/CD Training - Remote", None, 150_000, "Each"),
    ("Travel Expenses", None, 10_000, "Each"),
    ("Support Package", None, 120_000, "Each"),
    ("One Time Discount", None, 5_000, "Each"),
    (" Admin Training ", None, 150_000, "Each"),
    ("GitLab Geo - 1 Year", None, 500, "Seats"),
    ("CI Runner - Monthly", None, 2000, "Each"),
    ("Discount", None, 100, "Each"),
    ("#movingtogitlab", None, 300, "Seats"),
    ("Payment Gateway Test", None, 100, "Each"),
    ("File Locking", None, 100, "Seats"),
    ("Time Tracking", None, 100, "Seats"),
    ("1,000 CI Minutes", None, 1000, "Minutes"),
    ("1,000 Compute Minutes", None, 1000, "Minutes"),
    ("Gitlab Storage 10GB", None, 500, "GB"),
    ("Premium Support", None, 300, "Seats"),
    ("Goldfish Plan", None, 9900, "Seats"),
    ("Legacy Bundle X", None, 700, "Seats"),
    ("Partner Demo Kit", None, 700, "Seats"),
    ("Migration Pack 2018", None, 700, "Seats"),
    ("Premium - 4 Year", Some(1), 1900, "Seats"),
    ("Ultimate - 5 Year", Some(2), 9900, "Seats"),
    ("GitLab Certification Exam", None, 15_000, "Each"),
    ("EdCast Settlement Revenue", None, 1000, "Each"),
];

const DELETED_PLANS: [&str; 4] =
    ["Payment Gateway Test", "Time Tracking", "GitLab Certification Exam", "EdCast Settlement Revenue"];

/// The plan of a line for a term of 1, 12, 24 or 36 months.
pub fn line_plan(line: usize, months: i64) -> usize {
    let term = TERMS.iter().position(|(_, m)| *m == months).unwrap_or(1);
    line * 4 + term
}

/// Price of one seat of a line a month.
pub fn line_price(line: usize) -> Cents {
    Cents(LINES[line].1)
}

impl Catalog {
    pub fn new() -> Self {
        let mut products: Vec<(String, &'static str)> =
            LINES.iter().map(|(name, _)| (format!("GitLab {name}"), "Base Products")).collect();
        let mut plans = Vec::new();
        for (line, (name, price)) in LINES.iter().enumerate() {
            for (term, months) in TERMS {
                let name = format!("{name} - {term}");
                plans.push(Plan {
                    product: line,
                    name,
                    price: Cents(*price),
                    months,
                    unit: "Seats",
                    deleted: false,
                });
            }
        }
        for (name, line, price, unit) in OTHERS {
            let product = line.unwrap_or(products.len());
            if line.is_none() {
                let group = if price >= 10_000 { "Professional Services" } else { "Add On Services" };
                products.push((name.trim().to_owned(), group));
            }
            let months = match name {
                name if name.contains("4 Year") => 48,
                name if name.contains("5 Year") => 60,
                name if name.contains("1 Year") => 12,
                _ => 1,
            };
            let deleted = DELETED_PLANS.contains(&name);
            plans.push(Plan { product, name: name.to_owned(), price: Cents(price), months, unit, deleted });
        }
        for name in ["Runner Appliance", "Print Manual", "Meetup Kit"] {
            products.push((name.to_owned(), "Withdrawn"));
        }
        let mut charges: Vec<(usize, String)> =
            plans.iter().enumerate().map(|(i, plan)| (i, plan.name.trim().to_owned())).collect();
        for (plan, _) in REPORTERS {
            charges.push((plan, format!("reporter_access - {}", plans[plan].name)));
        }
        for plan in [58, 60, 34, 51] {
            charges.push((plan, format!("{} - Set-up", plans[plan].name)));
        }
        Self { products, plans, charges }
    }

    /// Writes the four catalogue tables.
    pub fn write(&self, dir: &Path) -> io::Result<Vec<Written>> {
        Ok(vec![
            self.write_products(dir)?,
            self.write_plans(dir)?,
            self.write_charges(dir)?,
            self.write_tiers(dir)?,
        ])
    }

    fn write_products(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::PRODUCT)?;
        for (i, (name, group)) in self.products.iter().enumerate() {
            out.plain(ids::product(i)).text(name).plain(format_args!("SKU-{:03}", i + 1)).plain(group);
            effective(&mut out).plain(*group == "Withdrawn").stamps(stamps(i));
            out.end()?;
        }
        out.finish()
    }

    fn write_plans(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::PRODUCT_RATE_PLAN)?;
        for (i, plan) in self.plans.iter().enumerate() {
            out.plain(ids::product_rate_plan(i)).plain(ids::product(plan.product)).text(&plan.name);
            effective(&mut out).plain(plan.deleted).stamps(stamps(i));
            out.end()?;
        }
        out.finish()
    }

    fn write_charges(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::PRODUCT_CHARGE)?;
        for (i, (plan, name)) in self.charges.iter().enumerate() {
            out.plain(ids::product_charge(i)).plain(ids::product_rate_plan(*plan)).text(name);
            out.plain(self.plans[*plan].deleted).stamps(stamps(i));
            out.end()?;
        }
        out.finish()
    }

    /// Euro prices for 20 plans of the lines, a second dollar tier for 10, no dollar price for the unknown names.
    fn write_tiers(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::TIER)?;
        for (i, (plan, _)) in self.charges.iter().enumerate() {
            let list = self.plans[*plan].price.0 * self.plans[*plan].months;
            let mut tiers = Vec::new();
            if i < 20 || NO_USD.contains(&i) {
                tiers.push(("EUR", 1, list * 9 / 10));
            }
            if !NO_USD.contains(&i) {
                tiers.push(("USD", 1, list));
            }
            if i < 10 {
                tiers.push(("USD", 2, list * 95 / 100));
            }
            for (currency, tier, price) in tiers {
                out.plain(ids::product_charge(i)).plain(currency).plain(tier).plain(Cents(price));
                out.plain(self.plans[*plan].deleted).stamps(stamps(i));
                out.end()?;
            }
        }
        out.finish()
    }
}

fn effective(out: &mut Writer) -> &mut Writer {
    out.plain(Day::ymd(2018, 1, 1)).plain(Day::ymd(2030, 1, 1))
}

fn stamps(row: usize) -> Stamps {
    Stamps::on(Day::ymd(2018, 1, 15).plus(row as i64 % 28), 400, row as u64)
}
