//! Record ids: Zuora's are two letters and 30 digits, Salesforce's an object prefix filled to 18 characters.
//! The digits spell the place of the record (billing account, subscription, version, …), so that key order is
//! generation order and an id never depends on how many rows came before.

use std::fmt::{self, Display};

/// Up to five numbers in 30 digits: 8, 4, 6, 6, 6.
pub struct Zuora(&'static str, [u64; 5]);

impl Display for Zuora {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e] = self.1;
        write!(out, "{}{a:08}{b:04}{c:06}{d:06}{e:06}", self.0)
    }
}

/// A prefix of three characters and 15 digits.
pub struct Salesforce(&'static str, u64);

impl Display for Salesforce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{:015}", self.0, self.1)
    }
}

/// A Gainsight record by its place: three letters and twelve digits.
pub struct Gainsight(pub &'static str, pub u64);

impl Display for Gainsight {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{:012}", self.0, self.1 + 1)
    }
}

pub const fn account(billing: usize) -> Zuora {
    Zuora("ac", [billing as u64 + 1, 0, 0, 0, 0])
}
pub const fn contact(billing: usize) -> Zuora {
    Zuora("ct", [billing as u64 + 1, 0, 0, 0, 0])
}
pub const fn subscription(billing: usize, name: usize, version: usize) -> Zuora {
    Zuora("su", [billing as u64 + 1, name as u64 + 1, version as u64, 0, 0])
}
pub const fn rate_plan(billing: usize, name: usize, version: usize, plan: usize) -> Zuora {
    Zuora("rp", [billing as u64 + 1, name as u64 + 1, version as u64, plan as u64 + 1, 0])
}
pub const fn charge(billing: usize, name: usize, version: usize, place: (usize, usize)) -> Zuora {
    Zuora("rc", [billing as u64 + 1, name as u64 + 1, version as u64, place.0 as u64 + 1, place.1 as u64 + 1])
}
pub const fn invoice(billing: usize, number: usize) -> Zuora {
    Zuora("in", [billing as u64 + 1, number as u64 + 1, 0, 0, 0])
}
pub const fn invoice_item(billing: usize, number: usize, item: usize) -> Zuora {
    Zuora("it", [billing as u64 + 1, number as u64 + 1, item as u64 + 1, 0, 0])
}
pub const fn product(place: usize) -> Zuora {
    Zuora("pd", [0, 0, 0, 0, place as u64 + 1])
}
pub const fn product_rate_plan(place: usize) -> Zuora {
    Zuora("pp", [0, 0, 0, 0, place as u64 + 1])
}
pub const fn product_charge(place: usize) -> Zuora {
    Zuora("pc", [0, 0, 0, 0, place as u64 + 1])
}

pub const fn crm_account(place: usize) -> Salesforce {
    Salesforce("001", place as u64 + 1)
}
pub const fn crm_contact(place: u64) -> Salesforce {
    Salesforce("003", place + 1)
}
pub const fn lead(place: u64) -> Salesforce {
    Salesforce("00Q", place + 1)
}
pub const fn user(place: u64) -> Salesforce {
    Salesforce("005", place + 1)
}
pub const fn opportunity(place: u64) -> Salesforce {
    Salesforce("006", place + 1)
}
pub const fn record_type(place: u64) -> Salesforce {
    Salesforce("012", place + 1)
}
pub const fn review(place: u64) -> Salesforce {
    Salesforce("a5j", place + 1)
}

/// The user whose subscriptions count as self-service; the project's variable `self_service_user_id`.
pub const SELF_SERVICE_USER: &str = "005000000000000SSU";

/// What customers know a subscription by, stable over its versions.
pub fn subscription_name(billing: usize, name: usize) -> String {
    format!("A-S{:06}{:02}", billing + 1, name + 1)
}
