with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

attendances as (

    select distinct
        customers.fiscal_quarter_name_fy,
        customers.ultimate_parent_account_id,
        webinars.webinar_type
    from {{ ref('cs_webinars') }} as webinars
    inner join customers
        on webinars.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('webinars.webinar_date', 'customers') }}

),

metrics as (

    {%- for webinar in [
        {'metric': 'net_new_onboarding_webinar_attendance', 'type': 'Onboarding', 'net_new_only': true},
        {'metric': 'enablement_webinar_attendance', 'type': 'Enablement', 'net_new_only': false},
        {'metric': 'expansion_webinar_attendance', 'type': 'Expansion', 'net_new_only': false},
    ] %}

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        '{{ webinar.metric }}' as metric,
        count(attendances.ultimate_parent_account_id) as numerator,
        count(*) as denominator
    from customers
    left join attendances
        on customers.fiscal_quarter_name_fy = attendances.fiscal_quarter_name_fy
        and customers.ultimate_parent_account_id = attendances.ultimate_parent_account_id
        and attendances.webinar_type = '{{ webinar.type }}'
    {%- if webinar.net_new_only %}
    where customers.is_net_new_in_quarter
    {%- endif %}
    group by customers.fiscal_quarter_name_fy, customers.cs_segment

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

{{ cs_values('metrics') }}
