//! Who exists: CRM accounts with their families and merges, billing accounts with the part each one plays.
//! The roster is the only thing held in memory; all else is made from it row by row.

use crate::generate::families::crm_accounts;
use crate::generate::rng::{Cells, shuffled};

/// Seed and scale of a data set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub seed: u64,
    /// Scale in thousandths: 100, 1000, 10 000 or 100 000.
    pub permille: u64,
}

impl Size {
    /// What the project's variables name.
    pub const DEFAULT: Self = Self { seed: 20_210_801, permille: 1000 };

    pub const fn cells(self, table: &str) -> Cells {
        Cells::new(self.seed, table)
    }

    /// Rows at this scale of what is `base` at scale 1.
    pub const fn of(self, base: u64) -> u64 {
        (base * self.permille + 500) / 1000
    }

    /// The same for cases that every data set must hold.
    pub const fn case(self, base: u64) -> usize {
        let n = self.of(base);
        if n == 0 { 1 } else { n as usize }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Segment {
    Smb,
    MidMarket,
    Large,
    PubSec,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Parent,
    Child,
    /// Deleted, merged into a live account.
    MergedOnce,
    /// Deleted, merged into an account that was itself merged.
    MergedTwice,
    DeletedNotMerged,
}

/// How the story of a parent differs from the ordinary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParentCase {
    Ordinary,
    /// Leaves for some months and comes back.
    Returner,
    /// Has six children.
    BigFamily,
    /// Has a child whose segment differs; both have ARR in one month only.
    MixedFamily,
}

pub struct CrmAccount {
    pub name: String,
    pub kind: Kind,
    /// The top of the family; itself for a parent.
    pub parent: usize,
    pub master: Option<usize>,
    pub segment: Segment,
    pub raw_segment: Option<&'static str>,
    pub case: ParentCase,
    pub null_industry: bool,
    pub null_territory: bool,
    pub null_team: bool,
    pub second: Second,
}

/// A second raw row with the id of another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Second {
    None,
    /// The very same row again.
    Exact,
    /// An older `updateddate` with other values.
    Older,
    /// No `updateddate`, which is oldest of all.
    Undated,
    /// The same `updateddate`, from an earlier batch.
    EarlierBatch,
}

/// The part a billing account plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// In the seed of excluded accounts; `true` when for good.
    Excluded(bool),
    Regular,
    Returner,
    /// Parent and child of the mixed family.
    MixedParent,
    MixedChild,
    /// Its CRM account was merged away.
    Merged,
    WithoutCrmId,
    UnmatchedCrmId,
    Deleted,
    /// Its CRM account is deleted and has no survivor.
    CrmDeleted,
}

/// One thing out of the ordinary that a regular billing account shows; see the table in the README.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feature {
    OneMonthCharge,
    ZeroMrr,
    FlaggedOut,
    OpenEnded,
    UnknownPlan,
    GrainPair,
    TwoLiveVersions,
    DeletedHigherVersion,
    FlaggedHigherVersion,
    DeletedSubscription,
    DeletedRatePlan,
    DeletedCharge,
    Credit,
}

const FEATURES: [(Feature, u64); 13] = [
    (Feature::OneMonthCharge, 18),
    (Feature::ZeroMrr, 24),
    (Feature::FlaggedOut, 5),
    (Feature::OpenEnded, 6),
    (Feature::UnknownPlan, 7),
    (Feature::GrainPair, 24),
    (Feature::TwoLiveVersions, 4),
    (Feature::DeletedHigherVersion, 2),
    (Feature::FlaggedHigherVersion, 2),
    (Feature::DeletedSubscription, 4),
    (Feature::DeletedRatePlan, 4),
    (Feature::DeletedCharge, 4),
    (Feature::Credit, 4),
];

pub struct Billing {
    /// The CRM account its `crmid` names, when it names one.
    pub crm: Option<usize>,
    pub part: Part,
    /// What is out of the ordinary, and which of its kind it is.
    pub feature: Option<(Feature, usize)>,
    pub second_account: Second,
    pub second_subscription: Second,
    pub second_charge: Second,
    /// Place among the accounts that take fill rows, if one of them.
    pub ordinary: Option<u64>,
}

pub struct Roster {
    pub size: Size,
    pub parents: usize,
    pub accounts: Vec<CrmAccount>,
    pub billing: Vec<Billing>,
    /// How many billing accounts have `ordinary`.
    pub ordinary: u64,
}

const EXCLUDED_FOR_GOOD: usize = 5;
pub const EXCLUDED: usize = 7;

