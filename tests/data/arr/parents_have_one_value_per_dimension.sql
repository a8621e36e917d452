{{ config(tags=['crm_account'], meta={'test_id': 'T-23'}, severity='warn') }}

-- A customer has one segment, industry, team and territory in a month. One row for each customer that has more.
with parent_months as (

    select
        ultimate_parent_account_id,
        arr_month,
        count(distinct ultimate_parent_account_segment) as segment_count,
        count(distinct ultimate_parent_industry) as industry_count,
        count(distinct ultimate_parent_account_owner_team) as team_count,
        count(distinct ultimate_parent_territory) as territory_count
    from {{ ref('mart_arr') }}
    group by
        ultimate_parent_account_id,
        arr_month

)

select
    ultimate_parent_account_id,
    count(*) as month_count
from parent_months
where segment_count > 1
    or industry_count > 1
    or team_count > 1
    or territory_count > 1
group by ultimate_parent_account_id
