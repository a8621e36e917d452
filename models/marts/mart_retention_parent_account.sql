-- What became of the ARR that each customer had twelve months before. Customers who are new since then are
-- outside; those who left stay in, with nothing.
with arr as (

    select * from {{ ref('mart_arr') }}
    where {{ is_complete_month('arr_month') }}

),

dates as (

    select
        date_actual,
        fiscal_quarter_name_fy,
        fiscal_year,
        is_first_day_of_last_month_of_fiscal_quarter,
        is_first_day_of_last_month_of_fiscal_year
    from {{ ref('dim_dates') }}

),

parent_months as (

    select
        ultimate_parent_account_id,
        max(ultimate_parent_account_name) as ultimate_parent_account_name,
        arr_month,
        sum(mrr) as mrr,
        sum(arr) as arr,
        sum(quantity) as quantity,
        {{ sorted_list('product_category') }} as product_category,
        max({{ product_ranking('product_category') }}) as product_ranking
    from arr
    group by
        ultimate_parent_account_id,
        arr_month

),

prior_year as (

    select
        *,
        {{ add_months('arr_month', 12) }} as retention_month
    from parent_months
    where arr > 0

),

compared as (

    select
        prior_year.ultimate_parent_account_id,
        prior_year.ultimate_parent_account_name,
        prior_year.retention_month,
        prior_year.mrr as prior_year_mrr,
        coalesce(this_year.mrr, 0) as net_retention_mrr,
        prior_year.arr as prior_year_arr,
        coalesce(this_year.arr, 0) as net_retention_arr,
        prior_year.quantity as prior_year_quantity,
        coalesce(this_year.quantity, 0) as net_retention_quantity,
        prior_year.product_category as prior_year_product_category,
        this_year.product_category as net_retention_product_category,
        prior_year.product_ranking as prior_year_product_ranking,
        coalesce(this_year.product_ranking, 0) as net_retention_product_ranking
    from prior_year
    left join parent_months as this_year
        on prior_year.ultimate_parent_account_id = this_year.ultimate_parent_account_id
        and prior_year.retention_month = this_year.arr_month
    where {{ is_complete_month('prior_year.retention_month') }}

),

final as (

    select
        {{ surrogate_key(['compared.ultimate_parent_account_id', 'compared.retention_month']) }} as primary_key,
        compared.ultimate_parent_account_id,
        compared.ultimate_parent_account_name,
        compared.retention_month,
        {{ quarter_of_its_last_month('dates') }} as retention_fiscal_quarter_name_fy,
        {{ year_of_its_last_month('dates') }} as retention_fiscal_year,
        cast(compared.prior_year_mrr as decimal(18,2)) as prior_year_mrr,
        cast(compared.net_retention_mrr as decimal(18,2)) as net_retention_mrr,
        cast({{ gross_retention('compared.prior_year_mrr', 'compared.net_retention_mrr') }} as decimal(18,2))
            as gross_retention_mrr,
        cast(compared.prior_year_arr as decimal(18,2)) as prior_year_arr,
        cast(compared.net_retention_arr as decimal(18,2)) as net_retention_arr,
        cast({{ gross_retention('compared.prior_year_arr', 'compared.net_retention_arr') }} as decimal(18,2))
            as gross_retention_arr,
        cast(compared.prior_year_quantity as decimal(18,2)) as prior_year_quantity,
        cast(compared.net_retention_quantity as decimal(18,2)) as net_retention_quantity,
        compared.prior_year_product_category,
        compared.net_retention_product_category,
        compared.prior_year_product_ranking,
        compared.net_retention_product_ranking,
        {{ type_of_arr_change('compared.prior_year_arr', 'compared.net_retention_arr') }} as type_of_arr_change,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from compared
    inner join dates
        on compared.retention_month = dates.date_actual

)

select * from final
