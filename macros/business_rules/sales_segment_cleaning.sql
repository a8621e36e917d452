{#
  One spelling for each sales segment. Salesforce holds the text as people typed it.
  An unknown or empty segment is worked as SMB. A value that no row names keeps its own
  spelling with a capital first letter; the accepted-values tests report it when it is new.
#}
{% macro sales_segment_cleaning(segment) -%}
    {%- set cleaned = "lower(trim(" ~ segment ~ "))" -%}
    case
        {#- 1 #}
        when {{ segment }} is null or {{ cleaned }} in ('', 'unknown') then 'SMB'
        {#- 2 #}
        when {{ cleaned }} = 'smb' then 'SMB'
        {#- 3 #}
        when {{ cleaned }} like 'mid%market' or {{ cleaned }} = 'mm' then 'Mid-Market'
        {#- 4 #}
        when {{ cleaned }} = 'lrg' then 'Large'
        {#- 5 #}
        when {{ cleaned }} = 'pubsec' then 'PubSec'
        {#- 6 #}
        when {{ cleaned }} = 'jihu' then 'JiHu'
        {#- 7 #}
        else upper(substring({{ cleaned }} from 1 for 1)) || substring({{ cleaned }} from 2)
    end
{%- endmacro %}


{# Every segment we know; the accepted values of the tests. #}
{% macro sales_segment_values() -%}
    {{ return(['SMB', 'Mid-Market', 'Large', 'Strategic', 'PubSec', 'JiHu']) }}
{%- endmacro %}
