//! Cases that accounts show, and rows that are deleted or stand twice.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::rows::{Row, Rows};
use super::{Case, case};
use crate::schema::{self, Spec};

const ZUORA: [&Spec; 11] = [
    &schema::ZUORA_ACCOUNT,
    &schema::ZUORA_CONTACT,
    &schema::SUBSCRIPTION,
    &schema::RATE_PLAN,
    &schema::CHARGE,
    &schema::PRODUCT,
    &schema::PRODUCT_RATE_PLAN,
    &schema::PRODUCT_CHARGE,
    &schema::TIER,
    &schema::INVOICE,
    &schema::INVOICE_ITEM,
];

const SALESFORCE: [&Spec; 7] = [
    &schema::CRM_ACCOUNT,
    &schema::CRM_CONTACT,
    &schema::LEAD,
    &schema::USER,
    &schema::RECORD_TYPE,
    &schema::OPPORTUNITY,
    &schema::REVIEW,
];

pub fn cases(raw: &Path) -> io::Result<Vec<Case>> {
    let crm = Rows::read(raw, &schema::CRM_ACCOUNT)?;
    let billing = Rows::read(raw, &schema::ZUORA_ACCOUNT)?;
    let mut cases = of_crm(&crm);
    cases.extend(excluded(raw, &billing)?);
    let known = crm.by_id();
    let crm_id = |row: Row| row.get("crmid").filter(|id| !id.is_empty()).map(str::to_owned);
    let unmatched = |row: Row| crm_id(row).is_some_and(|id| !known.contains_key(id.as_str()));
    cases.push(case(
        "billing accounts without crmid",
        3,
        billing.distinct("id", |row| crm_id(row).is_none()),
    ));
    cases.push(case("billing accounts with unmatched crmid", 2, billing.distinct("id", unmatched)));
    cases.extend(of_rows(raw)?);
    Ok(cases)
}

/// Deleted and doubled rows of all Zuora and Salesforce tables.
fn of_rows(raw: &Path) -> io::Result<Vec<Case>> {
    let (mut fewest, mut exact, mut older) = (usize::MAX, 0, 0);
    let flags = ZUORA.iter().map(|spec| (*spec, "deleted", "updateddate"));
    for (spec, flag, updated) in
        flags.chain(SALESFORCE.iter().map(|spec| (*spec, "isdeleted", "lastmodifieddate")))
    {
        let rows = Rows::read(raw, spec)?;
        fewest = fewest.min(rows.count(|row| row.is(flag, "true")));
        if spec.key == ["id"] {
            let doubles = rows.doubles(updated);
            exact += doubles.0;
            older += doubles.1;
        }
    }
    Ok(vec![
        case("deleted rows in each Zuora and Salesforce table", 3, fewest),
        case("raw rows that stand twice", 12, exact),
        case("raw rows with a newer one of the same id", 8, older),
    ])
}

fn of_crm(crm: &Rows) -> Vec<Case> {
    let by_id = crm.by_id();
    let live = |row: Row| !row.is("isdeleted", "true");
    let own = |row: Row| {
        let parent = row.get("ultimate_parent_account_id__c");
        live(row) && (parent.is_none() || parent == row.get("id"))
    };
    let segment = "ultimate_parent_sales_segment_employees__c";
    let spelt = |text: &str| crm.distinct("id", |row| live(row) && row.is(segment, text));
    let without = |column: &str| crm.distinct("id", |row| own(row) && row.get(column).is_none());
    let blank = |row: Row| row.get(segment).is_some_and(|text| text.trim().is_empty());
    let master = |row: Row| by_id.get(row.get("masterrecordid")?).copied();
    let merged_into =
        |row: Row, deleted: bool| master(row).is_some_and(|m| m.is("isdeleted", "true") == deleted);
    let mut families: HashMap<&str, usize> = HashMap::new();
    for row in by_id.values().filter(|row| live(**row) && !own(**row)) {
        *families.entry(row.get("ultimate_parent_account_id__c").unwrap_or_default()).or_default() += 1;
    }
    vec![
        case("segment NULL", 25, crm.distinct("id", |row| live(row) && row.get(segment).is_none())),
        case("segment Unknown", 15, spelt("Unknown")),
        case("segment blank", 3, crm.distinct("id", |row| live(row) && blank(row))),
        case("segment spelt `mid market`", 10, spelt("mid market")),
        case("segment spelt `MID-MARKET`", 10, spelt("MID-MARKET")),
        case("segment spelt `smb`", 10, spelt("smb")),
        case("segment spelt `large`", 10, spelt("large")),
        case("children under a parent", 90, families.values().sum()),
        case("families of six and more", 1, families.values().filter(|children| **children >= 5).count()),
        case("CRM accounts merged once", 20, crm.distinct("id", |row| merged_into(row, false))),
        case("CRM accounts merged twice", 2, crm.distinct("id", |row| merged_into(row, true))),
        case(
            "CRM accounts deleted, not merged",
            10,
            crm.distinct("id", |row| !live(row) && master(row).is_none()),
        ),
        case("parents without industry", 8, without("industry")),
        case("parents without territory", 8, without("atam_territory__c")),
        case("parents without owner team", 8, without("account_owner_team__c")),
    ]
}

/// Excluded accounts that would bring in at least 5,000 a month.
fn excluded(raw: &Path, billing: &Rows) -> io::Result<Vec<Case>> {
    let seed = Spec {
        schema: "seeds",
        table: "zuora_excluded_accounts",
        key: &["account_id"],
        layout: "account_id s",
    };
    let seed = Rows::read(raw, &seed)?;
    let mut mrr: HashMap<String, f64> = HashMap::new();
    for row in Rows::read(raw, &schema::CHARGE)?.iter() {
        let amount: f64 = row.get("mrr").and_then(|mrr| mrr.parse().ok()).unwrap_or(0.0);
        let most = mrr.entry(row.get("accountid").unwrap_or_default().to_owned()).or_default();
        *most = most.max(amount);
    }
    let known = billing.by_id();
    let large = |row: Row| {
        let id = row.get("account_id").unwrap_or_default();
        known.contains_key(id) && mrr.get(id).is_some_and(|mrr| *mrr >= 5000.0)
    };
    let of = |flag: &str| seed.count(|row| row.is("is_permanently_excluded", flag) && large(row));
    Ok(vec![
        case("billing accounts excluded for good, with large MRR", 5, of("true")),
        case("billing accounts excluded for a time, with large MRR", 2, of("false")),
    ])
}
