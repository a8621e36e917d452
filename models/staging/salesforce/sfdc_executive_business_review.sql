with ranked as (

    select
        *,
        {{ recency_rank('executive_business_review_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_executive_business_review_source') }}

),

final as (

    select distinct
        executive_business_review_id,
        account_id,
        ebr_date,
        ebr_quarter,
        ebr_number,
        ebr_status,
        ebr_outcome,
        ebr_success,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
