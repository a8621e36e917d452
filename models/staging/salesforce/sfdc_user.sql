with ranked as (

    select
        *,
        {{ recency_rank('user_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_user_source') }}

),

final as (

    select distinct
        user_id,
        {{ hash_of_person('user_name') }} as user_name_hash,
        {{ hash_of_person('user_email') }} as user_email_hash,
        {{ hash_of_person('user_title') }} as user_title_hash,
        team,
        manager_id,
        is_active,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
