//! The edge cases that billing accounts show: each adds one thing to the account's first subscription,
//! or a subscription of its own, and leaves the rest as it was.

use crate::date::Day;
use crate::generate::catalog;
use crate::generate::contracts::{Charge, Maker, RatePlan, Status, Subscription, Term};
use crate::generate::roster::Feature;
use crate::table::Cents;

/// Two chains with a gap of four to eight months and nothing else: a customer who leaves and comes back.
pub fn returner(maker: &Maker, billing: usize) -> Vec<Vec<Term>> {
    let seat = maker.seat(billing, 0);
    let start = Day::ymd(2018, 9, 5).plus_months(seat.draw("returner start").between(0, 5));
    let mut first = maker.run(billing, 0, start, 12);
    first.truncate(1);
    let gap = seat.draw("gap").between(4, 8);
    let again = first[0].end.plus_months(gap);
    vec![first, maker.run(billing, 1, again, 12)]
}

/// One term that the two accounts of the mixed family are given, so that they meet in one month only.
pub fn fixed_terms(maker: &Maker, billing: usize, start: Day, months: i64) -> Vec<Term> {
    let mut terms = maker.run(billing, 0, start, months);
    terms.truncate(1);
    terms
}

/// Adds what the account's feature asks for.
pub fn apply(maker: &Maker, billing: usize, list: &mut Vec<Subscription>, number: &mut usize) {
    let Some((feature, nth)) = maker.roster.billing[billing].feature else { return };
    let Some(first) = list.first_mut() else { return };
    let Some(term) = first.terms.last().copied() else { return };
    let live = first.versions.len() - 1;
    match feature {
        Feature::TwoLiveVersions => repeat_live(first, |version| version.status = Status::Active),
        Feature::DeletedHigherVersion => repeat_live(first, |version| version.deleted = true),
        Feature::FlaggedHigherVersion => repeat_live(first, |version| version.flagged = true),
        Feature::FlaggedOut | Feature::DeletedSubscription => {
            let mut extra = maker.run(billing, 40, term.start, term.months);
            extra.truncate(1);
            let mut plan = maker.licence_plan(&extra[0], number);
            scale(&mut plan.charges[0], 10);
            let seat = maker.seat(billing, 40);
            let mut version =
                crate::generate::contracts::version(1, Status::Active, &extra[0], seat, vec![plan]);
            version.flagged = feature == Feature::FlaggedOut;
            version.deleted = !version.flagged;
            list.push(Subscription {
                terms: extra,
                versions: vec![version],
                self_service: false,
                auto_renew: false,
                renewed_by: None,
                live: false,
            });
        }
        Feature::GrainPair => {
            *number += 1;
            let plan = &mut first.versions[live].plans;
            let mut again = main_charge(plan, &term);
            (again.number, again.segment) = (*number, 1);
            again.quantity = (again.quantity / 5).max(1);
            again.mrr = Cents(term.price.0 * again.quantity);
            again.total = Cents(again.mrr.0 * term.months);
            if let Some(owner) = plan.iter_mut().find(|p| p.charges.iter().any(|c| c.item == again.item)) {
                owner.charges.push(again);
            }
        }
        _ => {
            let plan = extra_plan(maker, (feature, nth), &first.versions[live].plans, &term, number);
            first.versions[live].plans.push(plan);
        }
    }
}

/// The newest version once more under a higher number, changed by `mark`.
fn repeat_live(subscription: &mut Subscription, mark: impl Fn(&mut crate::generate::contracts::Version)) {
    if let Some(last) = subscription.versions.last() {
        let mut again = last.clone();
        again.number += 1;
        mark(&mut again);
        subscription.versions.push(again);
    }
}

/// A plan of its own on the live version, over the last term.
fn extra_plan(
    maker: &Maker,
    (feature, nth): (Feature, usize),
    plans: &[RatePlan],
    term: &Term,
    number: &mut usize,
) -> RatePlan {
    let mut plan = maker.licence_plan(term, number);
    let charge = &mut plan.charges[0];
    let day = term.start.first_of_month();
    let catalogue_plan = match feature {
        Feature::OneMonthCharge => {
            // By turns one day long and nearly the whole month, never over its end.
            (charge.start, charge.end) = if nth.is_multiple_of(2) {
                (day.plus(9), Some(day.plus(10)))
            } else {
                (day.plus(2), Some(day.plus(27)))
            };
            60
        }
        Feature::ZeroMrr => {
            (charge.mrr, charge.total) = (Cents(0), Cents(0));
            catalog::EDUCATION[nth % 2]
        }
        Feature::OpenEnded => {
            charge.end = None;
            60
        }
        Feature::UnknownPlan => catalog::UNKNOWN[nth % 3],
        Feature::Credit => {
            let main = main_charge(plans, term);
            (charge.quantity, charge.mrr) = (1, Cents(-(main.mrr.0 / 10).max(1)));
            charge.total = Cents(charge.mrr.0 * term.months);
            catalog::DISCOUNT
        }
        // A deleted plan or charge repeats the licence: forgetting the rule doubles it.
        _ => term.plan,
    };
    charge.item = catalogue_plan;
    plan.plan = catalogue_plan;
    if matches!(feature, Feature::OneMonthCharge | Feature::OpenEnded | Feature::UnknownPlan) {
        let price = maker.catalog.plans[catalogue_plan].price;
        charge.quantity = charge.quantity.min(200);
        charge.mrr = Cents(price.0 * charge.quantity);
        charge.total = Cents(charge.mrr.0 * term.months);
    }
    charge.deleted = feature == Feature::DeletedCharge;
    plan.deleted = feature == Feature::DeletedRatePlan;
    plan
}

/// The licence's charge in a term.
fn main_charge(plans: &[RatePlan], term: &Term) -> Charge {
    let mut charges = plans.iter().flat_map(|plan| &plan.charges);
    let found = charges.find(|charge| charge.item == term.plan && charge.start == term.start);
    // Each term has its licence, so the first charge is never taken; it keeps this total without a panic.
    found.unwrap_or(&plans[0].charges[0]).clone()
}

fn scale(charge: &mut Charge, factor: i64) {
    charge.quantity *= factor;
    charge.mrr.0 *= factor;
    charge.total.0 *= factor;
}
