//! The faults, in the order of the tests that find them.

use super::raw::{Action, Choice, Columns, Edit};
use super::{Change, Fault};
use crate::generate::roster::Size;
use crate::schema::{self, Spec};

type Values = &'static [(&'static str, Option<&'static str>)];

fn fault(test: &'static str, what: &'static str, changes: Vec<Change>) -> Fault {
    Fault { test, what, changes }
}

fn raw(spec: &'static Spec, action: Action) -> Change {
    Change::Raw(Edit { spec, action })
}

fn set(spec: &'static Spec, nth: usize, wanted: fn(&Columns) -> bool, values: Values) -> Change {
    raw(spec, Action::Set(Choice { nth, wanted }, values))
}

fn copy(spec: &'static Spec, wanted: fn(&Columns) -> bool, values: Values) -> Change {
    raw(spec, Action::Copy(Choice { nth: 0, wanted }, values))
}

/// A charge sold once, of an account that is neither excluded nor deleted: it gives no ARR.
fn one_time(row: &Columns) -> bool {
    row.is("chargetype", "OneTime") && row.get("accountid") > Some("ac00000008")
}

/// All faults that a data set of this size can hold.
pub fn faults(size: Size) -> Vec<Fault> {
    let mut faults = in_raw_tables();
    faults.extend(in_raw_rows());
    faults.extend(in_built_tables());
    // Golden records are those of one data set.
    if size == Size::DEFAULT {
        faults.push(in_golden_records());
    }
    faults.sort_by_key(|fault| fault.test);
    faults
}

/// Faults of whole tables and columns.
fn in_raw_tables() -> Vec<Fault> {
    let source = "models/sources/zuora/zuora_account_source.sql";
    vec![
        fault(
            "T-01",
            "a declared table was never delivered",
            vec![Change::File(
                "models/sources/zuora/credit_memo.yml",
                "version: 2\n\nsources:\n  - name: zuora\n    schema: zuora_stitch\n    tables:\n      - name: credit_memo\n        \
             description: Credit memos.\n        config:\n          meta: {classification: YELLOW}\n",
            )],
        ),
        fault(
            "T-02",
            "a column was renamed, and its model with it, but not the declaration",
            vec![
                raw(&schema::ZUORA_ACCOUNT, Action::Rename("batch", "batch__c")),
                Change::Patch(source, "        batch,\n", "        batch__c as batch,\n"),
            ],
        ),
        fault(
            "T-03",
            "no row was loaded for four days",
            vec![raw(&schema::LEAD, Action::Cap("_sdc_batched_at", "2021-07-28 00:00:00"))],
        ),
        fault("T-10", "nearly all rows are gone", vec![raw(&schema::REVIEW, Action::Keep(1))]),
    ]
}

/// Faults of single raw rows.
fn in_raw_rows() -> Vec<Fault> {
    vec![
        fault(
            "T-04",
            "an account id of 31 characters",
            vec![copy(
                &schema::ZUORA_ACCOUNT,
                |row| row.get("id") > Some("ac00000008") && row.get("crmid").is_some(),
                &[("id", Some("ac99999999000000000000000000000")), ("accountnumber", Some("A99999999"))],
            )],
        ),
        fault(
            "T-06",
            "two different rows of one id with the same times",
            vec![copy(
                &schema::OPPORTUNITY,
                |row| row.is("isdeleted", "false") && row.get("playbook_cta_id").is_none(),
                &[("name", Some("Another name"))],
            )],
        ),
        fault(
            "T-07",
            "a product without a name",
            vec![set(&schema::PRODUCT, 0, |row| row.is("category", "Withdrawn"), &[("name", None)])],
        ),
        // Deleted, so that staging drops the row and only the source shows it; the same below.
        fault(
            "T-08",
            "an unknown subscription status",
            vec![set(
                &schema::SUBSCRIPTION,
                0,
                |row| row.is("status", "Draft"),
                &[("status", Some("Suspended")), ("deleted", Some("true"))],
            )],
        ),
        fault(
            "T-09",
            "an unknown charge type",
            vec![set(
                &schema::CHARGE,
                0,
                |row| row.is("deleted", "true"),
                &[("chargetype", Some("Discount"))],
            )],
        ),
        fault(
            "T-12",
            "a charge that eats up the sum of MRR",
            vec![set(&schema::CHARGE, 1, one_time, &[("mrr", Some("-9999999999.00"))])],
        ),
        fault(
            "T-15",
            "an unknown sales segment",
            vec![set(
                &schema::CRM_ACCOUNT,
                0,
                |row| row.is("isdeleted", "true") && row.get("masterrecordid").is_none(),
                &[("ultimate_parent_sales_segment_employees__c", Some("Galactic"))],
            )],
        ),
        fault(
            "T-17",
            "a list price below zero",
            vec![set(
                &schema::TIER,
                0,
                |row| row.is("currency", "USD") && row.is("tier", "1"),
                &[("price", Some("-1.00"))],
            )],
        ),
        fault(
            "T-18",
            "a charge of a product that the catalogue does not hold",
            vec![set(
                &schema::CHARGE,
                0,
                one_time,
                &[("productrateplanchargeid", Some("pc999999999999999999999999999999"))],
            )],
        ),
        fault(
            "T-22",
            "a charge that ends before it starts",
            vec![set(&schema::CHARGE, 2, one_time, &[("effectiveenddate", Some("2018-01-01"))])],
        ),
        fault(
            "T-31",
            "value before the contract was signed",
            vec![set(
                &schema::ATTRIBUTES,
                0,
                |row| row.get("first_value_date").is_some(),
                &[("first_value_date", Some("2018-01-01"))],
            )],
        ),
        fault(
            "T-33",
            "an account without a day of creation, and days no longer filtered",
            vec![
                set(
                    &schema::ZUORA_ACCOUNT,
                    0,
                    |row| row.get("id") > Some("ac00000008"),
                    &[("createddate", None)],
                ),
                Change::Patch(
                    "macros/trusted_data/model_count_and_group_by_date.sql",
                    "where {{ date_column }} is not null\n",
                    "",
                ),
            ],
        ),
    ]
}