impl Roster {
    pub fn new(size: Size) -> Self {
        let (accounts, parents) = crm_accounts(size);
        let mut roster = Self { size, parents, accounts, billing: Vec::new(), ordinary: 0 };
        roster.add_billing();
        roster.add_features();
        roster
    }

    pub fn segment_of(&self, billing: usize) -> Segment {
        let crm = self.billing[billing].crm;
        crm.map_or(Segment::Smb, |crm| self.accounts[crm].segment)
    }

    fn add_billing(&mut self) {
        let (size, parents) = (self.size, self.parents);
        let cells = size.cells("billing");
        let ordinary = |account: &CrmAccount| account.case == ParentCase::Ordinary;
        let hosts: Vec<usize> = (0..parents).filter(|&i| ordinary(&self.accounts[i])).collect();
        let add = |list: &mut Vec<Billing>, crm: Option<usize>, part: Part| {
            list.push(Billing {
                crm,
                part,
                feature: None,
                second_account: Second::None,
                second_subscription: Second::None,
                second_charge: Second::None,
                ordinary: None,
            });
        };
        let mut list = Vec::new();
        for i in 0..EXCLUDED {
            add(&mut list, Some(hosts[i % hosts.len()]), Part::Excluded(i < EXCLUDED_FOR_GOOD));
        }
        let gone: Vec<usize> =
            (0..self.accounts.len()).filter(|&i| self.accounts[i].kind == Kind::DeletedNotMerged).collect();
        let merged: Vec<usize> =
            (0..self.accounts.len()).filter(|&i| self.accounts[i].master.is_some()).collect();
        let special = EXCLUDED + merged.len() + size.case(3) + size.case(2) + size.case(4) + size.case(3);
        let regular = (size.of(420) as usize).saturating_sub(special);
        let live: Vec<usize> = (0..self.accounts.len())
            .filter(|&i| matches!(self.accounts[i].kind, Kind::Parent | Kind::Child))
            .collect();
        for i in 0..regular {
            // The first accounts of the CRM get one each, what is left a second one to ordinary parents.
            let crm = live.get(i).copied().unwrap_or_else(|| hosts[(i * 13) % hosts.len()]);
            let account = &self.accounts[crm];
            let part = match (account.kind, self.accounts[account.parent].case) {
                (_, ParentCase::Returner) => Part::Returner,
                (Kind::Parent, ParentCase::MixedFamily) => Part::MixedParent,
                (Kind::Child, ParentCase::MixedFamily) => Part::MixedChild,
                _ => Part::Regular,
            };
            add(&mut list, Some(crm), part);
        }
        for crm in merged {
            add(&mut list, Some(crm), Part::Merged);
        }
        for _ in 0..size.case(3) {
            add(&mut list, None, Part::WithoutCrmId);
        }
        for _ in 0..size.case(2) {
            add(&mut list, None, Part::UnmatchedCrmId);
        }
        for i in 0..size.case(4) {
            let host = cells.at(i as u64, "deleted host").pick(&hosts);
            add(&mut list, Some(host), Part::Deleted);
        }
        for i in 0..size.case(3) {
            add(&mut list, Some(gone[i % gone.len()]), Part::CrmDeleted);
        }
        self.billing = list;
    }

    fn add_features(&mut self) {
        let size = self.size;
        let cells = size.cells("billing");
        let regular: Vec<usize> =
            (0..self.billing.len()).filter(|&i| self.billing[i].part == Part::Regular).collect();
        for (place, &i) in regular.iter().enumerate() {
            self.billing[i].ordinary = Some(place as u64);
        }
        self.ordinary = regular.len() as u64;
        let mut order = shuffled(cells, regular.len(), "feature").into_iter().map(|i| regular[i]);
        for (feature, base) in FEATURES {
            for nth in 0..size.case(base) {
                if let Some(i) = order.next() {
                    self.billing[i].feature = Some((feature, nth));
                }
            }
        }
        let seconds = |extra: &[(Second, u64)]| -> Vec<Second> {
            let all = [(Second::Exact, 3), (Second::Older, 2)];
            let all = all.iter().chain(extra);
            all.flat_map(|(second, base)| vec![*second; size.case(*base)]).collect()
        };
        for (i, second) in shuffled(cells, regular.len(), "second account").into_iter().zip(seconds(&[])) {
            self.billing[regular[i]].second_account = second;
        }
        for (i, second) in shuffled(cells, regular.len(), "second subscription").into_iter().zip(seconds(&[]))
        {
            self.billing[regular[i]].second_subscription = second;
        }
        let extra = [(Second::Undated, 1), (Second::EarlierBatch, 1)];
        for (i, second) in shuffled(cells, regular.len(), "second charge").into_iter().zip(seconds(&extra)) {
            self.billing[regular[i]].second_charge = second;
        }
    }
}
