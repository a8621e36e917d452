{#
  The objects whose rows are counted: raw tables by source, then models by layer. Each name is the one that the
  seed `tdf_row_count_expectations` uses; a raw table's is `source.table`.
#}
{% macro row_count_sources() %}
    {{ return({
        'zuora': [
            'account', 'contact', 'subscription', 'rate_plan', 'rate_plan_charge', 'product', 'product_rate_plan',
            'product_rate_plan_charge', 'product_rate_plan_charge_tier', 'invoice', 'invoice_item',
        ],
        'salesforce': [
            'account', 'contact', 'lead', 'user', 'record_type', 'opportunity', 'executive_business_review',
        ],
        'gainsight': [
            'customer_attributes', 'success_plan', 'cta', 'timeline_activity', 'survey_response',
            'webinar_attendance', 'email_event',
        ],
        'product_usage': ['license_utilization_monthly', 'use_case_usage_monthly'],
    }) }}
{% endmacro %}


{% macro row_count_models() %}
    {{ return({
        'staging': [
            'zuora_account', 'zuora_contact', 'zuora_subscription', 'zuora_rate_plan', 'zuora_rate_plan_charge',
            'zuora_invoice', 'zuora_invoice_item', 'sfdc_account', 'sfdc_contact', 'sfdc_lead', 'sfdc_user',
            'sfdc_record_type', 'sfdc_opportunity', 'sfdc_executive_business_review', 'gainsight_customer_attributes',
            'gainsight_success_plan', 'gainsight_cta', 'gainsight_timeline_activity', 'gainsight_survey_response',
            'gainsight_webinar_attendance', 'gainsight_email_event', 'product_usage_license_utilization_monthly',
            'product_usage_use_case_usage_monthly', 'map_merged_crm_accounts', 'prep_charges',
        ],
        'dimension': [
            'dim_dates', 'dim_product_details', 'dim_billing_accounts', 'dim_crm_accounts', 'dim_crm_persons',
            'dim_subscriptions',
        ],
        'fact': ['fct_charges', 'fct_invoice_items', 'fct_mrr'],
        'mart': ['mart_arr', 'mart_retention_parent_account'],
    }) }}
{% endmacro %}


{#
  Expectations are written for scale 1. Smaller data may have fewer rows and larger data more; small fixed
  tables do not grow with the scale, so the least number of rows never rises.
#}
{% macro scaled_min_rows(min_rows) -%}
    floor({{ min_rows }} * {{ [var('data_scale'), 1] | min }})
{%- endmacro %}


{% macro scaled_max_rows(max_rows) -%}
    ceiling({{ max_rows }} * {{ [var('data_scale'), 1] | max }})
{%- endmacro %}


{#
  The conditions that the expectations seed puts on what is counted, by object name, read while the test compiles.
  None without the seed, as in `emit`: what has a condition is then not compared.
#}
{% macro row_count_conditions() %}
    {%- set conditions = {} -%}
    {%- set seed = ref('tdf_row_count_expectations') -%}
    {%- if execute and load_relation(seed) is not none -%}
        {%- set found = run_query("select object_name, where_clause from " ~ seed ~ " where where_clause is not null") -%}
        {%- for row in found.rows -%}
            {%- do conditions.update({row['object_name']: row['where_clause']}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(conditions) }}
{% endmacro %}


{# Tables of a source that have fewer rows than the seed `tdf_row_count_expectations` asks for. #}
{% macro source_rowcounts_as_expected(source_name) -%}
    {%- set conditions = row_count_conditions() -%}
with counts as (

    {%- for table in row_count_sources()[source_name] %}
    {%- set object_name = source_name ~ '.' ~ table %}

    select
        '{{ object_name }}' as object_name,
        count(*) as row_count
    from {{ source(source_name, table) }}
    {%- if object_name in conditions %}
    where {{ conditions[object_name] }}
    {%- endif %}

    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select
    counts.object_name,
    counts.row_count,
    {{ scaled_min_rows('expectations.min_rows') }} as min_rows
from counts
inner join {{ ref('tdf_row_count_expectations') }} as expectations
    on counts.object_name = expectations.object_name
where counts.row_count < {{ scaled_min_rows('expectations.min_rows') }}
    {%- if not conditions %}
    and expectations.where_clause is null
    {%- endif %}
{%- endmacro %}
