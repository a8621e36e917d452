with source as (

    select * from {{ source('gainsight', 'cta') }}

),

renamed as (

    select
        nullif(id, '') as cta_id,
        nullif(account_id, '') as account_id,
        cta_type,
        playbook_name,
        objective_category,
        use_case,
        cast(opened_date as date) as opened_date,
        cast(closed_date as date) as closed_date,
        status as cta_status,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
