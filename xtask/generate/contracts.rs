//! What a billing account bought: terms in a row, grouped into subscriptions, written as Zuora's versions,
//! rate plans and charges. A pure function of the account's place in the roster.

use crate::date::Day;
use crate::generate::catalog::{self, Catalog};
use crate::generate::features;
use crate::generate::products::{Licence, Product, seats_of};
use crate::generate::rng::{Cells, share};
use crate::generate::roster::{Part, Roster, Segment};
use crate::table::Cents;
use crate::{AS_OF, HISTORY_START};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChargeType {
    Recurring,
    OneTime,
    Usage,
}

#[derive(Clone)]
pub struct Charge {
    /// Place in the catalogue's charge list.
    pub item: usize,
    /// Number within the billing account, kept over the segments of one charge.
    pub number: usize,
    pub start: Day,
    pub end: Option<Day>,
    pub quantity: i64,
    pub mrr: Cents,
    /// Total value: of a recurring charge `mrr` times its months, else the price.
    pub total: Cents,
    pub kind: ChargeType,
    pub segment: usize,
    pub deleted: bool,
}

#[derive(Clone)]
pub struct RatePlan {
    /// Place in the catalogue's plan list.
    pub plan: usize,
    pub charges: Vec<Charge>,
    pub amendment: &'static str,
    pub deleted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Active,
    Cancelled,
    Expired,
    Draft,
}

#[derive(Clone)]
pub struct Version {
    pub number: usize,
    pub status: Status,
    pub term: (Day, Day),
    pub created: Day,
    pub plans: Vec<RatePlan>,
    pub deleted: bool,
    /// Flagged out of analysis.
    pub flagged: bool,
}

/// One contracted period of a subscription's main licence.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub start: Day,
    pub end: Day,
    pub months: i64,
    /// Catalogue plan of the licence.
    pub plan: usize,
    /// Price of a seat and month after discount.
    pub price: Cents,
    pub seats: i64,
}

pub struct Subscription {
    pub terms: Vec<Term>,
    pub versions: Vec<Version>,
    pub self_service: bool,
    pub auto_renew: bool,
    /// A later subscription of the account that continues this one.
    pub renewed_by: Option<usize>,
    /// Counts towards ARR as far as the subscription itself decides.
    pub live: bool,
}

/// How many fill rows the whole data set needs so that table sizes come out exactly.
#[derive(Clone, Copy, Default, Debug)]
pub struct Fill {
    pub drafts: u64,
    pub plans: u64,
    pub charges: u64,
    pub invoices: u64,
    pub items: u64,
}

/// Everything that the making of one account's contracts reads.
pub struct Maker<'a> {
    pub roster: &'a Roster,
    pub catalog: &'a Catalog,
    pub fill: Fill,
    cells: Cells,
}

/// Random numbers of one step of one chain of terms.
#[derive(Clone, Copy)]
pub struct Seat {
    pub cells: Cells,
    pub row: u64,
}

impl Seat {
    pub const fn draw(&self, column: &str) -> crate::generate::rng::Draw {
        self.cells.at(self.row, column)
    }

    const fn step(self, step: usize) -> Self {
        Self { cells: self.cells, row: self.row + 1 + step as u64 }
    }
}

impl<'a> Maker<'a> {
    pub fn new(roster: &'a Roster, catalog: &'a Catalog, fill: Fill) -> Self {
        Self { roster, catalog, fill, cells: roster.size.cells("contracts") }
    }

    pub const fn seat(&self, billing: usize, chain: usize) -> Seat {
        Seat { cells: self.cells, row: (billing as u64 * 64 + chain as u64) * 65_536 }
    }

