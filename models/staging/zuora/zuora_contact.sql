with contacts as (

    select * from {{ ref('zuora_contact_latest') }}

),

final as (

    select
        contact_id,
        account_id,
        {{ hash_of_person('work_email') }} as work_email_hash,
        country,
        state,
        created_date,
        updated_date,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from contacts
    where not is_deleted
        and not {{ is_excluded_account('account_id') }}

)

select * from final
