with ranked as (

    select
        *,
        {{ recency_rank('opportunity_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_opportunity_source') }}

),

final as (

    select distinct
        opportunity_id,
        account_id,
        opportunity_name,
        stage_name,
        is_won,
        opportunity_type,
        order_type,
        close_date,
        net_arr,
        playbook_cta_id,
        created_date,
        last_modified_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1
        and not {{ is_deleted('is_deleted') }}

)

select * from final
