//! Brings the tables of billing data to their exact sizes: contracts are made by chance, so what they leave open
//! is counted first and filled with rows that change no figure.

use crate::generate::contracts::{Fill, Maker};
use crate::generate::invoices::invoices;

/// Rows that the contracts give before any fill.
#[derive(Default, Debug)]
struct Census {
    versions: u64,
    plans: u64,
    charges: u64,
    invoices: u64,
    items: u64,
}

/// Counts one pass over all accounts.
fn census(maker: &Maker) -> Census {
    let mut result = Census::default();
    for billing in 0..maker.roster.billing.len() {
        let list = maker.subscriptions(billing);
        for version in list.iter().flat_map(|subscription| &subscription.versions) {
            result.versions += 1;
            result.plans += version.plans.len() as u64;
            result.charges += version.plans.iter().map(|plan| plan.charges.len() as u64).sum::<u64>();
        }
        let bills = invoices(maker, billing, &list);
        result.invoices += bills.len() as u64;
        result.items += bills.iter().map(|invoice| invoice.items.len() as u64).sum::<u64>();
    }
    result
}

/// The fill that brings the tables to their stated sizes; a draft brings one plan and one charge along.
pub fn fill(maker: &Maker) -> Fill {
    let (size, natural) = (maker.roster.size, census(maker));
    let drafts = size.of(1100).saturating_sub(natural.versions);
    Fill {
        drafts,
        plans: size.of(2600).saturating_sub(natural.plans + drafts),
        charges: size.of(3200).saturating_sub(natural.charges + drafts),
        invoices: size.of(2400).saturating_sub(natural.invoices),
        items: size.of(4000).saturating_sub(natural.items),
    }
}
