with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

-- What happened to each message within a quarter; opening one twice is opening it once.
messages as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        events.email_id,
        max(case when events.event_type = 'delivered' then 1 else 0 end) as is_delivered,
        max(case when events.event_type = 'opened' then 1 else 0 end) as is_opened,
        max(case when events.event_type = 'clicked' then 1 else 0 end) as is_clicked
    from {{ ref('cs_emails') }} as events
    inner join customers
        on events.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('events.event_date', 'customers') }}
    group by
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        events.email_id

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'email_open_rate' as metric,
        sum(is_opened) as numerator,
        count(*) as denominator
    from messages
    where is_delivered = 1
    group by fiscal_quarter_name_fy, cs_segment

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'email_click_through_rate',
        sum(is_clicked),
        count(*)
    from messages
    where is_delivered = 1
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
