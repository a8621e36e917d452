//! Writes the CRM: accounts, people, users, record types, opportunities, reviews.

use std::io;
use std::path::Path;

use crate::date::Day;
use crate::generate::customers::Customers;
use crate::generate::ids;
use crate::generate::rng::{Cells, share};
use crate::generate::roster::{CrmAccount, Kind, Roster, Second, Segment};
use crate::generate::words;
use crate::generate::zuora::{flag, older, past};
use crate::schema;
use crate::table::{Cents, Stamps, Writer, Written};

/// Record types: developer name, name, object; the last three are deleted.
const RECORD_TYPES: [(&str, &str, &str); 9] = [
    ("Standard", "Standard", "Account"),
    ("Channel", "Channel", "Account"),
    ("Prospect", "Prospect", "Lead"),
    ("Person", "Person", "Contact"),
    ("New_Business", "New Business", "Opportunity"),
    ("Renewal", "Renewal", "Opportunity"),
    ("Legacy_Account", "Legacy", "Account"),
    ("Legacy_Lead", "Legacy", "Lead"),
    ("Legacy_Opportunity", "Legacy", "Opportunity"),
];

/// Writes the seven tables.
pub fn write(dir: &Path, roster: &Roster, customers: &Customers) -> io::Result<Vec<Written>> {
    let crm = Crm { roster, customers, users: users(roster), live: live(roster) };
    Ok(vec![
        crm.write_accounts(dir)?,
        crm.write_contacts(dir)?,
        crm.write_leads(dir)?,
        crm.write_users(dir)?,
        write_record_types(dir)?,
        crm.write_opportunities(dir)?,
        crm.write_reviews(dir)?,
    ])
}

/// Users grow with the square root of the scale.
fn users(roster: &Roster) -> u64 {
    match roster.size.permille {
        100 => 13,
        1000 => 40,
        10_000 => 126,
        _ => 400,
    }
}

fn live(roster: &Roster) -> u64 {
    roster.accounts.iter().filter(|account| matches!(account.kind, Kind::Parent | Kind::Child)).count() as u64
}

/// `quota` of `n` rows are deleted, spread evenly.
const fn is_deleted(row: u64, n: u64, quota: u64) -> bool {
    share(row, n, quota) > 0
}

struct Crm<'a> {
    roster: &'a Roster,
    customers: &'a Customers,
    users: u64,
    live: u64,
}

