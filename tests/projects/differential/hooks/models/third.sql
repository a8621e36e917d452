{{ config(post_hook="{% if var('broken', false) %}select * from nowhere{% endif %}") }}
select id from {{ ref('second') }}
