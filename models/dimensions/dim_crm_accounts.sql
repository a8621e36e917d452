with accounts as (

    select * from {{ ref('sfdc_account') }}

),

record_types as (

    select * from {{ ref('sfdc_record_type') }}

),

users as (

    select * from {{ ref('sfdc_user') }}

),

merged_accounts as (

    select * from {{ ref('map_merged_crm_accounts') }}

),

families as (

    select
        *,
        {{ ultimate_parent_account_id('ultimate_parent_account_id', 'account_id') }} as family_id
    from accounts

),

-- The segment is the one on the account's own record, where Salesforce copies the parent's;
-- country, industry, team and territory are read from the parent's record.
known_accounts as (

    select
        families.account_id as crm_account_id,
        families.account_name as crm_account_name,
        families.billing_country as crm_account_country,
        families.family_id as ultimate_parent_account_id,
        parents.account_name as ultimate_parent_account_name,
        {{ sales_segment_cleaning('families.ultimate_parent_sales_segment') }} as ultimate_parent_account_segment,
        parents.billing_country as ultimate_parent_billing_country,
        parents.industry as ultimate_parent_industry,
        parents.account_owner_team as ultimate_parent_account_owner_team,
        parents.tsp_territory as ultimate_parent_territory,
        families.record_type_id,
        families.federal_account,
        families.account_owner_hash as account_owner,
        families.account_owner_team,
        families.account_type,
        users.user_name_hash as technical_account_manager,
        {{ is_reseller('record_types.record_type_name', 'families.account_type') }} as is_reseller,
        families.is_deleted,
        merged_accounts.merged_account_id as merged_to_account_id
    from families
    left join accounts as parents
        on families.family_id = parents.account_id
    left join record_types
        on families.record_type_id = record_types.record_type_id
    left join users
        on families.technical_account_manager_id = users.user_id
    left join merged_accounts
        on families.account_id = merged_accounts.sfdc_account_id

),

unknown_account as (

    select
        {{ unknown_member_id() }} as crm_account_id,
        'Unknown' as crm_account_name,
        cast(null as varchar) as crm_account_country,
        {{ unknown_member_id() }} as ultimate_parent_account_id,
        'Unknown' as ultimate_parent_account_name,
        {{ sales_segment_cleaning("cast(null as varchar)") }} as ultimate_parent_account_segment,
        cast(null as varchar) as ultimate_parent_billing_country,
        cast(null as varchar) as ultimate_parent_industry,
        cast(null as varchar) as ultimate_parent_account_owner_team,
        cast(null as varchar) as ultimate_parent_territory,
        cast(null as varchar) as record_type_id,
        cast(null as boolean) as federal_account,
        cast(null as varchar) as account_owner,
        cast(null as varchar) as account_owner_team,
        cast(null as varchar) as account_type,
        cast(null as varchar) as technical_account_manager,
        cast(null as boolean) as is_reseller,
        cast(null as boolean) as is_deleted,
        cast(null as varchar) as merged_to_account_id

),

unioned as (

    select * from known_accounts
    union all
    select * from unknown_account

),

final as (

    select
        *,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from unioned

)

select * from final
