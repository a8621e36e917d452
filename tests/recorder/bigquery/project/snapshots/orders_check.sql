{% snapshot orders_check %}
{{ config(target_schema='shop', unique_key='id', strategy='check', check_cols=['name'], hard_deletes='invalidate') }}
select 1 as id, 'a' as name
{% endsnapshot %}
