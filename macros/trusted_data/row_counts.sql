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
  Rows of the expectations seed whose object name begins with a prefix, read while the test compiles.
  `emit` has no seed to read; it then leaves the test out, which is better than a test of nothing.
#}
{% macro row_count_expectations(prefix) %}
    {%- set expectations = [] -%}
    {%- set seed = ref('tdf_row_count_expectations') -%}
    {%- if execute and (load_relation(seed) is not none or flags.WHICH == 'emit') -%}
        {%- set found = run_query(
            "select object_name, min_rows, where_clause from " ~ seed
            ~ " where object_name like '" ~ prefix ~ "%' order by object_name"
        ) -%}
        {%- for row in found.rows -%}
            {%- do expectations.append(
                {'object_name': row['object_name'], 'min_rows': row['min_rows'], 'where_clause': row['where_clause']}
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(expectations) }}
{% endmacro %}


{# `source_rowcount` for every table of a source that the seed names. #}
{% macro source_rowcounts_as_expected(source_name) -%}
    {%- set queries = [] -%}
    {%- for expectation in row_count_expectations(source_name ~ '.') -%}
        {%- do queries.append(source_rowcount(
            source_name,
            expectation.object_name.split('.')[1],
            scaled_min_rows(expectation.min_rows),
            expectation.where_clause
        )) -%}
    {%- endfor -%}
    {%- if queries -%}
        {{ queries | join('\n\nunion all\n\n') }}
    {%- else -%}
        {{ rows_of_text('object_name', []) }}
    {%- endif -%}
{%- endmacro %}
