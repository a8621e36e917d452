//! Writes what customer success records: attributes, plans, calls to action, activities, surveys, webinars, e-mails.
//! Each table begins with a block of one row per customer for what every customer goes through (onboarding), the
//! rest is spread by chance.

use std::io;
use std::path::Path;

use crate::AS_OF;
use crate::date::Day;
use crate::generate::customers::{Customer, Customers};
use crate::generate::ids::{self, Gainsight};
use crate::generate::rng::{Cells, Draw};
use crate::generate::roster::{Segment, Size};
use crate::generate::zuora::past;
use crate::schema;
use crate::table::{Stamps, Writer, Written};

const USE_CASES: [&str; 4] = ["SCM", "CI", "DevSecOps", "CD"];
const EXPANSION: &str = "Expansion Stage Adoption";
const ENABLEMENT: &str = "Enablement Stage Adoption";

/// Writes the seven tables.
pub fn write(dir: &Path, size: Size, customers: &Customers) -> io::Result<Vec<Written>> {
    let team = Team { size, customers };
    Ok(vec![
        team.write_attributes(dir)?,
        team.write_plans(dir)?,
        team.write_ctas(dir)?,
        team.write_activities(dir)?,
        team.write_surveys(dir)?,
        team.write_webinars(dir)?,
        team.write_emails(dir)?,
    ])
}

struct Team<'a> {
    size: Size,
    customers: &'a Customers,
}

/// When the onboarding of a customer began and when it first paid off.
struct Onboarding {
    begin: Day,
    first_value: Option<Day>,
}

