{#
  Playbooks, told apart by their name or by the category of their objective, and not when retired.
  The words count as they are written, capital letters included.
#}
{% macro is_expansion_playbook(playbook_name, objective_category) -%}
    {{ is_playbook_of(playbook_name, 'Expand', objective_category, 'Expansion Stage Adoption') }}
{%- endmacro %}


{% macro is_enablement_playbook(playbook_name, objective_category) -%}
    {{ is_playbook_of(playbook_name, 'Enable', objective_category, 'Enablement Stage Adoption') }}
{%- endmacro %}


{% macro is_playbook_of(playbook_name, word, objective_category, category) -%}
    (
        coalesce({{ playbook_name }}, '') like '%{{ word }}%'
        or coalesce({{ objective_category }}, '') = '{{ category }}'
    )
    and coalesce({{ playbook_name }}, '') not like '%OLD%'
{%- endmacro %}


{# Contacts that count as engaging with the customer. #}
{% macro is_engagement(activity_type) -%}
    {{ activity_type }} in ('Customer Call', 'Meeting')
{%- endmacro %}


{# The call about a month after the first contract: a customer call 15 to 45 days after it. #}
{% macro is_thirty_day_call(activity_type, days_since_contract) -%}
    {{ activity_type }} = 'Customer Call' and {{ days_since_contract }} between 15 and 45
{%- endmacro %}


{# A success plan that is in force on a day: an ROI plan that left the draft and is not closed yet. #}
{% macro is_plan_in_force(plans, day) -%}
    {{ plans }}.plan_type = 'ROI Success Plan'
    and {{ plans }}.plan_status <> 'Draft'
    and {{ plans }}.created_date <= {{ day }}
    and ({{ plans }}.closed_date is null or {{ plans }}.closed_date > {{ day }})
{%- endmacro %}


{# An opportunity that was decided. The stage's name may begin with its number. #}
{% macro is_closed_opportunity(is_won, stage_name) -%}
    (coalesce({{ is_won }}, false) or coalesce({{ stage_name }} like '%Closed%', false))
{%- endmacro %}


{# +1 for who would recommend us (9 and 10), -1 for who would not (0 to 6). #}
{% macro nps_points(nps_score) -%}
    case
        when {{ nps_score }} >= 9 then 1
        when {{ nps_score }} <= 6 then -1
        when {{ nps_score }} is not null then 0
    end
{%- endmacro %}


{#
  The four use cases, the usage column in which each is counted, and from which share of the licensed users
  on (in percent) each is yellow and green. DevSecOps is still red at its lower border.
#}
{% macro use_cases() %}
    {{ return([
        {'name': 'SCM', 'key': 'scm', 'column': 'git_operation_users_28d',
         'yellow_from': 25, 'green_from': 50, 'border_is_red': false},
        {'name': 'CI', 'key': 'ci', 'column': 'ci_pipeline_users_28d',
         'yellow_from': 25, 'green_from': 50, 'border_is_red': false},
        {'name': 'DevSecOps', 'key': 'devsecops', 'column': 'secure_scanner_users_28d',
         'yellow_from': 5, 'green_from': 20, 'border_is_red': true},
        {'name': 'CD', 'key': 'cd', 'column': 'deployment_users_28d',
         'yellow_from': 5, 'green_from': 10, 'border_is_red': false},
    ]) }}
{% endmacro %}


{# Health of a use case; NULL without data or licences. #}
{% macro use_case_health(use_case, user_count, license_user_count) -%}
    case
        when {{ user_count }} is null or coalesce({{ license_user_count }}, 0) = 0 then null
        when {{ user_count }} * 100 {{ '<=' if use_case.border_is_red else '<' }} {{ license_user_count }} * {{ use_case.yellow_from }} then 'red'
        when {{ user_count }} * 100 < {{ license_user_count }} * {{ use_case.green_from }} then 'yellow'
        else 'green'
    end
{%- endmacro %}


{# Whether a day lies in a fiscal quarter, given the CTE or table with the quarter's bounds. #}
{% macro is_in_quarter(day, quarters) -%}
    {{ day }} between {{ quarters }}.first_day_of_quarter and {{ quarters }}.last_day_of_quarter
{%- endmacro %}
