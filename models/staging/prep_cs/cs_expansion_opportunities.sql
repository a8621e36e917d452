-- Opportunities that an expansion play led to, once they are decided.
with opportunities as (

    select * from {{ ref('sfdc_opportunity') }}

),

playbooks as (

    select * from {{ ref('cs_playbooks') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        opportunities.opportunity_id,
        accounts.ultimate_parent_account_id,
        opportunities.playbook_cta_id,
        coalesce(opportunities.is_won, false) as is_won,
        opportunities.close_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from opportunities
    inner join playbooks
        on opportunities.playbook_cta_id = playbooks.cta_id
    inner join accounts
        on opportunities.account_id = accounts.account_id
    where playbooks.is_expansion
        and {{ is_closed_opportunity('opportunities.is_won', 'opportunities.stage_name') }}

)

select * from final
