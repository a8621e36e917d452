{# What is kept of the revenue of a year before: growth does not count, and nothing is kept of what is gone. #}
{% macro gross_retention(prior_year, this_year) -%}
    case
        when {{ this_year }} <= 0 then 0
        else least({{ prior_year }}, {{ this_year }})
    end
{%- endmacro %}


{# What became of a customer's ARR within a year. #}
{% macro type_of_arr_change(prior_year, this_year) -%}
    case
        when {{ this_year }} <= 0 then 'Churn'
        when {{ this_year }} < {{ prior_year }} then 'Contraction'
        when {{ this_year }} > {{ prior_year }} then 'Expansion'
        else 'No Impact'
    end
{%- endmacro %}
