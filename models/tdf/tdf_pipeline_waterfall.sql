{%- set of_excluded_account = is_excluded_account('account_id') -%}
{%- set tables = [
    {'name': 'account', 'is_excluded': of_excluded_account},
    {'name': 'contact', 'is_excluded': of_excluded_account},
    {'name': 'subscription', 'is_excluded': of_excluded_account},
    {'name': 'rate_plan', 'is_excluded': 'subscription_id in (select subscription_id from excluded_subscriptions)'},
    {'name': 'rate_plan_charge', 'is_excluded': of_excluded_account},
    {'name': 'invoice', 'is_excluded': of_excluded_account},
    {'name': 'invoice_item', 'is_excluded': 'invoice_id in (select invoice_id from excluded_invoices)'},
] -%}

-- What becomes of the rows of each billing table on the way to the staging layer, with the reason of every
-- loss: raw rows = copies and older states + deleted + of excluded accounts + staging rows. For charges the
-- way goes on: rules R1 to R7 say which rows bring ARR.
with excluded_subscriptions as (

    select subscription_id
    from {{ ref('zuora_subscription_latest') }}
    where {{ of_excluded_account }}

),

excluded_invoices as (

    select invoice_id
    from {{ ref('zuora_invoice_latest') }}
    where {{ of_excluded_account }}

),

counts as (

    {%- for table in tables %}
    {%- set model = 'zuora_' ~ table.name %}

    select
        'zuora.{{ table.name }}' as object_name,
        (select count(*) from {{ source('zuora', table.name) }}) as raw_rows,
        (select count(*) from {{ ref(model ~ '_source') }}) as source_rows,
        (select count(*) from {{ ref(model ~ '_latest') }}) as latest_rows,
        (select count(*) from {{ ref(model ~ '_latest') }} where is_deleted) as deleted_rows,
        (
            select count(*) from {{ ref(model ~ '_latest') }} where not is_deleted and {{ table.is_excluded }}
        ) as excluded_rows,
        (select count(*) from {{ ref(model) }}) as staging_rows

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

charge_facts as (

    select
        count(*) as charge_rows,
        sum(case when is_in_facts then 1 else 0 end) as fact_rows,
        {%- for rule in arr_rules() %}
        sum(case when arr_exclusion_reason = '{{ rule.id }}' then 1 else 0 end) as lost_to_{{ rule.id | lower }},
        {%- endfor %}
        sum(case when arr_exclusion_reason is null then 1 else 0 end) as arr_rows
    from {{ ref('prep_charges') }}

),

final as (

    select
        counts.object_name,
        cast(counts.raw_rows as integer) as raw_rows,
        cast(counts.source_rows as integer) as source_rows,
        cast(counts.source_rows - counts.latest_rows as integer) as duplicate_rows,
        cast(counts.deleted_rows as integer) as deleted_rows,
        cast(counts.excluded_rows as integer) as excluded_rows,
        cast(counts.staging_rows as integer) as staging_rows,
        cast(charge_facts.fact_rows as integer) as fact_rows,
        {%- for rule in arr_rules() %}
        cast(charge_facts.lost_to_{{ rule.id | lower }} as integer) as lost_to_{{ rule.id | lower }},
        {%- endfor %}
        cast(charge_facts.arr_rows as integer) as arr_rows,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from counts
    left join charge_facts
        on counts.object_name = 'zuora.rate_plan_charge'

)

select * from final