    /// All subscriptions of a billing account, in key order.
    pub fn subscriptions(&self, billing: usize) -> Vec<Subscription> {
        let part = self.roster.billing[billing].part;
        let chains = match part {
            Part::Returner => features::returner(self, billing),
            Part::MixedParent => vec![features::fixed_terms(self, billing, Day::ymd(2020, 2, 10), 24)],
            Part::MixedChild => vec![features::fixed_terms(self, billing, Day::ymd(2021, 3, 1), 1)],
            _ => {
                let count = self.seat(billing, 0).draw("chains").weighted(&[(1, 72), (2, 24), (3, 4)]);
                (0..count).map(|chain| self.simulate(billing, chain)).collect()
            }
        };
        let mut number = 0;
        let mut result: Vec<Subscription> = Vec::new();
        for (chain, terms) in chains.iter().enumerate() {
            let seat = self.seat(billing, chain);
            let mut rest = terms.as_slice();
            while !rest.is_empty() {
                let cut = (1..rest.len())
                    .find(|&i| rest[i].months > 1 && seat.step(i + 512).draw("new name").chance(230))
                    .unwrap_or(rest.len());
                let (group, later) = rest.split_at(cut);
                rest = later;
                let seat = seat.step(700 + result.len());
                let mut subscription = self.subscription(part, group, seat, &mut number);
                subscription.renewed_by = (!rest.is_empty()).then_some(result.len() + 1);
                result.push(subscription);
            }
        }
        features::apply(self, billing, &mut result, &mut number);
        if let Some(place) = self.roster.billing[billing].ordinary {
            self.add_fill(place, &mut result, &mut number);
        }
        result
    }

    /// Terms from the first sale until the customer leaves or `AS_OF` is covered.
    fn simulate(&self, billing: usize, chain: usize) -> Vec<Term> {
        let seat = self.seat(billing, chain);
        let month =
            seat.draw("first month").weighted(&[(0, 12), (6, 11), (12, 10), (18, 9), (24, 8), (30, 8)]);
        let month = month + seat.draw("month in half-year").between(0, 5);
        let day = if seat.draw("on the first").chance(480) { 0 } else { seat.draw("day").between(1, 27) };
        let start = HISTORY_START.plus_months(month).plus(day);
        let months = seat.draw("term").weighted(&[(12, 80), (24, 10), (36, 5), (1, 5)]);
        self.run(billing, chain, start, months)
    }

    pub fn run(&self, billing: usize, chain: usize, start: Day, months: i64) -> Vec<Term> {
        let seat = self.seat(billing, chain);
        let segment = self.roster.segment_of(billing);
        let part = self.roster.billing[billing].part;
        let stays = matches!(part, Part::Returner | Part::MixedParent);
        let (low, high) = seats_of(segment);
        let mut seats = seat.draw("seats").between(low, high) * if part_is_excluded(part) { 20 } else { 1 };
        let discount = if segment == Segment::Large { seat.draw("discount").between(0, 30) } else { 0 };
        let mut licence = Licence::draw(seat, segment);
        let mut terms = Vec::new();
        let mut begin = start;
        loop {
            let end = start.plus_months((terms.len() as i64 + 1) * months);
            let (plan, list) = licence.plan(self.catalog, begin, months);
            let price = Cents(list.0 * (100 - discount) / 100);
            terms.push(Term { start: begin, end, months, plan, price, seats });
            let seat = seat.step(terms.len());
            let fate = if stays { 500 } else { seat.draw("fate").below(1000) };
            if end >= AS_OF || fate < 120 {
                return terms;
            }
            if fate < 220 {
                seats = (seats * seat.draw("down").between(50, 90) / 100).max(1);
            } else if fate >= 600 {
                seats = seats * seat.draw("up").between(101, 160) / 100 + 1;
            }
            if seat.draw("upgrade").chance(80) {
                licence.upgrade();
            }
            begin = end;
        }
    }

