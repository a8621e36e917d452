{%- set rules = arr_rules() -%}

-- Every charge at its latest state, with one flag for each rule that it must pass to bring ARR
-- (macro `arr_rules`) and the first rule that it fails.
with charges_latest as (

    select * from {{ ref('zuora_rate_plan_charge_latest') }}

),

rate_plans as (

    select * from {{ ref('zuora_rate_plan_latest') }}

),

subscriptions as (

    select * from {{ ref('prep_subscriptions') }}

),

charges as (

    select
        charges_latest.rate_plan_charge_id as charge_id,
        charges_latest.product_rate_plan_charge_id as product_details_id,
        charges_latest.rate_plan_id,
        rate_plans.subscription_id,
        subscriptions.subscription_name,
        -- the subscription's account bears the charge, whatever account the charge names
        subscriptions.account_id as billing_account_id,
        subscriptions.crm_account_id,
        charges_latest.rate_plan_charge_number,
        charges_latest.rate_plan_charge_name,
        rate_plans.rate_plan_name,
        charges_latest.charge_type,
        charges_latest.effective_start_date,
        charges_latest.effective_end_date,
        charges_latest.effective_start_month,
        charges_latest.effective_end_month,
        charges_latest.unit_of_measure,
        charges_latest.quantity,
        charges_latest.mrr,
        charges_latest.delta_tcv,
        charges_latest.discount_level,
        charges_latest.rate_plan_charge_segment,
        charges_latest.rate_plan_charge_version,
        charges_latest.is_deleted as is_charge_deleted,
        rate_plans.is_deleted as is_rate_plan_deleted,
        subscriptions.has_counted_status,
        subscriptions.is_superseded,
        subscriptions.is_in_analysis as is_subscription_in_analysis,
        subscriptions.is_billing_account_kept
    from charges_latest
    left join rate_plans
        on charges_latest.rate_plan_id = rate_plans.rate_plan_id
    left join subscriptions
        on rate_plans.subscription_id = subscriptions.subscription_id

),

flagged as (

    select
        *,
        {%- for rule in rules %}
        coalesce({{ rule.condition }}, false) as {{ rule.flag }}{{ "," if not loop.last }}
        {%- endfor %}
    from charges

),

final as (

    select
        charge_id,
        product_details_id,
        rate_plan_id,
        subscription_id,
        subscription_name,
        billing_account_id,
        crm_account_id,
        rate_plan_charge_number,
        rate_plan_charge_name,
        rate_plan_name,
        charge_type,
        effective_start_date,
        effective_end_date,
        effective_start_month,
        effective_end_month,
        unit_of_measure,
        quantity,
        mrr,
        delta_tcv,
        discount_level,
        rate_plan_charge_segment,
        rate_plan_charge_version,
        {%- for rule in rules %}
        {{ rule.flag }},
        {%- endfor %}
        has_kept_account and is_not_deleted as is_in_facts,
        case
            {%- for rule in rules %}
            when not {{ rule.flag }} then '{{ rule.id }}'
            {%- endfor %}
        end as arr_exclusion_reason,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from flagged

)

select * from final
