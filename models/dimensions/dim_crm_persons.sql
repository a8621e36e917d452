-- People, without anything that names them: contacts, and the leads that have not become contacts.
with contacts as (

    select * from {{ ref('sfdc_contact') }}

),

leads as (

    select * from {{ ref('sfdc_lead') }}

),

merged_accounts as (

    select * from {{ ref('map_merged_crm_accounts') }}

),

persons as (

    select
        contact_id as sfdc_record_id,
        'contact' as sfdc_record_type,
        email_hash,
        email_domain,
        account_id,
        owner_id,
        record_type_id,
        reports_to_id,
        person_score,
        job_title_hash as title,
        has_opted_out_email,
        email_bounced_date,
        lead_source
    from contacts

    union all

    select
        lead_id,
        'lead',
        email_hash,
        email_domain,
        matched_account_id,
        owner_id,
        record_type_id,
        cast(null as varchar),
        cast(null as decimal(18,2)),
        job_title_hash,
        has_opted_out_email,
        cast(null as timestamp),
        lead_source
    from leads
    where not coalesce(is_converted, false)

),

-- A person without an account has none; one whose account is gone belongs to the unknown account.
final as (

    select
        {{ surrogate_key(['persons.sfdc_record_id']) }} as crm_person_id,
        persons.sfdc_record_id,
        persons.sfdc_record_type,
        persons.email_hash,
        persons.email_domain,
        case
            when persons.account_id is not null
                then {{ known_or_unknown_member('merged_accounts.crm_account_id') }}
        end as crm_account_id,
        persons.owner_id,
        persons.record_type_id,
        persons.reports_to_id,
        persons.person_score,
        persons.title,
        persons.has_opted_out_email,
        persons.email_bounced_date,
        persons.lead_source,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from persons
    left join merged_accounts
        on persons.account_id = merged_accounts.sfdc_account_id

)

select * from final
