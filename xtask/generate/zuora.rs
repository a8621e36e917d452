//! Writes what belongs to billing accounts: accounts, contacts, subscriptions, rate plans, charges, invoices.

use std::io;
use std::path::Path;

use crate::AS_OF;
use crate::date::{Day, Moment};
use crate::generate::contracts::{Charge, ChargeType, Maker, RatePlan, Subscription, Term, Version};
use crate::generate::ids;
use crate::generate::invoices::{Invoice, invoices};
use crate::generate::rng::{Cells, Draw};
use crate::generate::roster::{Part, Second};
use crate::generate::words;
use crate::schema;
use crate::table::{Cents, Stamps, Writer, Written};

/// What usage and customer success need to know of a subscription that counts.
pub struct Sold {
    /// Place of the live CRM account.
    pub crm: usize,
    pub name: String,
    pub terms: Vec<Term>,
}

struct Tables {
    account: Writer,
    contact: Writer,
    subscription: Writer,
    plan: Writer,
    charge: Writer,
    invoice: Writer,
    item: Writer,
}

/// Writes the seven tables in one pass, and says which live subscriptions there are.
pub fn write(dir: &Path, maker: &Maker) -> io::Result<(Vec<Written>, Vec<Sold>)> {
    let mut tables = Tables {
        account: Writer::create(dir, &schema::ZUORA_ACCOUNT)?,
        contact: Writer::create(dir, &schema::ZUORA_CONTACT)?,
        subscription: Writer::create(dir, &schema::SUBSCRIPTION)?,
        plan: Writer::create(dir, &schema::RATE_PLAN)?,
        charge: Writer::create(dir, &schema::CHARGE)?,
        invoice: Writer::create(dir, &schema::INVOICE)?,
        item: Writer::create(dir, &schema::INVOICE_ITEM)?,
    };
    let mut sold = Vec::new();
    for billing in 0..maker.roster.billing.len() {
        let pass = Pass { maker, billing, cells: maker.roster.size.cells("zuora") };
        let list = maker.subscriptions(billing);
        pass.write_account(&mut tables, &list)?;
        for (place, subscription) in list.iter().enumerate() {
            pass.write_subscription(&mut tables, place, subscription)?;
            sold.extend(pass.sold(place, subscription));
        }
        for (number, invoice) in invoices(maker, billing, &list).iter().enumerate() {
            pass.write_invoice(&mut tables, number, invoice)?;
        }
    }
    let Tables { account, contact, subscription, plan, charge, invoice, item } = tables;
    let all = [account, contact, subscription, plan, charge, invoice, item];
    Ok((all.into_iter().map(Writer::finish).collect::<io::Result<_>>()?, sold))
}

/// One billing account on its way into the tables.
struct Pass<'a> {
    maker: &'a Maker<'a>,
    billing: usize,
    cells: Cells,
}

