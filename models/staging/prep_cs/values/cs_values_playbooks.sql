with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

playbooks as (

    select * from {{ ref('cs_playbooks') }}

),

completed as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        playbooks.is_expansion,
        playbooks.is_enablement,
        playbooks.use_case,
        playbooks.closed_date - playbooks.opened_date as days
    from playbooks
    inner join customers
        on playbooks.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('playbooks.closed_date', 'customers') }}
    where playbooks.is_completed

),

-- An opportunity counts in the quarter in which it was decided.
decided_opportunities as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        case when opportunities.is_won then 1 else 0 end as is_won
    from {{ ref('cs_expansion_opportunities') }} as opportunities
    inner join customers
        on opportunities.ultimate_parent_account_id = customers.ultimate_parent_account_id
        and {{ is_in_quarter('opportunities.close_date', 'customers') }}

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'stage_enablement_playbooks_completed' as metric,
        count(*) as numerator,
        1 as denominator
    from completed
    where is_enablement
    group by fiscal_quarter_name_fy, cs_segment

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'stage_expansion_playbooks_completed',
        count(*),
        1
    from completed
    where is_expansion
    group by fiscal_quarter_name_fy, cs_segment

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'days_per_playbook_completed_' || lower(use_case),
        sum(days),
        count(*)
    from completed
    where is_expansion
    group by fiscal_quarter_name_fy, cs_segment, use_case

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'expansion_playbook_win_rate',
        sum(is_won),
        count(*)
    from decided_opportunities
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
