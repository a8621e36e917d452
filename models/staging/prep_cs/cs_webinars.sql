-- Webinars that somebody came to.
with webinars as (

    select * from {{ ref('gainsight_webinar_attendance') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        webinars.webinar_attendance_id,
        accounts.ultimate_parent_account_id,
        webinars.webinar_type,
        webinars.webinar_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from webinars
    inner join accounts
        on webinars.account_id = accounts.account_id
    where webinars.is_attended

)

select * from final
