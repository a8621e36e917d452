//! From raw rows to what each charge adds to which month, product, subscription and customer.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use super::latest::{Latest, Row};
use super::rules;
use crate::date::Day;

/// The unknown member: ARR whose CRM account is not known.
pub const UNKNOWN: &str = "-1";

/// One row of the mart's grain, over a run of months: the amounts of one charge.
pub struct Line {
    /// Place of the subscription and of the product detail: with the month, the grain.
    pub subscription: usize,
    pub product: usize,
    /// First month with ARR, and the first without.
    pub months: (i64, i64),
    pub mrr: i64,
    pub quantity: i64,
}

/// What the reports group by, of one subscription.
pub struct Owner {
    pub parent: usize,
    /// The live CRM account behind the subscription, if any.
    pub account: Option<String>,
    /// Industry, owner team, territory, sales segment.
    pub dimensions: [String; 4],
}

pub struct Facts {
    pub lines: Vec<Line>,
    /// By place of the subscription.
    pub owners: Vec<Owner>,
    /// Category and delivery by place of the product detail.
    pub products: Vec<[String; 2]>,
    pub parents: usize,
    /// Months with ARR, complete or not.
    pub months: (i64, i64),
}

struct Crm {
    accounts: Latest,
}

const MISSING: &str = "Missing";

impl Facts {
    /// Applies the rules R1 to R7 and the merges of accounts.
    pub fn read(raw: &Path, spine_end: Day) -> io::Result<Self> {
        let zuora = raw.join("zuora_stitch");
        let excluded = excluded(raw)?;
        let accounts = Latest::read(&zuora, "account", &["id", "crmid", "deleted"])?;
        let kept = |id: &str| accounts.get(id).is_some_and(|row| !row.is_true(2) && !excluded.contains(id));
        let versions = live_versions(&zuora, &kept)?;
        let plans = Latest::read(&zuora, "rateplan", &["id", "subscriptionid", "deleted"])?;
        let catalog = Catalogue::read(&zuora)?;
        let crm = Crm::read(raw)?;
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut parents: HashMap<String, usize> = HashMap::new();
        let mut products: HashMap<String, usize> = HashMap::new();
        let mut facts =
            Self { lines: Vec::new(), owners: Vec::new(), products: Vec::new(), parents: 0, months: (0, 0) };
        let wanted = [
            "id",
            "rateplanid",
            "productrateplanchargeid",
            "chargetype",
            "effectivestartdate",
            "effectiveenddate",
            "mrr",
            "quantity",
            "deleted",
        ];
        for charge in Latest::read(&zuora, "rateplancharge", &wanted)?.rows() {
            let Some(months) = counted_months(charge, spine_end) else { continue };
            let Some(plan) = charge.id(1).and_then(|id| plans.get(id)).filter(|plan| !plan.is_true(2)) else {
                continue;
            };
            let Some((name, account)) = plan.id(1).and_then(|id| versions.get(id)) else { continue };
            let Some(detail) = charge.id(2) else { continue };
            let Some(rate_plan_name) = catalog.plan_name(detail) else { continue };
            let next = names.len();
            let subscription = *names.entry(name.clone()).or_insert(next);
            if subscription == facts.owners.len() {
                let crm_id = accounts.get(account).and_then(|row| row.id(1));
                let (account, parent, dimensions) = crm.owner(crm_id);
                let next = parents.len();
                facts.owners.push(Owner {
                    parent: *parents.entry(parent).or_insert(next),
                    account,
                    dimensions,
                });
            }
            let next = products.len();
            let product = *products.entry(detail.to_owned()).or_insert(next);
            if product == facts.products.len() {
                let category = rules::product_category(rate_plan_name);
                let delivery = rules::delivery(category).unwrap_or(MISSING);
                facts.products.push([category.to_owned(), delivery.to_owned()]);
            }
            let (mrr, quantity) = (charge.cents(6), charge.cents(7));
            facts.lines.push(Line { subscription, product, months, mrr, quantity });
        }
        facts.parents = parents.len();
        let first = facts.lines.iter().map(|line| line.months.0).min().unwrap_or(0);
        facts.months = (first, facts.lines.iter().map(|line| line.months.1).max().unwrap_or(first));
        Ok(facts)
    }
}

