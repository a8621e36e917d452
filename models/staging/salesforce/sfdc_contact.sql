with ranked as (

    select
        *,
        {{ recency_rank('contact_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_contact_source') }}

),

final as (

    select distinct
        contact_id,
        account_id,
        {{ hash_of_person('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        {{ hash_of_person('job_title') }} as job_title_hash,
        master_record_id,
        owner_id,
        record_type_id,
        reports_to_id,
        person_score,
        has_opted_out_email,
        email_bounced_date,
        email_bounced_reason,
        lead_source,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
