//! The raw tables: where each lies and its columns in order, as the sources declare them.

use std::path::{Path, PathBuf};

/// One raw table.
pub struct Spec {
    pub schema: &'static str,
    pub table: &'static str,
    /// The columns that make a row unique among non-duplicates.
    pub key: &'static [&'static str],
    /// Name and type, comma-separated: s text, i integer, n decimal(18,2), b boolean, d date, ts timestamp.
    pub layout: &'static str,
}

impl Spec {
    pub fn path(&self, dir: &Path) -> PathBuf {
        dir.join(self.schema).join(format!("{}.csv", self.table))
    }

    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.layout.split(',').filter_map(|column| column.split_whitespace().next())
    }
}

/// All tables as CSV: schema, table, position, column, type.
pub fn listing() -> String {
    let mut text = String::from("schema,table,position,column,type\n");
    for spec in ALL {
        for (i, column) in spec.layout.split(',').enumerate() {
            let column = column.trim().replace(' ', ",");
            text.push_str(&format!("{},{},{},{column}\n", spec.schema, spec.table, i + 1));
        }
    }
    text
}

const fn spec(schema: &'static str, table: &'static str, layout: &'static str) -> Spec {
    Spec { schema, table, key: &["id"], layout }
}

const fn keyed(
    schema: &'static str,
    table: &'static str,
    key: &'static [&'static str],
    layout: &'static str,
) -> Spec {
    Spec { schema, table, key, layout }
}