/// Rules R1, R2, R3 and R7 (charge): the months in which a charge counts, if any.
fn counted_months(charge: Row, spine_end: Day) -> Option<(i64, i64)> {
    if charge.text(3) != Some("Recurring") || charge.cents(6) == 0 || charge.is_true(8) {
        return None;
    }
    let start = Day::parse(charge.text(4)?)?.month_index();
    let spine = spine_end.month_index() + 1;
    let end = match charge.text(5) {
        Some(end) => Day::parse(end)?.month_index().min(spine),
        None => spine,
    };
    (end > start).then_some((start, end))
}

/// Rules R4, R5, R6: of each name the highest version that is live; id to name and account.
fn live_versions(zuora: &Path, kept: &dyn Fn(&str) -> bool) -> io::Result<HashMap<String, (String, String)>> {
    let wanted = ["id", "accountid", "name", "version", "status", "excludefromanalysis__c", "deleted"];
    let all = Latest::read(zuora, "subscription", &wanted)?;
    let mut highest: HashMap<&str, (i64, &str, &str)> = HashMap::new();
    for row in all.rows() {
        let (Some(id), Some(account), Some(name)) = (row.id(0), row.id(1), row.text(2)) else { continue };
        let live = matches!(row.text(4), Some("Active" | "Cancelled"))
            && matches!(row.text(5), None | Some("" | "False"))
            && !row.is_true(6)
            && kept(account);
        let version = row.text(3).and_then(|v| v.parse().ok()).unwrap_or(0);
        if live && highest.get(name).is_none_or(|(other, ..)| *other < version) {
            highest.insert(name, (version, id, account));
        }
    }
    let pairs = highest
        .into_iter()
        .map(|(name, (_, id, account))| (id.to_owned(), (name.to_owned(), account.to_owned())));
    Ok(pairs.collect())
}

fn excluded(raw: &Path) -> io::Result<HashSet<String>> {
    let seed = Latest::read(&raw.join("seeds"), "zuora_excluded_accounts", &["account_id"])?;
    Ok(seed.rows().filter_map(|row| row.id(0).map(str::to_owned)).collect())
}

/// The product catalogue, deleted rows included.
struct Catalogue {
    charges: Latest,
    plans: Latest,
    products: Latest,
}

impl Catalogue {
    fn read(zuora: &Path) -> io::Result<Self> {
        Ok(Self {
            charges: Latest::read(zuora, "productrateplancharge", &["id", "productrateplanid"])?,
            plans: Latest::read(zuora, "productrateplan", &["id", "productid", "name"])?,
            products: Latest::read(zuora, "product", &["id"])?,
        })
    }

    /// The plan's name of a product detail; `None` when the catalogue does not hold it.
    fn plan_name(&self, detail: &str) -> Option<Option<&str>> {
        let plan = self.plans.get(self.charges.get(detail)?.id(1)?)?;
        self.products.get(plan.id(1)?)?;
        Some(plan.text(2))
    }
}

impl Crm {
    fn read(raw: &Path) -> io::Result<Self> {
        let wanted = [
            "id",
            "masterrecordid",
            "ultimate_parent_account_id__c",
            "ultimate_parent_sales_segment_employees__c",
            "industry",
            "account_owner_team__c",
            "atam_territory__c",
            "isdeleted",
        ];
        Ok(Self { accounts: Latest::read(&raw.join("salesforce_stitch"), "account", &wanted)? })
    }

    /// The account that an id stands for (of merged ones the last survivor), its parent, its dimensions.
    fn owner(&self, id: Option<&str>) -> (Option<String>, String, [String; 4]) {
        let mut row = id.and_then(|id| self.accounts.get(id));
        let mut hops = 0;
        while let Some(gone) = row.filter(|row| row.is_true(7)) {
            hops += 1;
            row = gone.id(1).filter(|_| hops < 20).and_then(|master| self.accounts.get(master));
        }
        let Some(account) = row else {
            let missing = MISSING.to_owned();
            return (None, UNKNOWN.into(), [missing.clone(), missing.clone(), missing, "SMB".into()]);
        };
        let parent_id = account.id(2).or(account.id(0)).unwrap_or(UNKNOWN);
        let parent = self.accounts.get(parent_id);
        let read = |at: usize| parent.and_then(|row| row.text(at));
        let dimensions = [
            read(4).unwrap_or(MISSING).to_owned(),
            read(5).map_or(MISSING.to_owned(), rules::owner_team),
            read(6).unwrap_or(MISSING).to_owned(),
            rules::sales_segment(account.text(3)),
        ];
        (account.id(0).map(str::to_owned), parent_id.to_owned(), dimensions)
    }
}