impl Crm<'_> {
    fn cells(&self, table: &str) -> Cells {
        self.roster.size.cells(table)
    }

    /// One of the people; never the self-service user, which is the last.
    fn owner(&self, cells: Cells, row: u64) -> ids::Salesforce {
        ids::user(cells.at(row, "owner").below(self.users - 1))
    }

    fn write_accounts(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::CRM_ACCOUNT)?;
        let cells = self.cells("salesforce.account");
        for (i, account) in self.roster.accounts.iter().enumerate() {
            let row = i as u64;
            let created = Day::ymd(2016, 1, 1).plus(cells.at(row, "created").between(0, 900));
            let stamps = Stamps::on(created, cells.at(row, "updated").between(1000, 1900), row);
            if let Some(stamps) = older(account.second, stamps) {
                self.account_row(&mut out, (i, account), (" (old)", "Media"), stamps)?;
            }
            let industry = cells.at(row, "industry").pick(&words::INDUSTRIES);
            self.account_row(&mut out, (i, account), ("", industry), stamps)?;
            if account.second == Second::Exact {
                self.account_row(&mut out, (i, account), ("", industry), stamps)?;
            }
        }
        out.finish()
    }

    fn account_row(
        &self,
        out: &mut Writer,
        (i, account): (usize, &CrmAccount),
        (suffix, industry): (&str, &str),
        stamps: Stamps,
    ) -> io::Result<()> {
        let cells = self.cells("salesforce.account");
        let row = i as u64;
        let (region, countries) = cells.at(row, "region").pick(&words::REGIONS);
        let reseller = account.kind == Kind::Parent && cells.at(row, "reseller").chance(30);
        let government = account.segment == Segment::PubSec;
        let owner = self.owner(cells, row);
        let owner_name = cells.at(row, "owner").below(self.users - 1) + 1;
        out.plain(ids::crm_account(i)).plain(format_args!("{}{suffix}", account.name));
        out.plain_or_null(account.master.map(ids::crm_account)).plain(owner);
        out.plain(ids::record_type(u64::from(reseller && row.is_multiple_of(2))));
        out.plain(if reseller {
            cells.at(row, "partner").pick(&["Reseller", "Authorized Partner"])
        } else {
            "Customer"
        });
        // A tenth of the parents do not name themselves.
        let unnamed = account.kind == Kind::Parent && cells.at(row, "no parent id").chance(100);
        out.plain_or_null((!unnamed).then(|| ids::crm_account(account.parent)));
        out.text_or_null(account.raw_segment);
        out.text_or_null((!account.null_industry).then_some(if government {
            "Government"
        } else {
            industry
        }));
        out.plain(format_args!("User{owner_name:03} Owner{owner_name:03}"));
        out.text_or_null(
            (!account.null_team).then(|| team(account.segment, region, cells.at(row, "team").below(4))),
        );
        let territory =
            format!("{}-{region}-{:02}", prefix(account.segment), cells.at(row, "territory").between(1, 9));
        out.text_or_null((!account.null_territory).then_some(territory.as_str())).plain(region);
        out.plain_or_null(
            employees(account.segment).map(|(low, high)| cells.at(row, "employees").between(low, high)),
        );
        out.plain(cells.at(row, "country").pick(countries))
            .plain(government && cells.at(row, "federal").chance(500));
        let large = account.segment != Segment::Smb;
        out.plain_or_null(large.then(|| ids::user(cells.at(row, "tam").below(self.users - 1))));
        out.plain(stamps.created.day().plus(300));
        out.plain(cells.at(row, "health").weighted(&[("Green", 6), ("Yellow", 3), ("Red", 1)]));
        flag(out, !matches!(account.kind, Kind::Parent | Kind::Child), cells.at(row, "deleted"))
            .stamps(stamps);
        out.end()
    }

    fn write_contacts(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::CRM_CONTACT)?;
        let cells = self.cells("salesforce.contact");
        let n = self.roster.size.of(900);
        for row in 0..n {
            let created = Day::ymd(2018, 2, 1).plus(cells.at(row, "created").between(0, 1200));
            let bounced = cells.at(row, "bounced").chance(40);
            // The first contacts go round the accounts once: every account has one.
            let account = if row < self.live { row } else { cells.at(row, "account").below(self.live) };
            out.plain(ids::crm_contact(row)).plain(ids::crm_account(account as usize));
            person(&mut out, row + 1).text(cells.at(row, "title").pick(&words::TITLES)).null().null();
            out.plain(self.owner(cells, row)).plain(ids::record_type(3));
            let boss = cells.at(row, "reports to").chance(300) && row >= self.live;
            out.plain_or_null(boss.then(|| ids::crm_contact(account)));
            out.plain(Cents(cells.at(row, "score").between(0, 150) * 100))
                .plain(cells.at(row, "opt out").chance(80));
            out.plain_or_null(bounced.then(|| past(created.plus(90)).at(43_200)));
            out.text_or_null(bounced.then_some("Mailbox unknown"));
            out.plain(cells.at(row, "source").pick(&["Trial", "Event", "Web", "Partner"]));
            flag(&mut out, is_deleted(row, n, 5), cells.at(row, "deleted"))
                .stamps(Stamps::on(created, 200, row));
            out.end()?;
        }
        out.finish()
    }

    fn write_leads(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::LEAD)?;
        let cells = self.cells("salesforce.lead");
        let (n, contacts) = (self.roster.size.of(300), self.roster.size.of(900));
        for row in 0..n {
            let created = Day::ymd(2019, 1, 1).plus(cells.at(row, "created").between(0, 900));
            let converted = cells.at(row, "converted").chance(250);
            out.plain(ids::lead(row));
            person(&mut out, contacts + row + 1)
                .text(cells.at(row, "title").pick(&words::TITLES))
                .plain(converted);
            out.plain_or_null(converted.then(|| ids::crm_contact(cells.at(row, "contact").below(contacts))));
            let matched = cells.at(row, "matched").chance(400);
            let account = cells.at(row, "account").below(self.live) as usize;
            out.plain_or_null(matched.then(|| ids::crm_account(account)));
            out.plain(self.owner(cells, row)).plain(ids::record_type(2)).null();
            out.plain(cells.at(row, "source").pick(&["Trial", "Event", "Web", "Partner"]));
            out.plain(cells.at(row, "opt out").chance(100));
            flag(&mut out, is_deleted(row, n, 4), cells.at(row, "deleted"))
                .stamps(Stamps::on(created, 100, row));
            out.end()?;
        }
        out.finish()
    }

    fn write_users(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::USER)?;
        let cells = self.cells("salesforce.user");
        for row in 0..self.users {
            let last = row + 1 == self.users;
            if last {
                out.plain(ids::SELF_SERVICE_USER)
                    .plain("Self-Service")
                    .plain("self-service@example.com")
                    .null();
            } else {
                let number = row + 1;
                out.plain(ids::user(row)).plain(format_args!("User{number:03} Owner{number:03}"));
                out.plain(format_args!("user{number:03}@example.com"));
                out.plain(cells.at(row, "title").pick(&[
                    "Account Executive",
                    "Technical Account Manager",
                    "Manager",
                ]));
            }
            out.plain(cells.at(row, "team").pick(&["US East", "US West", "EMEA", "APAC", "SMB"]));
            out.plain_or_null((row > 3 && !last).then(|| ids::user(row % 4)))
                .plain(!cells.at(row, "left").chance(100));
            let deleted = !last && is_deleted(row, self.users - 1, 3);
            out.plain(deleted).stamps(Stamps::on(Day::ymd(2018, 3, 1).plus(row as i64), 500, row));
            out.end()?;
        }
        out.finish()
    }

    /// The first go round the accounts once, so that a subscription finds its account's.
    fn write_opportunities(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::OPPORTUNITY)?;
        let cells = self.cells("salesforce.opportunity");
        let n = self.roster.size.of(900);
        for row in 0..n {
            let account =
                if row < self.live { row } else { cells.at(row, "account").below(self.live) } as usize;
            let created = Day::ymd(2018, 6, 1).plus(cells.at(row, "created").between(0, 1090));
            let stage = cells.at(row, "stage").weighted(&[
                ("Closed Won", 52),
                ("Closed Lost", 22),
                ("3-Technical Evaluation", 10),
                ("5-Negotiating", 8),
                ("Unqualified", 8),
            ]);
            let open = created.plus(cells.at(row, "open for").between(15, 120));
            let close = if stage.starts_with("Closed") { past(open) } else { open };
            let order = cells.at(row, "order").weighted(&[
                ("New - First Order", 3),
                ("Connected New", 2),
                ("Growth", 5),
            ]);
            out.plain(ids::opportunity(row)).plain(ids::crm_account(account));
            out.plain(format_args!("{} - {order} {}", self.roster.accounts[account].name, row + 1));
            out.plain(stage).plain(stage == "Closed Won");
            out.plain(if order == "Growth" { "Add-On Business" } else { "New Business" })
                .plain(order)
                .plain(close);
            out.plain(Cents(cells.at(row, "net arr").between(5, 900) * 10_000));
            let linked = order == "Growth" && cells.at(row, "linked").chance(600);
            out.plain_or_null(linked.then(|| self.customers.expansion_play(account)).flatten());
            flag(&mut out, is_deleted(row, n, 5), cells.at(row, "deleted"))
                .stamps(Stamps::on(created, 120, row));
            out.end()?;
        }
        out.finish()
    }

    fn write_reviews(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::REVIEW)?;
        let cells = self.cells("salesforce.review");
        let n = self.roster.size.of(250);
        for row in 0..n {
            let account = cells.at(row, "account").below(self.live) as usize;
            let date = Day::ymd(2019, 2, 1).plus(cells.at(row, "date").between(0, 980));
            let status = match cells.at(row, "status").below(10) {
                _ if date >= crate::AS_OF => "Scheduled",
                0 => "Cancelled",
                _ => "Completed",
            };
            let done = status == "Completed";
            let index = date.month_index() - 1;
            out.plain(ids::review(row)).plain(ids::crm_account(account)).plain(date);
            out.plain(format_args!("FY{:02}-Q{}", (index / 12 + 1) % 100, index % 12 / 3 + 1));
            out.plain(cells.at(row, "number").between(1, 4)).plain(status);
            out.text_or_null(
                done.then(|| cells.at(row, "outcome").pick(&["Aligned on goals", "Roadmap agreed"])),
            );
            out.text_or_null(done.then(|| cells.at(row, "success").weighted(&[("Yes", 8), ("No", 2)])));
            let created = past(date.plus(-40));
            flag(&mut out, is_deleted(row, n, 4), cells.at(row, "deleted"))
                .stamps(Stamps::on(created, 45, row));
            out.end()?;
        }
        out.finish()
    }
}

