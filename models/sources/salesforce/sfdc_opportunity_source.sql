with source as (

    select * from {{ source('salesforce', 'opportunity') }}

),

renamed as (

    select
        nullif(id, '') as opportunity_id,
        nullif(accountid, '') as account_id,
        name as opportunity_name,
        stagename as stage_name,
        cast(iswon as boolean) as is_won,
        type as opportunity_type,
        order_type,
        cast(closedate as date) as close_date,
        cast(arr_net__c as decimal(18,2)) as net_arr,
        nullif(playbook_cta_id, '') as playbook_cta_id,
        cast(createddate as timestamp) as created_date,
        cast(lastmodifieddate as timestamp) as last_modified_date,
        cast(isdeleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
