{%- set reports = [
    'cs_high_touch_align', 'cs_high_touch_enable', 'cs_high_touch_expand_renew',
    'cs_mid_touch_align', 'cs_mid_touch_enable_onboarding', 'cs_mid_touch_enable_use_case',
    'cs_mid_touch_expand_renew',
    'cs_scale_enable_onboarding', 'cs_scale_enable_use_case', 'cs_scale_expand_renew',
    'cs_digital_touch_enable', 'cs_digital_touch_expand',
] -%}

with retention as (

    select * from {{ ref('cs_retention_summary') }}

),

quarters as (

    select * from {{ ref('cs_quarters') }}

),

targets as (

    select * from {{ ref('cs_metric_targets') }}

),

-- Retention of a quarter is that of its last month.
retention_rates as (

    {%- for kind in ['net', 'gross'] %}

    select
        retention_month,
        cs_segment,
        '{{ kind }}_retention_rate' as metric,
        {{ kind }}_retention_arr as numerator,
        prior_year_arr as denominator,
        {{ kind }}_retention_rate as value
    from retention

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

quarter_retention as (

    select
        quarters.fiscal_quarter_name_fy,
        retention_rates.cs_segment,
        targets.phase,
        retention_rates.metric,
        retention_rates.numerator,
        retention_rates.denominator,
        retention_rates.value,
        targets.target,
        targets.direction,
        prior_quarter.value as prior_quarter_value
    from retention_rates
    inner join quarters
        on retention_rates.retention_month = quarters.last_month_of_quarter
    inner join targets
        on retention_rates.cs_segment = targets.cs_segment
        and retention_rates.metric = targets.metric
    left join retention_rates as prior_quarter
        on retention_rates.cs_segment = prior_quarter.cs_segment
        and retention_rates.metric = prior_quarter.metric
        and quarters.last_month_of_quarter_before = prior_quarter.retention_month

),

unioned as (

    {%- for report in reports %}

    select * from {{ ref(report) }}

    union all
    {%- endfor %}

    {{ cs_report_columns('quarter_retention', 'cs_segment', 'phase') }}

)

select * from unioned