/// Faults that no raw data can bring about, since the models would have to be wrong.
fn in_built_tables() -> Vec<Fault> {
    let change = |test, what, model, statement| fault(test, what, vec![Change::Statement(model, statement)]);
    vec![
        change(
            "T-13",
            "a quarter stands twice",
            "quarter_growth_total",
            "insert into {{ ref('quarter_growth_total') }} select * from {{ ref('quarter_growth_total') }} \
             where fiscal_quarter_name_fy = 'FY21-Q4'",
        ),
        fault(
            "T-14",
            "the unknown member is gone, and nothing refers to it any more",
            vec![
                Change::Statement(
                    "fct_mrr",
                    "update {{ ref('fct_mrr') }} set crm_account_id = (select max(crm_account_id) from \
                 {{ ref('dim_crm_accounts') }}) where crm_account_id = '-1'",
                ),
                Change::Statement(
                    "mart_arr",
                    "update {{ ref('mart_arr') }} set ultimate_parent_account_id = (select max(crm_account_id) from \
                 {{ ref('dim_crm_accounts') }}) where ultimate_parent_account_id = '-1'",
                ),
                Change::Statement(
                    "dim_crm_accounts",
                    "delete from {{ ref('dim_crm_accounts') }} where crm_account_id = '-1'",
                ),
            ],
        ),
        change(
            "T-19",
            "a charge of an excluded account",
            "fct_charges",
            "update {{ ref('fct_charges') }} set billing_account_id = (select min(account_id) from \
             {{ ref('zuora_excluded_accounts') }}) where charge_id = (select min(charge_id) from {{ ref('fct_charges') }})",
        ),
        change(
            "T-21",
            "ARR that is not twelve times MRR",
            "fct_mrr",
            "update {{ ref('fct_mrr') }} set arr = arr + 1 where mrr_id = (select min(mrr_id) from {{ ref('fct_mrr') }})",
        ),
        change(
            "T-24",
            "ARR in the report that the mart does not have",
            "customer_segmentation",
            "update {{ ref('customer_segmentation') }} set arr = arr + 1 where arr = (select max(arr) from \
             {{ ref('customer_segmentation') }})",
        ),
        change(
            "T-25",
            "a row of the last month lost on the way to the mart",
            "mart_arr",
            "delete from {{ ref('mart_arr') }} where primary_key = (select min(primary_key) from {{ ref('mart_arr') }} \
             where arr_month = (select max(arr_month) from {{ ref('mart_arr') }}))",
        ),
        change(
            "T-26",
            "a quarter's ARR that is not that of its last month",
            "customer_segmentation_quarter_growth",
            "update {{ ref('customer_segmentation_quarter_growth') }} set ty_arr = ty_arr + 1 where ty_arr = \
             (select max(ty_arr) from {{ ref('customer_segmentation_quarter_growth') }})",
        ),
        change(
            "T-27",
            "gross retention below zero",
            "cs_retention_summary",
            "update {{ ref('cs_retention_summary') }} set gross_retention_arr = -1 where cs_segment = 'All' and \
             retention_month = (select max(retention_month) from {{ ref('cs_retention_summary') }})",
        ),
        change(
            "T-28",
            "an expansion that is said to have no impact",
            "mart_retention_parent_account",
            "update {{ ref('mart_retention_parent_account') }} set type_of_arr_change = 'No Impact' where primary_key = \
             (select min(primary_key) from {{ ref('mart_retention_parent_account') }} \
             where type_of_arr_change = 'Expansion')",
        ),
        change(
            "T-30",
            "a share of two hundred percent",
            "cs_scorecard",
            "update {{ ref('cs_scorecard') }} set value = 2 where metric = 'email_open_rate' and \
             fiscal_quarter_name_fy = 'FY22-Q2'",
        ),
        change(
            "T-32",
            "an e-mail column in a report",
            "customer_count_month",
            "alter table {{ ref('customer_count_month') }} add column contact_email varchar",
        ),
        change(
            "T-34",
            "a slug with a period",
            "dim_subscriptions",
            "update {{ ref('dim_subscriptions') }} set subscription_name_slugify = 'a.b' where subscription_id = \
             (select min(subscription_id) from {{ ref('dim_subscriptions') }})",
        ),
    ]
}

fn in_golden_records() -> Fault {
    fault(
        "T-29",
        "another territory than the one that was looked up by hand",
        vec![Change::Statement(
            "dim_crm_accounts",
            "update {{ ref('dim_crm_accounts') }} set ultimate_parent_territory = 'Nowhere' where crm_account_id = \
             (select min(crm_account_id) from {{ ref('dim_crm_accounts_golden_data') }})",
        )],
    )
}
