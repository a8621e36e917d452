-- Completed reviews.
with reviews as (

    select * from {{ ref('sfdc_executive_business_review') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        reviews.executive_business_review_id,
        accounts.ultimate_parent_account_id,
        reviews.ebr_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from reviews
    inner join accounts
        on reviews.account_id = accounts.account_id
    where reviews.ebr_status = 'Completed'

)

select * from final
