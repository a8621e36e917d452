//! Writes a whole data set: every raw table, the seed that goes with it, and the manifest.

mod catalog;
mod contracts;
mod customers;
mod families;
mod features;
mod gainsight;
mod ids;
mod invoices;
mod products;
mod rng;
pub mod roster;
mod salesforce;
mod sizes;
mod usage;
mod words;
mod zuora;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use self::catalog::Catalog;
use self::contracts::{Fill, Maker};
use self::customers::Customers;
use self::roster::{Part, Roster, Size};
use crate::args::Faults;
use crate::faults::{self, Target};
use crate::table::Written;

/// Fills `out`, which is made when missing; files of an earlier run are replaced.
pub fn generate(size: Size, out: &Path, wanted: Option<&Faults>) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let (roster, catalog) = (Roster::new(size), Catalog::new());
    let maker = Maker::new(&roster, &catalog, Fill::default());
    let maker = Maker::new(&roster, &catalog, sizes::fill(&maker));
    let (mut written, sold) = zuora::write(out, &maker)?;
    written.extend(catalog.write(out)?);
    let customers = Customers::new(&roster, sold);
    written.extend(salesforce::write(out, &roster, &customers)?);
    written.extend(gainsight::write(out, size, &customers)?);
    written.extend(usage::write(out, size, &customers)?);
    write_excluded(out, &roster)?;
    if let Some(Faults { only, project }) = wanted {
        let target = Target { out, project, only: only.as_deref() };
        faults::inject(&target, size, &mut written)?;
    }
    fs::write(out.join("manifest.json"), manifest(size, written))
}

fn write_excluded(out: &Path, roster: &Roster) -> io::Result<()> {
    let mut text = String::from("account_id,is_permanently_excluded,description\n");
    for (i, billing) in roster.billing.iter().enumerate() {
        if let Part::Excluded(for_good) = billing.part {
            let why = if for_good { "internal test account" } else { "data issue not yet fixed" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{},{for_good},{why}", ids::account(i));
        }
    }
    fs::create_dir_all(out.join("seeds"))?;
    fs::write(out.join("seeds/zuora_excluded_accounts.csv"), text)
}

/// Seed, scale, and rows and SHA-256 of each file, sorted by path.
fn manifest(size: Size, mut written: Vec<Written>) -> String {
    written.sort_by(|a, b| a.path.cmp(&b.path));
    let mut text =
        format!("{{\n  \"seed\": {},\n  \"scale_permille\": {},\n  \"files\": [\n", size.seed, size.permille);
    for (i, file) in written.iter().enumerate() {
        let comma = if i + 1 < written.len() { "," } else { "" };
        let Written { path, rows, sha256 } = file;
        let _ =
            writeln!(text, "    {{\"path\": \"{path}\", \"rows\": {rows}, \"sha256\": \"{sha256}\"}}{comma}");
    }
    text.push_str("  ]\n}\n");
    text
}