impl Team<'_> {
    fn cells(&self, table: &str) -> Cells {
        self.size.cells(table)
    }

    /// The customer of a row: the first rows take the attributed ones in turn.
    fn customer(&self, row: u64, draw: Draw) -> &Customer {
        let list = &self.customers.list;
        let turn = self.customers.attributed.get(row as usize).copied();
        &list[turn.unwrap_or_else(|| draw.below(list.len() as u64) as usize)]
    }

    fn turns(&self) -> u64 {
        self.customers.attributed.len() as u64
    }

    fn onboarding(&self, customer: &Customer) -> Onboarding {
        let cells = self.cells("gainsight.onboarding");
        let row = customer.crm as u64;
        let begin = past(customer.since.plus(cells.at(row, "begin").between(0, 6)));
        let days = cells.at(row, "days to value").weighted(&[(8, 3), (20, 4), (35, 3), (80, 2)]);
        let day = customer.since.plus(days + cells.at(row, "more days").between(0, 14));
        let reached = cells.at(row, "value reached").chance(870) && day < AS_OF;
        Onboarding { begin, first_value: reached.then_some(day) }
    }

    /// A day between a customer's first contract and `AS_OF`.
    fn day(&self, customer: &Customer, draw: Draw) -> Day {
        customer.since.plus(draw.below((AS_OF.0 - customer.since.0).max(1) as u64) as i64)
    }

    fn write_attributes(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::ATTRIBUTES)?;
        let cells = self.cells("gainsight.customer_attributes");
        for (i, &at) in self.customers.attributed.iter().enumerate() {
            let (row, customer) = (i as u64, &self.customers.list[at]);
            let onboarding = self.onboarding(customer);
            out.plain(ids::crm_account(customer.crm)).plain(customer.since).plain(onboarding.begin);
            out.plain_or_null(onboarding.first_value).plain(!customer.silent);
            let named = customer.segment != Segment::Smb && cells.at(row, "tam").chance(900);
            out.plain_or_null(named.then(|| ids::user(cells.at(row, "tam user").below(12))));
            out.plain(cells.at(row, "driver").pick(&["Efficiency", "Speed", "Security and compliance"]));
            self.end(&mut out, row, onboarding.begin)?;
        }
        out.finish()
    }

    fn write_plans(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::SUCCESS_PLAN)?;
        let cells = self.cells("gainsight.success_plan");
        for row in 0..self.size.of(350) {
            let draw = |column| cells.at(row, column);
            let customer = self.customer(row, draw("customer"));
            let status = draw("status").weighted(&[("Active", 65), ("Draft", 12), ("Closed", 23)]);
            let created = past(customer.since.plus(draw("created").between(5, 200)));
            let closed = (status == "Closed").then(|| past(created.plus(draw("closed").between(60, 500))));
            let qualified = status != "Draft" && draw("qualified").chance(720);
            out.plain(Gainsight("PLN", row)).plain(ids::crm_account(customer.crm));
            out.plain(draw("type").weighted(&[("ROI Success Plan", 75), ("Stage Adoption", 25)]))
                .plain(status);
            out.plain(created).plain_or_null(closed).plain(qualified);
            out.plain_or_null(qualified.then(|| past(created.plus(draw("qualified on").between(0, 60)))));
            out.plain(draw("drivers").chance(780)).plain(draw("use cases").chance(720));
            self.end(&mut out, row, closed.unwrap_or(created))?;
        }
        out.finish()
    }

    /// Onboarding for each attributed customer, one expansion play for some, then all kinds.
    fn write_ctas(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::CTA)?;
        let cells = self.cells("gainsight.cta");
        let mut plays: Vec<(u64, usize)> =
            self.customers.expansion.iter().map(|(&crm, &row)| (row, crm)).collect();
        plays.sort_unstable();
        let find = |crm| self.customers.list.binary_search_by_key(&crm, |customer| customer.crm).ok();
        let play_owner: Vec<Option<usize>> = plays.iter().map(|&(_, crm)| find(crm)).collect();
        for row in 0..self.size.of(1200) {
            let draw = |column| cells.at(row, column);
            let play =
                row.checked_sub(self.turns()).and_then(|at| play_owner.get(at as usize).copied().flatten());
            let customer = match play {
                Some(at) => &self.customers.list[at],
                None => self.customer(row, draw("customer")),
            };
            let kind = Kind::of(row, self.turns(), play.is_some(), draw("kind"));
            let use_case = draw("use case").pick(&USE_CASES);
            let opened = match kind {
                Kind::Onboarding => self.onboarding(customer).begin,
                _ => self.day(customer, draw("opened")),
            };
            let days = if kind == Kind::Onboarding { (12, 70) } else { (10, 90) };
            let closed = opened.plus(draw("days open").between(days.0, days.1));
            let closed = (closed < AS_OF && draw("closed").chance(880)).then_some(closed);
            let (playbook, category) = kind.playbook(use_case, draw("wording").below(20));
            out.plain(Gainsight("CTA", row)).plain(ids::crm_account(customer.crm)).plain(kind.cta_type());
            out.text(&playbook).text_or_null(category);
            out.text_or_null(matches!(kind, Kind::Expand | Kind::Enable).then_some(use_case)).plain(opened);
            out.plain_or_null(closed);
            let won = draw("won").weighted(&[("Closed Success", 3), ("Closed No Success", 1)]);
            out.plain(if closed.is_some() { won } else { "Open" });
            self.end(&mut out, row, closed.unwrap_or(opened))?;
        }
        out.finish()
    }

    /// A first contact, a call after about a month, then what happens along the way.
    fn write_activities(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::ACTIVITY)?;
        let cells = self.cells("gainsight.timeline_activity");
        let turns = self.turns();
        for row in 0..self.size.of(3500) {
            let draw = |column| cells.at(row, column);
            let customer = self.customer(if row < 2 * turns { row % turns } else { row }, draw("customer"));
            let (kind, day) = if row < turns {
                let kind = draw("type").pick(&["Customer Call", "Meeting"]);
                // Some were in touch before their onboarding began.
                (kind, past(self.onboarding(customer).begin.plus(draw("first").between(-5, 25))))
            } else if row < 2 * turns {
                ("Customer Call", past(customer.since.plus(draw("second").between(10, 60))))
            } else {
                let kinds =
                    [("Customer Call", 20), ("Meeting", 15), ("Workshop", 10), ("Email", 35), ("Update", 20)];
                (draw("type").weighted(&kinds), self.day(customer, draw("day")))
            };
            out.plain(Gainsight("ACT", row)).plain(ids::crm_account(customer.crm)).plain(contact(customer));
            out.plain(kind).plain(day);
            self.end(&mut out, row, day)?;
        }
        out.finish()
    }

    /// Onboarding surveys at first value or day 90, renewal surveys 110 days before a term ends.
    fn write_surveys(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::SURVEY)?;
        let cells = self.cells("gainsight.survey_response");
        for row in 0..self.size.of(700) {
            let draw = |column| cells.at(row, column);
            let customer = self.customer(row, draw("customer"));
            let renewal = row >= self.turns() && draw("type").chance(850);
            let terms = customer.sold.iter().flat_map(|sold| &sold.terms);
            let due = if renewal {
                let ends: Vec<Day> =
                    terms.map(|term| term.end.plus(-110)).filter(|day| *day < AS_OF).collect();
                if ends.is_empty() { AS_OF } else { draw("term").pick(&ends) }
            } else {
                self.onboarding(customer).first_value.unwrap_or_else(|| customer.since.plus(90))
            };
            let sent = past(due);
            let answered = sent.plus(draw("answer after").between(0, 20));
            let answered = (answered < AS_OF && draw("answered").chance(620)).then_some(answered);
            let nps = draw("nps").weighted(&[(2, 1), (5, 1), (6, 2), (7, 3), (8, 4), (9, 5), (10, 4)]);
            let csat = draw("csat").weighted(&[(1, 1), (2, 1), (3, 3), (4, 8), (5, 7)]);
            out.plain(Gainsight("SUR", row)).plain(ids::crm_account(customer.crm)).plain(contact(customer));
            out.plain(if renewal { "Renewal" } else { "Onboarding" }).plain(sent).plain_or_null(answered);
            out.plain_or_null(answered.filter(|_| draw("no nps").chance(930)).map(|_| nps));
            out.plain_or_null(answered.filter(|_| draw("no csat").chance(850)).map(|_| csat));
            self.end(&mut out, row, answered.unwrap_or(sent))?;
        }
        out.finish()
    }

    fn write_webinars(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::WEBINAR)?;
        let cells = self.cells("gainsight.webinar_attendance");
        for row in 0..self.size.of(1500) {
            let draw = |column| cells.at(row, column);
            let customer = self.customer(row, draw("customer"));
            let other = draw("type").weighted(&[("Onboarding", 10), ("Enablement", 60), ("Expansion", 30)]);
            let early = row < self.turns();
            let day = if early {
                past(customer.since.plus(draw("soon").between(3, 60)))
            } else {
                self.day(customer, draw("day"))
            };
            out.plain(Gainsight("WEB", row)).plain(ids::crm_account(customer.crm)).plain(contact(customer));
            out.plain(if early { "Onboarding" } else { other })
                .plain(day)
                .plain(draw("attended").chance(640));
            self.end(&mut out, row, day)?;
        }
        out.finish()
    }

    /// E-mails of the last year, each as a run of events.
    fn write_emails(&self, dir: &Path) -> io::Result<Written> {
        let mut out = Writer::create(dir, &schema::EMAIL_EVENT)?;
        let cells = self.cells("gainsight.email_event");
        let rows = self.size.of(12_000);
        let (mut row, mut email) = (0, 0);
        while row < rows {
            let draw = |column| cells.at(email, column);
            let customer = self.customer(u64::MAX, draw("customer"));
            let first = customer.since.max(Day::ymd(2020, 8, 1));
            let sent = first.plus(draw("day").below((AS_OF.0 - first.0).max(1) as u64) as i64);
            let second = draw("second").between(25_200, 61_200);
            let mut events = vec![("sent", 0)];
            if draw("bounced").chance(40) {
                events.push(("bounced", 3));
            } else {
                events.push(("delivered", 5));
                if draw("opened").chance(420) {
                    let opened = draw("opened after").between(60, 20_000);
                    events.push(("opened", opened));
                    if draw("clicked").chance(300) {
                        events.push(("clicked", opened + 40));
                    }
                    if draw("again").chance(150) {
                        events.push(("opened", opened + 900));
                    }
                }
            }
            let program =
                draw("program").pick(&["Admin enablement", "CI basics", "Security basics", "Renewal notice"]);
            for (event, after) in events.into_iter().take((rows - row) as usize) {
                out.plain(Gainsight("EVT", row)).plain(Gainsight("EML", email));
                out.plain(ids::crm_account(customer.crm))
                    .plain(contact(customer))
                    .plain(program)
                    .plain(event);
                let at = sent.at(second + after);
                out.plain(at).plain(Stamps::new(at, at, row).batched).end()?;
                row += 1;
            }
            email += 1;
        }
        out.finish()
    }

    fn end(&self, out: &mut Writer, row: u64, day: Day) -> io::Result<()> {
        out.plain(Stamps::on(day, 0, row).batched).end()
    }
}

