//! The invoices of a billing account: one for each billing date of a subscription.

use std::collections::BTreeMap;

use crate::AS_OF;
use crate::date::Day;
use crate::generate::contracts::{Charge, ChargeType, Maker, Status, Subscription};
use crate::generate::rng::share;
use crate::generate::roster::{EXCLUDED, Kind, Part};
use crate::table::Cents;

pub struct Item {
    /// Place of the charge: subscription, version number, rate plan, charge.
    pub charge: (usize, usize, (usize, usize)),
    pub item: usize,
    pub name: Option<&'static str>,
    pub quantity: i64,
    pub amount: Cents,
    pub tax: Cents,
    pub service: (Day, Day),
    pub deleted: bool,
}

pub struct Invoice {
    /// The billing account that gets it: mostly the subscription's own.
    pub account: usize,
    pub date: Day,
    pub status: &'static str,
    pub items: Vec<Item>,
    pub deleted: bool,
}

/// All invoices of an account, by subscription and date.
pub fn invoices(maker: &Maker, billing: usize, list: &[Subscription]) -> Vec<Invoice> {
    let roster = maker.roster;
    let mut result = Vec::new();
    let tax = maker.seat(billing, 0).draw("tax").pick(&[0, 0, 0, 8, 19, 20]);
    for (place, subscription) in list.iter().enumerate() {
        let seat = maker.seat(billing, place);
        let payer = payer(maker, billing, seat.draw("payer").chance(80));
        for (date, items) in by_date(subscription, place, seat.draw("billing period").chance(300)) {
            let row = maker.seat(billing, 48).row + result.len() as u64;
            let fate = seat.cells.at(row, "invoice status");
            let status = fate.weighted(&[("Posted", 93), ("Draft", 3), ("Canceled", 4)]);
            let items = items.into_iter().map(|item| Item { tax: Cents(item.amount.0 * tax / 100), ..item });
            result.push(Invoice { account: payer, date, status, items: items.collect(), deleted: false });
        }
    }
    if let Some(place) = roster.billing[billing].ordinary {
        let of = |total| share(place, roster.ordinary, total);
        add_fill(&mut result, of(maker.fill.invoices), of(maker.fill.items), (billing, place));
        let size = roster.size;
        if let Some(first) = result.first_mut() {
            first.deleted = of(size.case(4) as u64) > 0;
            // Other accounts than those above: a single line is deleted, its invoice stays.
            let other =
                share((place + roster.ordinary / 2) % roster.ordinary, roster.ordinary, size.case(5) as u64);
            if let Some(item) = first.items.first_mut() {
                item.deleted = !first.deleted && other > 0;
            }
        }
    }
    result
}

/// Some children's invoices go to their parent's billing account.
fn payer(maker: &Maker, billing: usize, to_parent: bool) -> usize {
    let roster = maker.roster;
    let Some(account) = roster.billing[billing].crm.map(|crm| &roster.accounts[crm]) else { return billing };
    let parent = EXCLUDED + account.parent;
    let usable = account.kind == Kind::Child && roster.billing[billing].part == Part::Regular;
    if usable && to_parent && roster.billing.get(parent).is_some_and(|b| b.part == Part::Regular) {
        parent
    } else {
        billing
    }
}

fn by_date(subscription: &Subscription, place: usize, quarterly: bool) -> BTreeMap<Day, Vec<Item>> {
    let mut result: BTreeMap<Day, Vec<Item>> = BTreeMap::new();
    let counts = |status| matches!(status, Status::Active | Status::Cancelled);
    let Some(version) = subscription.versions.iter().find(|v| counts(v.status) && !v.deleted) else {
        return result;
    };
    for (p, plan) in version.plans.iter().enumerate().filter(|(_, plan)| !plan.deleted) {
        for (c, charge) in plan.charges.iter().enumerate().filter(|(_, charge)| !charge.deleted) {
            let licence = subscription.terms.iter().any(|term| term.plan == charge.item);
            for (start, end, amount) in periods(charge, quarterly && licence) {
                result.entry(start).or_default().push(Item {
                    charge: (place, version.number, (p, c)),
                    item: charge.item,
                    name: None,
                    quantity: charge.quantity,
                    amount,
                    tax: Cents(0),
                    service: (start, end),
                    deleted: false,
                });
            }
        }
    }
    result
}

/// Start, end and amount of each billed period that began before `AS_OF`.
fn periods(charge: &Charge, quarterly: bool) -> Vec<(Day, Day, Cents)> {
    match charge.kind {
        ChargeType::Usage => Vec::new(),
        ChargeType::OneTime => vec![(charge.start, charge.end.unwrap_or(charge.start), charge.total)],
        ChargeType::Recurring if charge.mrr == Cents(0) => Vec::new(),
        ChargeType::Recurring => {
            let step = if quarterly { 3 } else { 12 };
            let mut result = Vec::new();
            for k in 0.. {
                let start = charge.start.plus_months(k * step);
                if start >= AS_OF || charge.end.is_some_and(|end| start >= end) {
                    break;
                }
                let full = start.plus_months(step);
                let end = charge.end.map_or(full, |end| end.min(full));
                let months = (end.month_index() - start.month_index()).max(1);
                result.push((start, end, Cents(charge.mrr.0 * months)));
            }
            result
        }
    }
}

/// Drafts without lines, and adjustment lines on the first invoice.
fn add_fill(list: &mut Vec<Invoice>, invoices: u64, items: u64, (billing, place): (usize, u64)) {
    let Some(first) = list.first_mut() else { return };
    for _ in 0..items {
        let Some(line) = first.items.first() else { break };
        let adjustment = Item {
            charge: line.charge,
            item: line.item,
            name: Some("Adjustment"),
            quantity: 1,
            amount: Cents((line.amount.0 / 100).max(1)),
            tax: Cents(0),
            service: line.service,
            deleted: false,
        };
        first.items.push(adjustment);
    }
    for nth in 0..invoices {
        let date = Day::ymd(2021, 7, 1 + ((place + nth) % 28) as u32);
        list.push(Invoice { account: billing, date, status: "Draft", items: Vec::new(), deleted: false });
    }
}
