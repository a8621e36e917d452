{{ config(tags=['customer_success'], meta={'test_id': 'T-30'}) }}

-- Shares lie between 0 and 1, recommendation between -100 and 100, satisfaction between 1 and 5.
with scorecard as (

    select * from {{ ref('cs_scorecard') }}

),

targets as (

    select * from {{ ref('cs_metric_targets') }}

)

select
    scorecard.fiscal_quarter_name_fy,
    scorecard.cs_segment,
    scorecard.metric,
    scorecard.value
from scorecard
inner join targets
    on scorecard.cs_segment = targets.cs_segment
    and scorecard.metric = targets.metric
where (targets.unit = 'share' and (scorecard.value < 0 or scorecard.value > 1))
    or (targets.unit = 'nps' and (scorecard.value < -100 or scorecard.value > 100))
    or (targets.unit = 'score' and (scorecard.value < 1 or scorecard.value > 5))