    fn subscription(&self, part: Part, terms: &[Term], seat: Seat, number: &mut usize) -> Subscription {
        let last = terms[terms.len() - 1];
        let monthly = last.months == 1;
        let versions = if monthly { 1 } else { terms.len() };
        let ended = last.end < AS_OF;
        let status =
            if ended && seat.draw("cancelled").chance(800) { Status::Cancelled } else { Status::Active };
        let mut result = Vec::new();
        for (i, term) in terms.iter().enumerate().take(versions - 1) {
            let mut plan = self.licence_plan(term, number);
            plan.charges[0].segment = 1;
            result.push(version(i + 1, Status::Expired, term, seat, vec![plan]));
        }
        let plans = self.live_plans(part, terms, seat, number);
        result.push(version(versions, status, if monthly { &terms[0] } else { &last }, seat, plans));
        if let Some(version) = result.last_mut() {
            version.term = (last.start, last.end);
        }
        Subscription {
            terms: terms.to_vec(),
            versions: result,
            self_service: monthly || last.seats < 40 && seat.draw("self-service").chance(300),
            auto_renew: seat.draw("auto-renew").chance(550),
            renewed_by: None,
            live: true,
        }
    }

    /// The plans of the version that counts: each product over all terms, then what was sold once.
    fn live_plans(&self, part: Part, terms: &[Term], seat: Seat, number: &mut usize) -> Vec<RatePlan> {
        let mut plans: Vec<RatePlan> = Vec::new();
        for (nth, product) in self.products(part, terms, seat).into_iter().enumerate() {
            let mut open: Option<usize> = None;
            for (i, term) in terms.iter().enumerate() {
                let charge = product.charge(self.catalog, term);
                let kept = open.filter(|&at| {
                    charge.item == plans[at].charges[0].item
                        && (term.months == 1 || seat.step(i * 8 + nth).draw("same plan").chance(420))
                });
                let at = kept.unwrap_or_else(|| {
                    let amendment = if i == 0 { "NewProduct" } else { "UpdateProduct" };
                    let plan = self.catalog.charges[charge.item].0;
                    plans.push(RatePlan { plan, charges: Vec::new(), amendment, deleted: false });
                    *number += 1;
                    plans.len() - 1
                });
                open = Some(at);
                let segment = plans[at].charges.len() + 1;
                let kept_number = plans[at].charges.first().map_or(*number, |first| first.number);
                plans[at].charges.push(Charge { number: kept_number, segment, ..charge });
            }
        }
        for (i, term) in terms.iter().enumerate() {
            let seat = seat.step(i);
            let grows = if term.seats <= 90 { 180 } else { 40 };
            if i == 0 && term.months > 1 && seat.draw("growth").chance(grows) {
                plans.push(self.growth(term, seat, number));
            }
            if i == 0 && term.months > 1 && seat.draw("services").chance(285) {
                plans.push(self.one_time(seat.draw("service").pick(&catalog::SERVICES), term, 1, number));
            }
            if term.months > 1 && seat.draw("true-up").chance(100) {
                plans.push(self.one_time(catalog::TRUEUP, term, 1 + term.seats / 20, number));
            }
        }
        plans
    }

    /// The licence and what is bought beside it.
    fn products(&self, part: Part, terms: &[Term], seat: Seat) -> Vec<Product> {
        let mut result = vec![Product::Licence];
        if matches!(part, Part::MixedParent | Part::MixedChild) {
            return result;
        }
        let month = terms[0].start >= Day::ymd(2021, 2, 1);
        for (place, permille) in [(0, 400), (1, 260), (2, 105)] {
            let seat = seat.step(900 + place);
            if seat.draw("add-on").chance(permille) {
                let plan = seat.draw("which").pick(&catalog::ADD_ONS);
                if !result.iter().any(|product| matches!(product, Product::AddOn(p, _) if *p == plan)) {
                    result.push(Product::AddOn(plan, seat.draw("share").between(5, 100)));
                }
            }
        }
        if seat.draw("second licence").chance(170) {
            let line = if terms[0].plan < 12 { if month { 6 } else { 4 } } else { 1 };
            result.push(Product::SecondLine(line, seat.draw("second seats").between(10, 60)));
        }
        if catalog::REPORTERS.iter().any(|(plan, _)| *plan == terms[0].plan)
            && seat.draw("reporters").chance(300)
        {
            result.push(Product::Reporters);
        }
        result
    }

