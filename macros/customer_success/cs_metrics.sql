{# The end of every `cs_values_*` model: the measured numbers of each quarter, segment and metric. #}
{% macro cs_values(metrics) -%}
select
    fiscal_quarter_name_fy,
    cs_segment,
    metric,
    cast(numerator as decimal(18,2)) as numerator,
    cast(denominator as decimal(18,2)) as denominator,
    {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
from {{ metrics }}
{%- endmacro %}


{#
  The metrics of one segment and phase, one row for each quarter and metric, beside their targets and the
  quarter before. `values` are the relations with the measured numbers, `metrics` the names wanted; phase,
  target, direction and unit of each stand in the seed `cs_metric_targets`.
#}
{% macro cs_metric_report(cs_segment, phase, metrics, values) -%}
with quarters as (

    select * from {{ ref('cs_quarters') }}

),

targets as (

    select
        metric,
        target,
        direction,
        unit
    from {{ ref('cs_metric_targets') }}
    where cs_segment = '{{ cs_segment }}'
        and phase = '{{ phase }}'
        and metric in (
            {%- for metric in metrics %}
            '{{ metric }}'{{ "," if not loop.last }}
            {%- endfor %}
        )

),

measured as (

    {%- for relation in values %}

    select
        fiscal_quarter_name_fy,
        metric,
        numerator,
        denominator
    from {{ relation }}
    where cs_segment = '{{ cs_segment }}'

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- A quarter in which nothing was measured has a row too. A count of nothing is 0, a ratio of nothing is unknown.
every_quarter as (

    select
        quarters.fiscal_quarter_name_fy,
        quarters.last_month_of_quarter,
        targets.metric,
        coalesce(measured.numerator, 0) as numerator,
        coalesce(measured.denominator, case when targets.unit = 'count' then 1 else 0 end) as denominator,
        targets.target,
        targets.direction,
        targets.unit
    from quarters
    cross join targets
    left join measured
        on quarters.fiscal_quarter_name_fy = measured.fiscal_quarter_name_fy
        and targets.metric = measured.metric

),

valued as (

    select
        *,
        {{ rate("numerator * case when unit = 'nps' then 100 else 1 end", 'denominator') }} as value
    from every_quarter

),

compared as (

    select
        *,
        lag(value) over (partition by metric order by last_month_of_quarter) as prior_quarter_value
    from valued

)

{{ cs_report_columns('compared', "'" ~ cs_segment ~ "'", "'" ~ phase ~ "'") }}
{%- endmacro %}


{# The shape that all customer-success reports share. #}
{% macro cs_report_columns(relation, cs_segment, phase) -%}
select
    fiscal_quarter_name_fy,
    {{ cs_segment }} as cs_segment,
    {{ phase }} as phase,
    metric,
    cast(numerator as decimal(18,2)) as numerator,
    cast(denominator as decimal(18,2)) as denominator,
    value,
    target,
    direction,
    {{ is_target_met('value', 'target', 'direction') }} as is_target_met,
    prior_quarter_value,
    cast(value - prior_quarter_value as decimal(9,4)) as qoq_change,
    {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
from {{ relation }}
{%- endmacro %}


{# NULL without a target or a value. #}
{% macro is_target_met(value, target, direction) -%}
    case {{ direction }}
        when 'min' then {{ value }} >= {{ target }}
        when 'max' then {{ value }} <= {{ target }}
    end
{%- endmacro %}
