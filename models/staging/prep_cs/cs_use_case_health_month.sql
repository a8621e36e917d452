{%- set use_cases = use_cases() -%}

-- Health of the four use cases of each customer and month. An account that sent nothing for a use case
-- is left out of its ratio, with its licences.
with usage as (

    select * from {{ ref('product_usage_use_case_usage_monthly') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

summed as (

    select
        accounts.ultimate_parent_account_id,
        usage.snapshot_month,
        {%- for use_case in use_cases %}
        sum(
            case when usage.license_user_count is not null then usage.{{ use_case.column }} end
        ) as {{ use_case.key }}_user_count,
        sum(
            case when usage.{{ use_case.column }} is not null then usage.license_user_count end
        ) as {{ use_case.key }}_license_user_count{{ "," if not loop.last }}
        {%- endfor %}
    from usage
    inner join accounts
        on usage.account_id = accounts.account_id
    group by
        accounts.ultimate_parent_account_id,
        usage.snapshot_month

),

coloured as (

    select
        ultimate_parent_account_id,
        snapshot_month,
        {%- for use_case in use_cases %}
        {{ rate(use_case.key ~ '_user_count', use_case.key ~ '_license_user_count') }} as {{ use_case.key }}_utilization,
        {{ use_case_health(use_case, use_case.key ~ '_user_count', use_case.key ~ '_license_user_count') }} as {{ use_case.key }}_color{{ "," if not loop.last }}
        {%- endfor %}
    from summed

),

final as (

    select
        *,
        case
            when {% for use_case in use_cases %}{{ use_case.key }}_color is not null{{ " or " if not loop.last }}{% endfor %}
                then {% for use_case in use_cases %}
                case when {{ use_case.key }}_color = 'green' then 1 else 0 end{{ " +" if not loop.last }}
                {%- endfor %}
        end as use_cases_adopted_count,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from coloured

)

select * from final
