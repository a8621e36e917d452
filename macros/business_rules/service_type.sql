{# Whether a rate plan sells the product or support alone, read from the plan's name. #}
{% macro service_type(rate_plan_name) -%}
    case
        when lower({{ rate_plan_name }}) like '%support%' then 'Support Only'
        else 'Full Service'
    end
{%- endmacro %}
