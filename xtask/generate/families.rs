//! The CRM's accounts: parents with their segments and stories, children, and those merged or deleted.

use std::collections::HashMap;

use crate::generate::rng::{Cells, shuffled};
use crate::generate::roster::{CrmAccount, Kind, ParentCase, Second, Segment, Size};
use crate::generate::words;

/// All CRM accounts in key order (parents, children, merged once, merged twice, deleted), and how many are parents.
pub fn crm_accounts(size: Size) -> (Vec<CrmAccount>, usize) {
    let cells = size.cells("crm");
    let (children, once) = (size.of(90) as usize, size.case(20));
    let (twice, gone) = (size.case(2), size.case(10));
    let parents = (size.of(400) as usize).saturating_sub(children + once + twice + gone);
    let segments = parent_segments(size, parents);
    let cases = parent_cases(size, parents);
    let mut names = Names { cells, seen: HashMap::new() };
    let mut accounts: Vec<CrmAccount> = (0..parents)
        .map(|i| CrmAccount { case: cases[i], ..account(&mut names, i, Kind::Parent, i, segments[i]) })
        .collect();
    for (column, mark) in NULL_MARKS {
        for &i in shuffled(cells, parents, column).iter().take(size.case(8)) {
            mark(&mut accounts[i]);
        }
    }
    for (i, parent) in child_parents(size, &cases, children).into_iter().enumerate() {
        let mut segment = segments[parent];
        if cases[parent] == ParentCase::MixedFamily {
            segment = (Segment::Large, Some("Large"));
        }
        accounts.push(account(&mut names, parents + i, Kind::Child, parent, segment));
    }
    let ordinary: Vec<usize> = (0..parents).filter(|&i| cases[i] == ParentCase::Ordinary).collect();
    for i in 0..once + twice {
        let at = accounts.len();
        let (kind, master) = match i.checked_sub(once) {
            None => (Kind::MergedOnce, cells.at(i as u64, "survivor").pick(&ordinary)),
            Some(nth) => (Kind::MergedTwice, parents + children + nth),
        };
        let segment = (accounts[master].segment, accounts[master].raw_segment);
        accounts.push(CrmAccount { master: Some(master), ..account(&mut names, at, kind, at, segment) });
    }
    for _ in 0..gone {
        let at = accounts.len();
        accounts.push(account(&mut names, at, Kind::DeletedNotMerged, at, (Segment::Smb, Some("SMB"))));
    }
    let order = shuffled(cells, parents, "second");
    let seconds = [vec![Second::Exact; size.case(3)], vec![Second::Older; size.case(2)]].concat();
    for (i, second) in order.into_iter().zip(seconds) {
        accounts[i].second = second;
    }
    (accounts, parents)
}

type Mark = fn(&mut CrmAccount);

/// The three attributes of a parent that may be missing.
const NULL_MARKS: [(&str, Mark); 3] = [
    ("null industry", |account| account.null_industry = true),
    ("null territory", |account| account.null_territory = true),
    ("null team", |account| account.null_team = true),
];

type RawSegment = (Segment, Option<&'static str>);

fn account(names: &mut Names, at: usize, kind: Kind, parent: usize, segment: RawSegment) -> CrmAccount {
    CrmAccount {
        name: names.next(at),
        kind,
        parent,
        master: None,
        segment: segment.0,
        raw_segment: segment.1,
        case: ParentCase::Ordinary,
        null_industry: false,
        null_territory: false,
        null_team: false,
        second: Second::None,
    }
}

/// Two words, and a number when both were met before.
struct Names {
    cells: Cells,
    seen: HashMap<(&'static str, &'static str), u32>,
}

impl Names {
    fn next(&mut self, at: usize) -> String {
        let first = self.cells.at(at as u64, "first word").pick(&words::FIRST_WORDS);
        let second = self.cells.at(at as u64, "second word").pick(&words::SECOND_WORDS);
        let count = self.seen.entry((first, second)).or_default();
        *count += 1;
        if *count == 1 { format!("{first} {second}") } else { format!("{first} {second} {count}") }
    }
}

/// A segment, its share in percent, odd spellings with their numbers, the usual one.
type Spelling = (Segment, usize, &'static [(Option<&'static str>, u64)], &'static str);

/// Segments by share, spelt in the many ways of the raw data.
fn parent_segments(size: Size, parents: usize) -> Vec<RawSegment> {
    let spellings: [Spelling; 4] = [
        (Segment::PubSec, 3, &[(Some("pubsec"), 2)], "PubSec"),
        (
            Segment::Large,
            14,
            &[(Some("large"), 10), (Some("LRG"), 2), (Some("Strategic"), 3), (Some("JiHu"), 1)],
            "Large",
        ),
        (
            Segment::MidMarket,
            28,
            &[(Some("mid market"), 11), (Some("MID-MARKET"), 11), (Some("MM"), 2)],
            "Mid-Market",
        ),
        (
            Segment::Smb,
            100,
            &[(None, 26), (Some("Unknown"), 16), (Some(""), 3), (Some("   "), 1), (Some("smb"), 12)],
            "SMB",
        ),
    ];
    let mut order = shuffled(size.cells("crm"), parents, "segment").into_iter();
    let mut result = vec![(Segment::Smb, Some("SMB")); parents];
    for (segment, percent, odd, usual) in spellings {
        let odd = odd.iter().flat_map(|(text, base)| vec![*text; size.case(*base)]);
        let raws = odd.chain(std::iter::repeat(Some(usual)));
        let count = (parents * percent).div_ceil(100);
        for (i, raw) in order.by_ref().take(count).zip(raws) {
            result[i] = (segment, raw);
        }
    }
    result
}

fn parent_cases(size: Size, parents: usize) -> Vec<ParentCase> {
    let mut cases = vec![ParentCase::Ordinary; parents];
    let order = shuffled(size.cells("crm"), parents, "case");
    let wanted = std::iter::repeat_n(ParentCase::Returner, size.case(6))
        .chain(std::iter::repeat_n(ParentCase::BigFamily, 1))
        .chain(std::iter::once(ParentCase::MixedFamily));
    // The mixed family's parent must not be Large itself, since its child is.
    let small = parent_segments(size, parents);
    let small = order.into_iter().filter(|&i| matches!(small[i].0, Segment::Smb | Segment::MidMarket));
    for (i, case) in small.zip(wanted) {
        cases[i] = case;
    }
    cases
}

/// The parent of each child: six for the big family, one for the mixed one, the rest by chance.
fn child_parents(size: Size, cases: &[ParentCase], children: usize) -> Vec<usize> {
    let cells = size.cells("crm");
    let find = |case| cases.iter().position(|&c| c == case).unwrap_or(0);
    let ordinary: Vec<usize> = (0..cases.len()).filter(|&i| cases[i] == ParentCase::Ordinary).collect();
    let mut result = vec![find(ParentCase::MixedFamily)];
    result.extend([find(ParentCase::BigFamily); 6]);
    for i in result.len()..children {
        result.push(cells.at(i as u64, "child of").pick(&ordinary));
    }
    result.truncate(children);
    result
}
