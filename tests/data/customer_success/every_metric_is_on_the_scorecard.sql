{{ config(tags=['customer_success'], meta={'test_id': 'T-30'}) }}

-- Every metric of the seed stands in the scorecard in every quarter that has metrics, but for those that
-- exist in one quarter or for a segment with customers a year before only.
with quarters as (

    select * from {{ ref('cs_quarters') }}

),

expected as (

    select
        quarters.fiscal_quarter_name_fy,
        targets.cs_segment,
        targets.metric
    from quarters
    cross join {{ ref('cs_metric_targets') }} as targets
    where targets.unit <> 'ratio'
        and targets.metric <> 'median_days_to_first_expansion'

)

select expected.*
from expected
left join {{ ref('cs_scorecard') }} as scorecard
    on expected.fiscal_quarter_name_fy = scorecard.fiscal_quarter_name_fy
    and expected.cs_segment = scorecard.cs_segment
    and expected.metric = scorecard.metric
where scorecard.metric is null
