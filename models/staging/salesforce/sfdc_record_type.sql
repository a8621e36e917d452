with ranked as (

    select
        *,
        {{ recency_rank('record_type_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_record_type_source') }}

),

final as (

    select distinct
        record_type_id,
        record_type_developer_name,
        record_type_name,
        object_type,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
