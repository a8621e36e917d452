with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

quarters as (

    select * from {{ ref('cs_quarters') }}

),

plans as (

    select * from {{ ref('cs_success_plans') }}

),

plans_in_force as (

    select
        quarters.fiscal_quarter_name_fy,
        plans.ultimate_parent_account_id,
        max(
            case when plans.management_qualified_date <= quarters.last_day_of_quarter then 1 else 0 end
        ) as has_qualified_plan,
        max(
            case when plans.has_value_drivers and plans.has_use_cases then 1 else 0 end
        ) as has_complete_plan
    from plans
    inner join quarters
        on {{ is_plan_in_force('plans', 'quarters.last_day_of_quarter') }}
    group by
        quarters.fiscal_quarter_name_fy,
        plans.ultimate_parent_account_id

),

covered as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        customers.is_net_new_in_quarter,
        coalesce(plans_in_force.has_qualified_plan, 0) as has_qualified_plan,
        coalesce(plans_in_force.has_complete_plan, 0) as has_complete_plan
    from customers
    left join plans_in_force
        on customers.fiscal_quarter_name_fy = plans_in_force.fiscal_quarter_name_fy
        and customers.ultimate_parent_account_id = plans_in_force.ultimate_parent_account_id

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'mq_success_plan_coverage' as metric,
        sum(has_qualified_plan) as numerator,
        count(*) as denominator
    from covered
    group by fiscal_quarter_name_fy, cs_segment

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'net_new_success_plan_coverage',
        sum(has_complete_plan),
        count(*)
    from covered
    where is_net_new_in_quarter
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
