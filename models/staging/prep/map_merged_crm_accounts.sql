-- Salesforce merges leave the loser deleted, with the survivor's id on it; a survivor may itself have been
-- merged away later. Follow the chain to its end. Ten hops are more than any chain has, and stop a loop.
with recursive accounts as (

    select
        account_id,
        master_record_id,
        is_deleted
    from {{ ref('sfdc_account') }}

),

hops (sfdc_account_id, account_id, hop) as (

    select
        account_id,
        account_id,
        0
    from accounts

    union all

    select
        hops.sfdc_account_id,
        accounts.master_record_id,
        hops.hop + 1
    from hops
    inner join accounts
        on hops.account_id = accounts.account_id
    where accounts.is_deleted
        and accounts.master_record_id is not null
        and hops.hop < 10

),

ends as (

    select
        sfdc_account_id,
        account_id as last_account_id,
        row_number() over (partition by sfdc_account_id order by hop desc) as distance_from_end
    from hops

),

final as (

    select
        accounts.account_id as sfdc_account_id,
        case
            when accounts.is_deleted and accounts.master_record_id is not null then ends.last_account_id
        end as merged_account_id,
        accounts.is_deleted,
        accounts.is_deleted and accounts.master_record_id is not null as is_merged,
        accounts.is_deleted and accounts.master_record_id is null as is_deleted_not_merged,
        case
            when survivors.is_deleted = false then survivors.account_id
            else {{ unknown_member_id() }}
        end as crm_account_id,
        {{ audit_columns(created='2021-02-01', updated='2021-08-01') }}
    from accounts
    inner join ends
        on accounts.account_id = ends.sfdc_account_id
        and ends.distance_from_end = 1
    left join accounts as survivors
        on ends.last_account_id = survivors.account_id

)

select * from final