/// The first contact of the account.
fn contact(customer: &Customer) -> ids::Salesforce {
    ids::crm_contact(customer.crm as u64)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Onboarding,
    Expand,
    Enable,
    Risk,
    Lifecycle,
}

impl Kind {
    fn of(row: u64, turns: u64, play: bool, draw: Draw) -> Self {
        if row < turns {
            Self::Onboarding
        } else if play {
            Self::Expand
        } else {
            draw.weighted(&[(Self::Enable, 40), (Self::Expand, 20), (Self::Risk, 20), (Self::Lifecycle, 20)])
        }
    }

    const fn cta_type(self) -> &'static str {
        match self {
            Self::Onboarding => "Onboarding",
            Self::Expand | Self::Enable => "Objective",
            Self::Risk => "Risk",
            Self::Lifecycle => "Lifecycle",
        }
    }

    /// Name and category; a playbook may be told by either, is void when `OLD`, and unknown in lower case.
    fn playbook(self, use_case: &str, wording: u64) -> (String, Option<&'static str>) {
        let (verb, category) = match self {
            Self::Expand => ("Expand", EXPANSION),
            Self::Enable => ("Enable", ENABLEMENT),
            Self::Onboarding => return ("Customer onboarding".into(), Some("Onboarding")),
            Self::Risk => return ("Low usage".into(), None),
            Self::Lifecycle => return ("Renewal check".into(), None),
        };
        match wording {
            0 | 1 => (format!("OLD {use_case} {verb}"), Some(category)),
            2 => (format!("{use_case} {}", verb.to_lowercase()), None),
            3..=5 => (format!("{use_case} growth"), Some(category)),
            6..=8 => (format!("{use_case} {verb}"), None),
            _ => (format!("{use_case} {verb}"), Some(category)),
        }
    }
}
