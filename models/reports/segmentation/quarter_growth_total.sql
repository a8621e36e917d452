with months as (

    select * from {{ ref('customer_count_month') }}

),

quarters as (

    select * from {{ ref('complete_fiscal_quarters') }}
    where last_month_a_year_before is not null

),

-- Customers are counted once each here, whatever number of products they hold.
joined as (

    select
        quarters.fiscal_quarter_name_fy,
        coalesce(this_year.arr, 0) as ty_arr,
        coalesce(last_year.arr, 0) as ly_arr,
        coalesce(this_year.customer_count_unique, 0) as ty_customer_count,
        coalesce(last_year.customer_count_unique, 0) as ly_customer_count
    from quarters
    left join months as this_year
        on quarters.last_month_of_quarter = this_year.arr_month
    left join months as last_year
        on quarters.last_month_a_year_before = last_year.arr_month
    where this_year.arr_month is not null
        or last_year.arr_month is not null

),

final as (

    select
        fiscal_quarter_name_fy,
        cast(ty_arr as decimal(18,2)) as ty_arr,
        cast(ly_arr as decimal(18,2)) as ly_arr,
        ty_customer_count,
        ly_customer_count,
        cast(ty_arr - ly_arr as decimal(18,2)) as arr_growth,
        {{ growth_rate('ty_arr', 'ly_arr') }} as arr_growth_rate,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from joined

)

select * from final
