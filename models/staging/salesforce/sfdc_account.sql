with ranked as (

    select
        *,
        {{ recency_rank('account_id', 'last_modified_date') }} as recency_rank
    from {{ ref('sfdc_account_source') }}

),

final as (

    select distinct
        account_id,
        account_name,
        master_record_id,
        owner_id,
        record_type_id,
        account_type,
        ultimate_parent_account_id,
        ultimate_parent_sales_segment,
        industry,
        {{ hash_of_person('account_owner') }} as account_owner_hash,
        {{ account_owner_team_cleaning('account_owner_team') }} as account_owner_team,
        tsp_territory,
        tsp_region,
        tsp_account_employees,
        billing_country,
        federal_account,
        technical_account_manager_id,
        customer_since_date,
        health,
        created_date,
        last_modified_date,
        {{ is_deleted('is_deleted') }} as is_deleted,
        _sdc_batched_at,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from ranked
    where recency_rank = 1

)

select * from final
