-- The customers of each quarter: those with ARR in its last month, in the segment that they have then.
with quarters as (

    select * from {{ ref('cs_quarters') }}

),

customer_months as (

    select * from {{ ref('cs_customer_month') }}

),

final as (

    select
        quarters.fiscal_quarter_name_fy,
        customer_months.ultimate_parent_account_id,
        customer_months.cs_segment,
        customer_months.is_net_new_in_quarter,
        quarters.first_day_of_quarter,
        quarters.last_month_of_quarter,
        quarters.last_day_of_quarter,
        quarters.last_month_of_quarter_before,
        quarters.a_year_before,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from quarters
    inner join customer_months
        on quarters.last_month_of_quarter = customer_months.arr_month

)

select * from final
