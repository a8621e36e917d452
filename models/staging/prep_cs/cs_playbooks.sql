with ctas as (

    select * from {{ ref('gainsight_cta') }}

),

accounts as (

    select * from {{ ref('cs_accounts') }}

),

final as (

    select
        ctas.cta_id,
        accounts.ultimate_parent_account_id,
        ctas.use_case,
        {{ is_expansion_playbook('ctas.playbook_name', 'ctas.objective_category') }} as is_expansion,
        {{ is_enablement_playbook('ctas.playbook_name', 'ctas.objective_category') }} as is_enablement,
        coalesce(ctas.cta_status = 'Closed Success', false) as is_completed,
        ctas.opened_date,
        ctas.closed_date,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from ctas
    inner join accounts
        on ctas.account_id = accounts.account_id

)

select * from final
where is_expansion
    or is_enablement
