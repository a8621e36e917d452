with ranked as (

    select
        *,
        {{ recency_rank('lead_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_lead_source') }}

),

final as (

    select distinct
        lead_id,
        {{ hash_of_person('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        {{ hash_of_person('job_title') }} as job_title_hash,
        is_converted,
        converted_contact_id,
        matched_account_id,
        owner_id,
        record_type_id,
        master_record_id,
        lead_source,
        has_opted_out_email,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
