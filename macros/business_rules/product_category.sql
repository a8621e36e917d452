{#
  Tier and kind of a product, read from the name of its rate plan. The first matching row wins.
  P1-P8, P10-P12, P14-P16 and P18 ignore case; the others compare the exact text.
  P17 is a list of service names kept in the seed `product_support_rate_plans`.
#}
{% macro product_category(rate_plan_name) -%}
    case
        {#- P1  #}
        when lower({{ rate_plan_name }}) like '%saas - ultimate%' then 'SaaS - Ultimate'
        {#- P2  #}
        when lower({{ rate_plan_name }}) like '%saas - premium%' then 'SaaS - Premium'
        {#- P3  #}
        when lower({{ rate_plan_name }}) like '%dedicated - ultimate%' then 'Dedicated - Ultimate'
        {#- P4  #}
        when lower({{ rate_plan_name }}) like '%ultimate%' then 'Self-Managed - Ultimate'
        {#- P5  #}
        when lower({{ rate_plan_name }}) like '%premium%' then 'Self-Managed - Premium'
        {#- P6  the name of SaaS - Ultimate until January 2021 #}
        when lower({{ rate_plan_name }}) like '%gold%' then 'SaaS - Ultimate'
        {#- P7  the name of SaaS - Premium until January 2021 #}
        when lower({{ rate_plan_name }}) like '%silver%' then 'SaaS - Premium'
        {#- P8  #}
        when lower({{ rate_plan_name }}) like '%bronze%' then 'SaaS - Bronze'
        {#- P9  #}
        when lower({{ rate_plan_name }}) like '%starter%'
            or lower({{ rate_plan_name }}) like 'gitlab enterprise edition%'
            or {{ rate_plan_name }} = 'Pivotal Cloud Foundry Tile for GitLab EE'
            then 'Self-Managed - Starter'
        {#- P10 #}
        when lower({{ rate_plan_name }}) like 'plus%' then 'Plus'
        {#- P11 #}
        when lower({{ rate_plan_name }}) like 'standard%' then 'Standard'
        {#- P12 #}
        when lower({{ rate_plan_name }}) like 'basic%' then 'Basic'
        {#- P13 #}
        when {{ rate_plan_name }} = 'Trueup' then 'Trueup'
        {#- P14 #}
        when lower({{ rate_plan_name }}) like 'saas - code suggestions%' then 'SaaS - AI Add Ons'
        {#- P15 #}
        when ltrim(lower({{ rate_plan_name }})) like 'githost%' then 'GitHost'
        {#- P16 #}
        when lower({{ rate_plan_name }}) like '%quick start with ha%'
            or lower({{ rate_plan_name }}) like '%proserv training per-seat add-on%'
            then 'Support'
        {#- P17 #}
        when trim({{ rate_plan_name }}) in (
            select product_rate_plan_name from {{ ref('product_support_rate_plans') }}
        ) then 'Support'
        {#- P18 #}
        when lower({{ rate_plan_name }}) like 'gitlab geo%'
            or lower({{ rate_plan_name }}) like 'ci runner%'
            then 'SaaS - Other'
        {#- P19 #}
        when lower({{ rate_plan_name }}) like 'discount%'
            or trim({{ rate_plan_name }}) in (
                '#movingtogitlab', 'Payment Gateway Test',
                'EdCast Settlement Revenue', 'GitLab Certification Exam'
            )
            then 'Other'
        {#- P20 #}
        when trim({{ rate_plan_name }}) in (
            'File Locking', 'Time Tracking', '1,000 CI Minutes',
            '1,000 Compute Minutes', 'Training LMS Settlement Revenue'
        ) then 'SaaS - Other'
        {#- P21 #}
        when trim({{ rate_plan_name }}) = 'Gitlab Storage 10GB' then 'Storage'
        {#- P22 everything else, and a missing name #}
        else 'Not Applicable'
    end
{%- endmacro %}


{# Every result that `product_category` can give; the accepted values of its tests. #}
{% macro product_category_values() -%}
    {{ return([
        'SaaS - Ultimate', 'SaaS - Premium', 'Dedicated - Ultimate',
        'Self-Managed - Ultimate', 'Self-Managed - Premium', 'SaaS - Bronze',
        'Self-Managed - Starter', 'Plus', 'Standard', 'Basic', 'Trueup',
        'SaaS - AI Add Ons', 'GitHost', 'Support', 'SaaS - Other', 'Other',
        'Storage', 'Not Applicable'
    ]) }}
{%- endmacro %}
