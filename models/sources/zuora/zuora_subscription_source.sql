with source as (

    select * from {{ source('zuora', 'subscription') }}

),

renamed as (

    select
        nullif(id, '') as subscription_id,
        nullif(accountid, '') as account_id,
        name as subscription_name,
        {{ slugify('name') }} as subscription_name_slugify,
        cast(version as integer) as subscription_version,
        status as subscription_status,
        nullif(originalid, '') as original_id,
        nullif(previoussubscriptionid, '') as previous_subscription_id,
        cast(autorenew as boolean) as is_auto_renew,
        cast(initialterm as integer) as initial_term,
        cast(renewalterm as integer) as renewal_term,
        renewaltermperiodtype as renewal_term_period_type,
        cast(termstartdate as date) as term_start_date,
        cast(termenddate as date) as term_end_date,
        cast(subscriptionstartdate as date) as subscription_start_date,
        cast(subscriptionenddate as date) as subscription_end_date,
        renewal_subscription__c__c as zuora_renewal_subscription_name,
        nullif(opportunityid__c, '') as opportunity_id,
        nullif(createdbyid, '') as created_by_id,
        excludefromanalysis__c as exclude_from_analysis,
        cast(createddate as timestamp) as created_date,
        cast(updateddate as timestamp) as updated_date,
        cast(deleted as boolean) as is_deleted,
        cast(_sdc_batched_at as timestamp) as _sdc_batched_at
    from source

)

select * from renamed
