with ranked as (

    select
        *,
        {{ recency_rank('account_id', '_sdc_batched_at') }} as recency_rank
    from {{ ref('gainsight_customer_attributes_source') }}

),

final as (

    select distinct
        account_id,
        original_contract_date,
        onboarding_cta_start_date,
        first_value_date,
        has_product_usage_data,
        tam_user_id,
        primary_value_driver,
        _sdc_batched_at,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