fn write_record_types(dir: &Path) -> io::Result<Written> {
    let mut out = Writer::create(dir, &schema::RECORD_TYPE)?;
    for (i, (developer, name, object)) in RECORD_TYPES.iter().enumerate() {
        let row = i as u64;
        out.plain(ids::record_type(row)).plain(developer).plain(name).plain(object).plain(i >= 6);
        out.stamps(Stamps::on(Day::ymd(2018, 1, 10), 30, row)).end()?;
    }
    out.finish()
}

/// First, last and full name, e-mail.
fn person(out: &mut Writer, number: u64) -> &mut Writer {
    out.plain(format_args!("Given{number:04}")).plain(format_args!("Family{number:04}"));
    out.plain(format_args!("Given{number:04} Family{number:04}"))
        .plain(format_args!("person{number:04}@example.com"))
}

const fn prefix(segment: Segment) -> &'static str {
    match segment {
        Segment::Smb => "SMB",
        Segment::MidMarket => "MM",
        Segment::Large => "Large",
        Segment::PubSec => "PubSec",
    }
}

const fn employees(segment: Segment) -> Option<(i64, i64)> {
    match segment {
        Segment::Smb => Some((1, 100)),
        Segment::MidMarket => Some((101, 2000)),
        Segment::Large => Some((2001, 90_000)),
        Segment::PubSec => None,
    }
}

