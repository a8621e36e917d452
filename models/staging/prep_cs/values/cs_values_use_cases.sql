{%- set use_cases = use_cases() -%}

with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

health as (

    select * from {{ ref('cs_use_case_health_month') }}

),

-- Health in the quarter's last month beside health at the end of the quarter before.
quarter_ends as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        {%- for use_case in use_cases %}
        now.{{ use_case.key }}_color,
        before.{{ use_case.key }}_color as {{ use_case.key }}_color_before{{ "," if not loop.last }}
        {%- endfor %}
    from customers
    left join health as now
        on customers.ultimate_parent_account_id = now.ultimate_parent_account_id
        and customers.last_month_of_quarter = now.snapshot_month
    left join health as before
        on customers.ultimate_parent_account_id = before.ultimate_parent_account_id
        and customers.last_month_of_quarter_before = before.snapshot_month

),

metrics as (

    {% for use_case in use_cases %}
    {%- for name in ['use_case_health', 'use_case_maturity'] %}
    select
        fiscal_quarter_name_fy,
        cs_segment,
        '{{ name }}_{{ use_case.key }}' as metric,
        sum(case when {{ use_case.key }}_color = 'green' then 1 else 0 end) as numerator,
        count({{ use_case.key }}_color) as denominator
    from quarter_ends
    group by fiscal_quarter_name_fy, cs_segment

    union all

    {% endfor %}
    {%- endfor %}
    -- no data a quarter ago counts as not adopted yet
    select
        fiscal_quarter_name_fy,
        cs_segment,
        'new_use_cases_adopted' as metric,
        sum(
            {%- for use_case in use_cases %}
            case
                when {{ use_case.key }}_color = 'green'
                    and coalesce({{ use_case.key }}_color_before, 'none') <> 'green' then 1
                else 0
            end{{ " +" if not loop.last }}
            {%- endfor %}
        ) as numerator,
        1 as denominator
    from quarter_ends
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
