//! The accounts that bought something, as customer success sees them.

use std::collections::HashMap;

use crate::date::Day;
use crate::generate::ids;
use crate::generate::rng::share;
use crate::generate::roster::{Roster, Segment};
use crate::generate::zuora::Sold;

pub struct Customer {
    /// Place of the CRM account.
    pub crm: usize,
    pub segment: Segment,
    /// Day of the first contract.
    pub since: Day,
    /// Subscriptions by name.
    pub sold: Vec<Sold>,
    /// Sends no usage data at all.
    pub silent: bool,
}

pub struct Customers {
    pub list: Vec<Customer>,
    /// Places in `list` of those that have customer attributes.
    pub attributed: Vec<usize>,
    /// The expansion play of an account, by its place in the CRM: its row in the table of CTAs.
    pub expansion: HashMap<usize, u64>,
}

impl Customers {
    pub fn new(roster: &Roster, mut sold: Vec<Sold>) -> Self {
        let size = roster.size;
        sold.sort_by(|a, b| (a.crm, &a.name).cmp(&(b.crm, &b.name)));
        let mut list: Vec<Customer> = Vec::new();
        for sold in sold {
            let Some(since) = sold.terms.first().map(|term| term.start) else { continue };
            match list.last_mut().filter(|last| last.crm == sold.crm) {
                Some(last) => {
                    last.since = last.since.min(since);
                    last.sold.push(sold);
                }
                None => {
                    let segment = roster.accounts[sold.crm].segment;
                    list.push(Customer { crm: sold.crm, segment, since, sold: vec![sold], silent: false });
                }
            }
        }
        let n = list.len() as u64;
        let spread = |quota| (0..n).filter(move |&i| share(i, n, quota) > 0);
        for i in spread(size.case(54) as u64) {
            list[i as usize].silent = true;
        }
        let attributed: Vec<usize> = spread(size.of(300).min(n)).map(|i| i as usize).collect();
        let first = attributed.len() as u64;
        let expansion =
            spread(size.of(200)).enumerate().map(|(k, i)| (list[i as usize].crm, first + k as u64));
        let expansion = expansion.collect();
        Self { list, attributed, expansion }
    }

    /// The expansion play to which an opportunity of this account can be linked.
    pub fn expansion_play(&self, crm: usize) -> Option<ids::Gainsight> {
        self.expansion.get(&crm).map(|&row| ids::Gainsight("CTA", row))
    }
}
