with mrr as (

    select * from {{ ref('fct_mrr') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

subscriptions as (

    select * from {{ ref('dim_subscriptions') }}

),

product_details as (

    select * from {{ ref('dim_product_details') }}

),

billing_accounts as (

    select * from {{ ref('dim_billing_accounts') }}

),

crm_accounts as (

    select * from {{ ref('dim_crm_accounts') }}

),

final as (

    select
        mrr.mrr_id as primary_key,
        dates.date_actual as arr_month,
        {{ quarter_of_its_last_month('dates') }} as fiscal_quarter_name_fy,
        {{ year_of_its_last_month('dates') }} as fiscal_year,
        subscriptions.subscription_start_month,
        subscriptions.subscription_end_month,
        mrr.billing_account_id as zuora_account_id,
        billing_accounts.sold_to_country as zuora_sold_to_country,
        billing_accounts.billing_account_name as zuora_account_name,
        billing_accounts.billing_account_number as zuora_account_number,
        mrr.crm_account_id as crm_id,
        crm_accounts.ultimate_parent_account_id,
        crm_accounts.ultimate_parent_account_name,
        crm_accounts.ultimate_parent_billing_country,
        crm_accounts.ultimate_parent_account_segment,
        crm_accounts.ultimate_parent_industry,
        crm_accounts.ultimate_parent_account_owner_team,
        crm_accounts.ultimate_parent_territory,
        crm_accounts.is_reseller,
        subscriptions.subscription_name,
        subscriptions.subscription_status,
        subscriptions.subscription_sales_type,
        product_details.product_category,
        product_details.delivery,
        product_details.service_type,
        product_details.product_rate_plan_name as rate_plan_name,
        mrr.unit_of_measure,
        mrr.mrr,
        mrr.arr,
        mrr.quantity,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from mrr
    inner join dates
        on mrr.date_id = dates.date_id
    inner join subscriptions
        on mrr.subscription_id = subscriptions.subscription_id
    inner join product_details
        on mrr.product_details_id = product_details.product_details_id
    inner join billing_accounts
        on mrr.billing_account_id = billing_accounts.billing_account_id
    left join crm_accounts
        on mrr.crm_account_id = crm_accounts.crm_account_id

)

select * from final