impl Pass<'_> {
    fn draw(&self, column: &str) -> Draw {
        self.cells.at(self.billing as u64, column)
    }

    fn write_account(&self, tables: &mut Tables, list: &[Subscription]) -> io::Result<()> {
        let (billing, roster) = (self.billing, self.maker.roster);
        let row = billing as u64;
        let entry = &roster.billing[billing];
        let first = list.iter().filter_map(|s| s.terms.first()).map(|term| term.start).min();
        let stamps = Stamps::on(first.unwrap_or(AS_OF).plus(-10), 200, row);
        let deleted = entry.part == Part::Deleted;
        let region = self.draw("region").pick(&words::REGIONS);
        let country = self.draw("country").pick(region.1);

        tables.contact.plain(ids::contact(billing)).plain(ids::account(billing));
        tables
            .contact
            .plain(format_args!("Given{:04}", billing + 1))
            .plain(format_args!("Family{:04}", billing + 1));
        tables.contact.plain(format_args!("billing{:04}@example.com", billing + 1));
        tables.contact.text_or_null((!self.draw("no country").chance(30)).then_some(country));
        tables.contact.null();
        flag(&mut tables.contact, deleted, self.draw("contact deleted")).stamps(stamps);
        tables.contact.end()?;

        let named = |suffix: &str| match entry.crm {
            Some(crm) => format!("{}{suffix}", roster.accounts[crm].name),
            None => format!("Account {:04}{suffix}", billing + 1),
        };
        let active = list.iter().flat_map(|s| &s.terms).any(|term| term.end >= AS_OF);
        let mut write = |name: &str, stamps: Stamps| {
            let out = &mut tables.account;
            out.plain(ids::account(billing)).text(name).plain(format_args!("A{:08}", billing + 1));
            match (entry.part, entry.crm) {
                (Part::WithoutCrmId, _) if self.draw("blank").chance(500) => out.text(""),
                (Part::UnmatchedCrmId, _) => out.plain(ids::crm_account(990_000_000_000 + billing)),
                (_, crm) => out.plain_or_null(crm.map(ids::crm_account)),
            };
            out.null().plain(if active { "Active" } else { "Canceled" }).plain("USD").plain("Batch1");
            out.plain_or_null((!self.draw("sold-to").chance(100)).then(|| ids::contact(billing)));
            out.plain(ids::contact(billing)).plain(format_args!("ACC-{:06}", billing + 1));
            flag(out, deleted, self.draw("deleted")).stamps(stamps);
            out.end()
        };
        if let Some(stamps) = older(entry.second_account, stamps) {
            write(&named(" (old)"), stamps)?;
        }
        write(&named(""), stamps)?;
        if entry.second_account == Second::Exact {
            write(&named(""), stamps)?;
        }
        Ok(())
    }

    fn write_subscription(&self, tables: &mut Tables, place: usize, list: &Subscription) -> io::Result<()> {
        for (i, version) in list.versions.iter().enumerate() {
            let row = (self.billing * 64 + place) as u64 * 64 + i as u64;
            let stamps = Stamps::on(version.created, row as i64 % 60, row);
            // Doubles fall on the first version; they are rows of this table alone.
            let entry = &self.maker.roster.billing[self.billing];
            let second = if place == 0 && i == 0 { entry.second_subscription } else { Second::None };
            if let Some(stamps) = older(second, stamps) {
                self.version_row(&mut tables.subscription, place, (list, version), ("Draft", stamps))?;
            }
            let status = version_status(version);
            self.version_row(&mut tables.subscription, place, (list, version), (status, stamps))?;
            if second == Second::Exact {
                self.version_row(&mut tables.subscription, place, (list, version), (status, stamps))?;
            }
            for (p, plan) in version.plans.iter().enumerate() {
                self.write_plan(tables, (place, version), (p, plan))?;
            }
        }
        Ok(())
    }

    fn version_row(
        &self,
        out: &mut Writer,
        place: usize,
        (list, version): (&Subscription, &Version),
        (status, stamps): (&str, Stamps),
    ) -> io::Result<()> {
        let billing = self.billing;
        let (Some(first), Some(last)) = (list.terms.first(), list.terms.last()) else { return Ok(()) };
        let row = (billing * 64 + place) as u64;
        let original = ids::subscription(billing, place, list.versions[0].number);
        let previous = list.versions.iter().rev().find(|v| v.number < version.number);
        out.plain(ids::subscription(billing, place, version.number)).plain(ids::account(billing));
        out.text(&self.name(place)).plain(version.number).plain(status).plain(original);
        out.plain_or_null(previous.map(|v| ids::subscription(billing, place, v.number)));
        out.plain(list.auto_renew).plain(first.months).plain(last.months).plain("Month");
        out.plain(version.term.0).plain(version.term.1).plain(first.start).plain(version.term.1);
        match list.renewed_by {
            Some(next) if self.cells.at(row, "two names").chance(100) => {
                out.text(&format!("{} || {}", self.name(next), self.name(place)))
            }
            next => out.text_or_null(next.map(|next| self.name(next)).as_deref()),
        };
        let crm =
            self.maker.roster.billing[billing].crm.filter(|_| self.cells.at(row, "opportunity").chance(700));
        out.plain_or_null(crm.filter(|&crm| self.is_live(crm)).map(|crm| ids::opportunity(crm as u64)));
        if list.self_service {
            out.plain(ids::SELF_SERVICE_USER);
        } else {
            out.plain(ids::user(self.cells.at(row, "created by").below(12)));
        }
        if version.flagged {
            out.plain("True");
        } else {
            let plain =
                self.cells.at(row, "exclude").weighted(&[(Some(""), 60), (Some("False"), 30), (None, 10)]);
            out.text_or_null(plain);
        }
        flag(out, version.deleted, self.cells.at(row, "subscription deleted")).stamps(stamps);
        out.end()
    }

    fn write_plan(
        &self,
        tables: &mut Tables,
        (place, version): (usize, &Version),
        (p, plan): (usize, &RatePlan),
    ) -> io::Result<()> {
        let billing = self.billing;
        let entry = &self.maker.catalog.plans[plan.plan];
        let row = ((billing * 64 + place) as u64 * 64 + version.number as u64) * 256 + p as u64;
        let stamps = Stamps::on(version.created, row as i64 % 45, row);
        let out = &mut tables.plan;
        let id = ids::rate_plan(billing, place, version.number, p);
        out.plain(&id).plain(ids::subscription(billing, place, version.number));
        // Some names were typed in capitals; only plans whose rule ignores case.
        if plan.plan < 32 && self.cells.at(row, "capitals").chance(30) {
            out.text(&entry.name.to_uppercase());
        } else {
            out.text(&entry.name);
        }
        out.plain(ids::product(entry.product)).plain(ids::product_rate_plan(plan.plan)).plain(plan.amendment);
        flag(out, plan.deleted, self.cells.at(row, "plan deleted")).stamps(stamps);
        out.end()?;
        for (c, charge) in plan.charges.iter().enumerate() {
            let last = plan.charges[c + 1..].iter().all(|later| later.number != charge.number);
            let place = (place, version, (p, c));
            let mark = self.maker.roster.billing[billing].second_charge;
            let first = place.0 == 0 && p == 0 && c == 0 && version.number == 1;
            let second = if first { mark } else { Second::None };
            if let Some(stamps) = older(second, stamps) {
                let doubled = Charge { mrr: Cents(charge.mrr.0 * 2), ..charge.clone() };
                self.charge_row(&mut tables.charge, place, (&doubled, last), stamps)?;
            }
            self.charge_row(&mut tables.charge, place, (charge, last), stamps)?;
            if second == Second::Exact {
                self.charge_row(&mut tables.charge, place, (charge, last), stamps)?;
            }
        }
        Ok(())
    }

    fn charge_row(
        &self,
        out: &mut Writer,
        (place, version, (p, c)): (usize, &Version, (usize, usize)),
        (charge, last): (&Charge, bool),
        stamps: Stamps,
    ) -> io::Result<()> {
        let (billing, catalog) = (self.billing, self.maker.catalog);
        let (plan, name) = &catalog.charges[charge.item];
        let (kind, model) = match charge.kind {
            ChargeType::Recurring => ("Recurring", "PerUnit"),
            ChargeType::OneTime => ("OneTime", "FlatFee"),
            ChargeType::Usage => ("Usage", "Tiered"),
        };
        let discount = *plan == crate::generate::catalog::DISCOUNT;
        let first = charge.segment == 1;
        out.plain(ids::charge(billing, place, version.number, (p, c))).plain(ids::account(billing));
        out.plain(ids::rate_plan(billing, place, version.number, p)).plain(ids::product_charge(charge.item));
        out.plain(format_args!("C-{:06}{:03}", billing + 1, charge.number))
            .text(name)
            .plain(kind)
            .plain(model);
        out.plain(charge.start).plain_or_null(charge.end).plain(catalog.plans[*plan].unit);
        out.plain(Cents(charge.quantity * 100)).plain(charge.mrr).plain(charge.total);
        out.plain(if first { charge.total } else { Cents(charge.total.0 / 10) });
        out.plain(if first { charge.mrr } else { Cents(charge.mrr.0 / 10) });
        out.text_or_null(discount.then_some("rateplan"))
            .plain(charge.segment)
            .plain(version.number)
            .plain(last);
        let row = ((billing * 64 + place) * 64 + version.number) * 65_536 + p * 256 + c;
        flag(out, charge.deleted, self.cells.at(row as u64, "charge deleted")).stamps(stamps);
        out.end()
    }

    fn write_invoice(&self, tables: &mut Tables, number: usize, invoice: &Invoice) -> io::Result<()> {
        let billing = self.billing;
        let row = billing as u64 * 1024 + number as u64;
        let stamps = Stamps::on(invoice.date, row as i64 % 30, row);
        let amount: i64 = invoice.items.iter().map(|item| item.amount.0).sum();
        let tax: i64 = invoice.items.iter().map(|item| item.tax.0).sum();
        let paid = invoice.status == "Posted" && self.cells.at(row, "paid").chance(850);
        let out = &mut tables.invoice;
        out.plain(ids::invoice(billing, number)).plain(ids::account(invoice.account));
        out.plain(format_args!("INV{:06}{:03}", billing + 1, number + 1)).plain(invoice.date);
        out.plain(invoice.date.plus(30))
            .plain(invoice.status)
            .plain(Cents(amount + tax))
            .plain(Cents(amount));
        out.plain(Cents(tax)).plain(Cents(if paid { 0 } else { amount + tax }));
        flag(out, invoice.deleted, self.cells.at(row, "invoice deleted")).stamps(stamps);
        out.end()?;
        for (i, item) in invoice.items.iter().enumerate() {
            let (place, version, charge) = item.charge;
            let (plan, name) = &self.maker.catalog.charges[item.item];
            let entry = &self.maker.catalog.plans[*plan];
            let row = row * 256 + i as u64;
            let out = &mut tables.item;
            out.plain(ids::invoice_item(billing, number, i)).plain(ids::invoice(billing, number));
            out.plain(ids::charge(billing, place, version, charge))
                .plain(ids::subscription(billing, place, version));
            out.plain(ids::product_charge(item.item)).text(item.name.unwrap_or(name));
            out.plain(format_args!("SKU-{:03}", entry.product + 1)).plain(entry.unit);
            out.plain(Cents(item.quantity * 100)).plain(Cents(item.amount.0 / item.quantity.max(1)));
            out.plain(item.amount).plain(item.tax).plain(item.service.0).plain(item.service.1);
            flag(out, item.deleted, self.cells.at(row, "item deleted")).stamps(stamps);
            out.end()?;
        }
        Ok(())
    }

    /// Mostly `A-S…`; some customers were given names with commas, dots and spaces.
    fn name(&self, place: usize) -> String {
        let name = ids::subscription_name(self.billing, place);
        match self.maker.roster.billing[self.billing].crm {
            Some(crm) if self.draw("long name").chance(15) => {
                format!("{}, Inc.  renewal || {name}", self.maker.roster.accounts[crm].name)
            }
            _ => name,
        }
    }

    fn is_live(&self, crm: usize) -> bool {
        self.maker.roster.accounts[crm].master.is_none()
            && self.maker.roster.billing[self.billing].part != Part::CrmDeleted
    }

    /// The summary of a subscription whose account is kept; merges are followed to the survivor.
    fn sold(&self, place: usize, subscription: &Subscription) -> Option<Sold> {
        let roster = self.maker.roster;
        let entry = &roster.billing[self.billing];
        let counts =
            subscription.live && !matches!(entry.part, Part::Excluded(_) | Part::Deleted | Part::CrmDeleted);
        let mut crm = entry.crm.filter(|_| counts)?;
        while let Some(master) = roster.accounts[crm].master {
            crm = master;
        }
        Some(Sold { crm, name: self.name(place), terms: subscription.terms.clone() })
    }
}

