with ranked as (

    select
        *,
        {{ recency_rank('cta_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_cta_source') }}

),

final as (

    select distinct
        cta_id,
        account_id,
        cta_type,
        playbook_name,
        objective_category,
        use_case,
        opened_date,
        closed_date,
        cta_status,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
