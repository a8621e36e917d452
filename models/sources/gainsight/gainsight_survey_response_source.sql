with source as (

    select * from {{ source('gainsight', 'survey_response') }}

),

renamed as (

    select
        nullif(id, '') as survey_response_id,
        nullif(account_id, '') as account_id,
        nullif(contact_id, '') as contact_id,
        survey_type,
        cast(sent_date as date) as sent_date,
        cast(responded_date as date) as responded_date,
        cast(nps_score as integer) as nps_score,
        cast(csat_score as integer) as csat_score,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