const fn version_status(version: &Version) -> &'static str {
    use crate::generate::contracts::Status;
    match version.status {
        Status::Active => "Active",
        Status::Cancelled => "Cancelled",
        Status::Expired => "Expired",
        Status::Draft => "Draft",
    }
}

/// A soft-delete flag; now and then NULL, which means not deleted.
pub fn flag(out: &mut Writer, deleted: bool, draw: Draw) -> &mut Writer {
    if !deleted && draw.chance(8) { out.null() } else { out.plain(deleted) }
}

/// The stamps of the older sibling that a row has, if any.
pub fn older(second: Second, stamps: Stamps) -> Option<Stamps> {
    let batched = Moment(stamps.batched.0 - 21_600);
    match second {
        Second::None | Second::Exact => None,
        Second::Older => {
            let updated = stamps.updated.map(|updated| Moment(updated.0 - 30 * 86_400));
            let created = stamps.created.min(updated.unwrap_or(stamps.created));
            // Loaded later than the newer row: the batch must not decide.
            Some(Stamps { created, updated, batched: stamps.batched })
        }
        Second::Undated => Some(Stamps { updated: None, ..stamps }),
        Second::EarlierBatch => Some(Stamps { batched, ..stamps }),
    }
}

/// The day something happened, never on or after `AS_OF`.
pub fn past(day: Day) -> Day {
    day.min(AS_OF.plus(-1))
}
