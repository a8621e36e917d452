{#
  The rules that decide whether a charge brings ARR. A charge counts when it passes all of them;
  otherwise the first one it fails is its `arr_exclusion_reason`.

  Each condition reads the columns of the CTE `charges` in `prep_charges`. A condition that is NULL fails.
#}
{% macro arr_rules() -%}
    {{ return([
        {
            'id': 'R1',
            'flag': 'is_recurring_type',
            'condition': "charge_type = 'Recurring'",
        },
        {
            'id': 'R2',
            'flag': 'spans_a_month',
            'condition': "effective_end_month is null or effective_end_month > effective_start_month",
        },
        {
            'id': 'R3',
            'flag': 'has_mrr',
            'condition': "mrr <> 0",
        },
        {
            'id': 'R4',
            'flag': 'is_on_live_version',
            'condition': "has_counted_status and not is_superseded",
        },
        {
            'id': 'R5',
            'flag': 'is_in_analysis',
            'condition': "is_subscription_in_analysis",
        },
        {
            'id': 'R6',
            'flag': 'has_kept_account',
            'condition': "is_billing_account_kept",
        },
        {
            'id': 'R7',
            'flag': 'is_not_deleted',
            'condition': "not is_charge_deleted and not is_rate_plan_deleted",
        },
    ]) }}
{%- endmacro %}


{# ARR is the monthly recurring revenue of the month, twelve times. #}
{% macro arr_from_mrr(mrr) -%}
    cast({{ mrr }} * 12 as decimal(18,2))
{%- endmacro %}


{#
  Whether a charge brings ARR in a month. The end month is exclusive: it is the month of the renewal,
  where churn shows. A charge without an end runs on to the end of the calendar.
#}
{% macro charge_covers_month(month, effective_start_month, effective_end_month) -%}
    {{ effective_start_month }} <= {{ month }}
    and ({{ effective_end_month }} > {{ month }} or {{ effective_end_month }} is null)
{%- endmacro %}


{# Contract states that bring ARR: a cancelled contract still runs to its end; drafts and expired versions do not count. #}
{% macro subscription_has_counted_status(status) -%}
    coalesce({{ status }} in ('Active', 'Cancelled'), false)
{%- endmacro %}


{# The finance team's flag that takes a contract version out of every figure. #}
{% macro subscription_is_in_analysis(is_deleted, exclude_from_analysis) -%}
    not {{ is_deleted }} and coalesce({{ exclude_from_analysis }}, '') in ('', 'False')
{%- endmacro %}
