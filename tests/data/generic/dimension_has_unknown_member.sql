{# The dimension has exactly one row for what is unknown. #}
{% test dimension_has_unknown_member(model, key) %}

with unknown_members as (

    select count(*) as row_count
    from {{ model }}
    where {{ key }} = {{ unknown_member_id() }}

)

select row_count
from unknown_members
where row_count <> 1

{% endtest %}