    pub fn licence_plan(&self, term: &Term, number: &mut usize) -> RatePlan {
        *number += 1;
        let charge = Charge { number: *number, ..Product::Licence.charge(self.catalog, term) };
        RatePlan { plan: term.plan, charges: vec![charge], amendment: "NewProduct", deleted: false }
    }

    /// More seats of the licence from some months after the start to the end of the term.
    fn growth(&self, term: &Term, seat: Seat, number: &mut usize) -> RatePlan {
        let mut plan = self.licence_plan(term, number);
        let charge = &mut plan.charges[0];
        let later = seat.draw("grows after").between(1, 4);
        charge.start = term.start.plus_months(later).min(AS_OF.plus(-1)).max(term.start);
        charge.quantity = (term.seats * seat.draw("grows by").between(10, 40) / 100).max(1);
        charge.mrr = Cents(term.price.0 * charge.quantity);
        charge.total = Cents(charge.mrr.0 * (term.months - later).max(1));
        plan.amendment = "UpdateProduct";
        plan
    }

    fn one_time(&self, plan: usize, term: &Term, quantity: i64, number: &mut usize) -> RatePlan {
        *number += 1;
        let entry = &self.catalog.plans[plan];
        let charge = Charge {
            item: plan,
            number: *number,
            start: term.start,
            end: Some(term.start.plus(1)),
            quantity,
            mrr: Cents(0),
            total: Cents(entry.price.0 * quantity),
            kind: ChargeType::OneTime,
            segment: 1,
            deleted: false,
        };
        RatePlan { plan, charges: vec![charge], amendment: "NewProduct", deleted: false }
    }

    /// Drafts of the next amendment, plans taken out again, and metered usage: what rounds the tables off.
    fn add_fill(&self, place: u64, subscriptions: &mut [Subscription], number: &mut usize) {
        let of = |total| share(place, self.roster.ordinary, total);
        let Some(subscription) = subscriptions.first_mut() else { return };
        let Some(last) = subscription.terms.last().copied() else { return };
        let Some(at) = subscription.versions.iter().position(|v| v.status != Status::Expired) else { return };
        for _ in 0..of(self.fill.plans) {
            let plan =
                RatePlan { plan: last.plan, charges: Vec::new(), amendment: "RemoveProduct", deleted: false };
            subscription.versions[at].plans.push(plan);
        }
        for _ in 0..of(self.fill.charges) {
            *number += 1;
            let plan = &mut subscription.versions[at].plans[0];
            let mut usage = plan.charges[0].clone();
            usage.kind = ChargeType::Usage;
            (usage.number, usage.segment, usage.mrr, usage.total) = (*number, 1, Cents(0), Cents(0));
            plan.charges.push(usage);
        }
        for nth in 0..of(self.fill.drafts) {
            let version_number = subscription.versions.iter().map(|v| v.number).max().unwrap_or(0) + 1;
            let plan = self.licence_plan(&last, number);
            let mut draft = version(version_number, Status::Draft, &last, self.seat(0, 0), vec![plan]);
            // Every seventh draft of all, the first among them, is of the last business day.
            let recent = (place * self.fill.drafts / self.roster.ordinary + nth).is_multiple_of(7);
            draft.created =
                if recent { Day::ymd(2021, 7, 30) } else { Day::ymd(2021, 7, 1 + (place % 29) as u32) };
            subscription.versions.push(draft);
        }
    }
}

pub fn version(number: usize, status: Status, term: &Term, seat: Seat, plans: Vec<RatePlan>) -> Version {
    let early = seat.step(number).draw("created early").between(0, 20);
    let created = term.start.plus(-early).min(AS_OF.plus(-1));
    Version { number, status, term: (term.start, term.end), created, plans, deleted: false, flagged: false }
}

const fn part_is_excluded(part: Part) -> bool {
    matches!(part, Part::Excluded(_))
}