/// Owner teams as the CRM spells them, with and without spaces around the hyphen.
fn team(segment: Segment, region: &str, variant: u64) -> &'static str {
    match (segment, region, variant) {
        (Segment::PubSec, ..) => "Public Sector",
        (Segment::Large, "East", _) => "US East",
        (Segment::Large, "West", _) => "US West",
        (Segment::Large, "EMEA", _) => "EMEA",
        (Segment::Large, "APAC", _) => "APAC",
        (Segment::Large, ..) => "Commercial",
        (Segment::MidMarket, "East", _) => "MM - East",
        (Segment::MidMarket, "West", _) => "MM - West",
        (Segment::MidMarket, "EMEA", 0) => "MM-EMEA",
        (Segment::MidMarket, "EMEA", _) => "MM - EMEA",
        (Segment::MidMarket, "APAC", 0) => "MM-APAC",
        (Segment::MidMarket, "APAC", _) => "MM - APAC",
        (Segment::MidMarket, ..) => "Commercial - MM",
        (Segment::Smb, "East" | "West", 0) => "SMB",
        (Segment::Smb, "East" | "West", _) => "SMB - US",
        (Segment::Smb, _, 0) => "Commercial - SMB",
        (Segment::Smb, _, 1) => "Channel",
        (Segment::Smb, ..) => "SMB - International",
    }
}