pub static ZUORA_ACCOUNT: Spec = spec(
    "zuora_stitch",
    "account",
    "id s,name s,accountnumber s,crmid s,parentid s,status s,currency s,batch s,soldtocontactid s,\
     billtocontactid s,accountcode__c s,deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static ZUORA_CONTACT: Spec = spec(
    "zuora_stitch",
    "contact",
    "id s,accountid s,firstname s,lastname s,workemail s,country s,state s,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static SUBSCRIPTION: Spec = spec(
    "zuora_stitch",
    "subscription",
    "id s,accountid s,name s,version i,status s,originalid s,previoussubscriptionid s,autorenew b,initialterm i,\
     renewalterm i,renewaltermperiodtype s,termstartdate d,termenddate d,subscriptionstartdate d,\
     subscriptionenddate d,renewal_subscription__c__c s,opportunityid__c s,createdbyid s,excludefromanalysis__c s,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static RATE_PLAN: Spec = spec(
    "zuora_stitch",
    "rateplan",
    "id s,subscriptionid s,name s,productid s,productrateplanid s,amendmenttype s,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static CHARGE: Spec = spec(
    "zuora_stitch",
    "rateplancharge",
    "id s,accountid s,rateplanid s,productrateplanchargeid s,chargenumber s,name s,chargetype s,chargemodel s,\
     effectivestartdate d,effectiveenddate d,uom s,quantity n,mrr n,tcv n,dtcv n,dmrc n,discountlevel s,segment i,\
     version i,islastsegment b,deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static PRODUCT: Spec = spec(
    "zuora_stitch",
    "product",
    "id s,name s,sku s,category s,effectivestartdate d,effectiveenddate d,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static PRODUCT_RATE_PLAN: Spec = spec(
    "zuora_stitch",
    "productrateplan",
    "id s,productid s,name s,effectivestartdate d,effectiveenddate d,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static PRODUCT_CHARGE: Spec = spec(
    "zuora_stitch",
    "productrateplancharge",
    "id s,productrateplanid s,name s,deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static TIER: Spec = keyed(
    "zuora_stitch",
    "productrateplanchargetier",
    &["productrateplanchargeid", "currency", "tier"],
    "productrateplanchargeid s,currency s,tier i,price n,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static INVOICE: Spec = spec(
    "zuora_stitch",
    "invoice",
    "id s,accountid s,invoicenumber s,invoicedate d,duedate d,status s,amount n,amountwithouttax n,taxamount n,\
     balance n,deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static INVOICE_ITEM: Spec = spec(
    "zuora_stitch",
    "invoiceitem",
    "id s,invoiceid s,rateplanchargeid s,subscriptionid s,productrateplanchargeid s,chargename s,sku s,uom s,\
     quantity n,unitprice n,chargeamount n,taxamount n,servicestartdate d,serviceenddate d,\
     deleted b,createddate ts,updateddate ts,_sdc_batched_at ts",
);
pub static CRM_ACCOUNT: Spec = spec(
    "salesforce_stitch",
    "account",
    "id s,name s,masterrecordid s,ownerid s,recordtypeid s,type s,ultimate_parent_account_id__c s,\
     ultimate_parent_sales_segment_employees__c s,industry s,account_owner_calc__c s,account_owner_team__c s,\
     atam_territory__c s,atam_region__c s,atam_account_employees__c i,billingcountry s,federal_account__c b,\
     technical_account_manager_lu__c s,customer_since__c d,health__c s,\
     isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static CRM_CONTACT: Spec = spec(
    "salesforce_stitch",
    "contact",
    "id s,accountid s,firstname s,lastname s,name s,email s,title s,mobilephone s,masterrecordid s,ownerid s,\
     recordtypeid s,reportstoid s,mkto71_lead_score__c n,hasoptedoutofemail b,emailbounceddate ts,\
     emailbouncedreason s,leadsource s,isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static LEAD: Spec = spec(
    "salesforce_stitch",
    "lead",
    "id s,firstname s,lastname s,name s,email s,title s,isconverted b,convertedcontactid s,\
     lean_data_matched_account__c s,ownerid s,recordtypeid s,masterrecordid s,leadsource s,hasoptedoutofemail b,\
     isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static USER: Spec = spec(
    "salesforce_stitch",
    "user",
    "id s,name s,email s,title s,team__c s,managerid s,isactive b,\
     isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static RECORD_TYPE: Spec = spec(
    "salesforce_stitch",
    "recordtype",
    "id s,developername s,name s,sobjecttype s,isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static OPPORTUNITY: Spec = spec(
    "salesforce_stitch",
    "opportunity",
    "id s,accountid s,name s,stagename s,iswon b,type s,order_type s,closedate d,arr_net__c n,playbook_cta_id s,\
     isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static REVIEW: Spec = spec(
    "salesforce_stitch",
    "executive_business_review__c",
    "id s,ebr_account__c s,ebr_date__c d,ebr_quarter__c s,ebr_number__c i,ebr_status__c s,ebr_outcome__c s,\
     ebr_success__c s,isdeleted b,createddate ts,lastmodifieddate ts,_sdc_batched_at ts",
);
pub static ATTRIBUTES: Spec = keyed(
    "gainsight",
    "customer_attributes",
    &["account_id"],
    "account_id s,original_contract_date d,onboarding_cta_start_date d,first_value_date d,has_product_usage_data b,\
     tam_user_id s,primary_value_driver s,_sdc_batched_at ts",
);
pub static SUCCESS_PLAN: Spec = spec(
    "gainsight",
    "success_plan",
    "id s,account_id s,plan_type s,status s,created_date d,closed_date d,is_management_qualified b,\
     management_qualified_date d,has_value_drivers b,has_use_cases b,_sdc_batched_at ts",
);
pub static CTA: Spec = spec(
    "gainsight",
    "cta",
    "id s,account_id s,cta_type s,playbook_name s,objective_category s,use_case s,opened_date d,closed_date d,\
     status s,_sdc_batched_at ts",
);
pub static ACTIVITY: Spec = spec(
    "gainsight",
    "timeline_activity",
    "id s,account_id s,contact_id s,activity_type s,activity_date d,_sdc_batched_at ts",
);
pub static SURVEY: Spec = spec(
    "gainsight",
    "survey_response",
    "id s,account_id s,contact_id s,survey_type s,sent_date d,responded_date d,nps_score i,csat_score i,\
     _sdc_batched_at ts",
);
pub static WEBINAR: Spec = spec(
    "gainsight",
    "webinar_attendance",
    "id s,account_id s,contact_id s,webinar_type s,webinar_date d,is_attended b,_sdc_batched_at ts",
);
pub static EMAIL_EVENT: Spec = spec(
    "gainsight",
    "email_event",
    "id s,email_id s,account_id s,contact_id s,program_name s,event_type s,event_at ts,_sdc_batched_at ts",
);
pub static LICENSE_USAGE: Spec = keyed(
    "product_usage",
    "license_utilization_monthly",
    &["account_id", "subscription_name", "snapshot_month"],
    "account_id s,subscription_name s,snapshot_month d,billable_user_count i,license_user_count i,\
     _sdc_batched_at ts",
);
pub static USE_CASE_USAGE: Spec = keyed(
    "product_usage",
    "use_case_usage_monthly",
    &["account_id", "snapshot_month"],
    "account_id s,snapshot_month d,license_user_count i,git_operation_users_28d i,ci_pipeline_users_28d i,\
     secure_scanner_users_28d i,deployment_users_28d i,_sdc_batched_at ts",
);

/// Every raw table.
pub static ALL: [&Spec; 27] = [
    &ZUORA_ACCOUNT,
    &ZUORA_CONTACT,
    &SUBSCRIPTION,
    &RATE_PLAN,
    &CHARGE,
    &PRODUCT,
    &PRODUCT_RATE_PLAN,
    &PRODUCT_CHARGE,
    &TIER,
    &INVOICE,
    &INVOICE_ITEM,
    &CRM_ACCOUNT,
    &CRM_CONTACT,
    &LEAD,
    &USER,
    &RECORD_TYPE,
    &OPPORTUNITY,
    &REVIEW,
    &ATTRIBUTES,
    &SUCCESS_PLAN,
    &CTA,
    &ACTIVITY,
    &SURVEY,
    &WEBINAR,
    &EMAIL_EVENT,
    &LICENSE_USAGE,
    &USE_CASE_USAGE,
];
