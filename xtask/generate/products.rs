//! What can be bought: the licence of a chain of terms, and the products beside it.

use crate::date::Day;
use crate::generate::catalog::{self, Catalog};
use crate::generate::contracts::{Charge, ChargeType, Seat, Term};
use crate::generate::roster::Segment;
use crate::table::Cents;

/// The fewest and the most seats of a first contract.
pub const fn seats_of(segment: Segment) -> (i64, i64) {
    match segment {
        Segment::Smb => (3, 90),
        Segment::MidMarket => (40, 500),
        Segment::Large => (250, 2600),
        Segment::PubSec => (80, 1500),
    }
}

/// A product beside others on a subscription.
#[derive(Clone, Copy)]
pub enum Product {
    Licence,
    /// Plan, and units in percent of the seats.
    AddOn(usize, i64),
    /// Another line, seats in percent of the licence's.
    SecondLine(usize, i64),
    Reporters,
}

impl Product {
    /// What is charged for it in a term.
    pub fn charge(self, catalog: &Catalog, term: &Term) -> Charge {
        let (item, quantity, price) = match self {
            Self::Licence => (term.plan, term.seats, term.price),
            Self::AddOn(plan, percent) => {
                (plan, (term.seats * percent / 100).clamp(1, 400), catalog.plans[plan].price)
            }
            Self::SecondLine(line, percent) => {
                let plan = catalog::line_plan(line, term.months);
                (plan, (term.seats * percent / 100).max(1), catalog.plans[plan].price)
            }
            Self::Reporters => {
                let found = catalog::REPORTERS.iter().find(|(plan, _)| *plan == term.plan);
                // After an upgrade the licence may have no such charge: then the seats stay on the first one.
                let item = found.map_or(catalog::REPORTERS[0].1, |(_, item)| *item);
                (item, (term.seats / 3).max(1), Cents(200))
            }
        };
        let mrr = Cents(price.0 * quantity);
        Charge {
            item,
            number: 0,
            start: term.start,
            end: Some(term.end),
            quantity,
            mrr,
            total: Cents(mrr.0 * term.months),
            kind: ChargeType::Recurring,
            segment: 1,
            deleted: false,
        }
    }
}

/// Which licence a chain of terms is on.
pub struct Licence {
    old: Option<usize>,
    saas: bool,
    /// 0 lowest to 2 highest.
    tier: usize,
}

impl Licence {
    pub fn draw(seat: Seat, segment: Segment) -> Self {
        let weights = match segment {
            Segment::Smb => [45, 40, 15],
            Segment::MidMarket => [25, 50, 25],
            Segment::Large => [5, 45, 50],
            Segment::PubSec => [10, 50, 40],
        };
        let old = seat.draw("old line").chance(40).then(|| seat.draw("which old").pick(&catalog::OLD_LINES));
        let tiers = [(0, weights[0]), (1, weights[1]), (2, weights[2])];
        Self { old, saas: seat.draw("saas").chance(450), tier: seat.draw("tier").weighted(&tiers) }
    }

    /// To the next tier, if there is one.
    pub fn upgrade(&mut self) {
        self.tier = (self.tier + 1).min(2);
    }

    /// The catalogue plan sold at a date; Silver and Gold took new names in February 2021.
    pub fn plan(&self, catalog: &Catalog, date: Day, months: i64) -> (usize, Cents) {
        if let Some(plan) = self.old {
            return (plan, catalog.plans[plan].price);
        }
        let renamed = date >= Day::ymd(2021, 2, 1);
        let line = match (self.saas, self.tier) {
            (false, tier) => tier,
            (true, 0) => 3,
            (true, tier) => {
                if renamed {
                    5 + tier
                } else {
                    3 + tier
                }
            }
        };
        (catalog::line_plan(line, months), catalog::line_price(line))
    }
}
