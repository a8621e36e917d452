with contacts as (

    select * from {{ ref('zuora_contact_latest') }}

),

final as (

    select
        *,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from contacts
    where not is_deleted
        and not {{ is_excluded_account('account_id') }}

)

select * from final
