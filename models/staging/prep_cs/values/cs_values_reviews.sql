with customers as (

    select * from {{ ref('cs_customer_quarter') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

reviews as (

    select * from {{ ref('cs_reviews') }}

),

customers_with_usage_data as (

    select distinct accounts.ultimate_parent_account_id
    from {{ ref('gainsight_customer_attributes') }} as attributes
    inner join accounts
        on attributes.account_id = accounts.account_id
    where attributes.has_product_usage_data

),

-- Reviews of the twelve months up to the end of the quarter.
reviewed as (

    select distinct
        customers.fiscal_quarter_name_fy,
        customers.ultimate_parent_account_id
    from customers
    inner join reviews
        on customers.ultimate_parent_account_id = reviews.ultimate_parent_account_id
        and reviews.ebr_date > customers.a_year_before
        and reviews.ebr_date <= customers.last_day_of_quarter

),

covered as (

    select
        customers.fiscal_quarter_name_fy,
        customers.cs_segment,
        case when reviewed.ultimate_parent_account_id is not null then 1 else 0 end as is_reviewed,
        customers_with_usage_data.ultimate_parent_account_id is not null as has_usage_data
    from customers
    left join reviewed
        on customers.fiscal_quarter_name_fy = reviewed.fiscal_quarter_name_fy
        and customers.ultimate_parent_account_id = reviewed.ultimate_parent_account_id
    left join customers_with_usage_data
        on customers.ultimate_parent_account_id = customers_with_usage_data.ultimate_parent_account_id

),

metrics as (

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'ebr_last_12_months_coverage' as metric,
        sum(is_reviewed) as numerator,
        count(*) as denominator
    from covered
    group by fiscal_quarter_name_fy, cs_segment

    union all

    select
        fiscal_quarter_name_fy,
        cs_segment,
        'ebr_with_usage_data_coverage',
        sum(is_reviewed),
        count(*)
    from covered
    where has_usage_data
    group by fiscal_quarter_name_fy, cs_segment

)

{{ cs_values('metrics') }}
