-- Rows of every raw table and model, beside what is expected of them.
with counts as (

    {%- for source_name, tables in row_count_sources().items() %}
    {%- for table in tables %}

    select
        '{{ source_name }}.{{ table }}' as object_name,
        'raw' as layer,
        count(*) as row_count
    from {{ source(source_name, table) }}

    union all
    {%- endfor %}
    {%- endfor %}

    {%- for layer, models in row_count_models().items() %}
    {%- set last_layer = loop.last %}
    {%- for model in models %}

    select
        '{{ model }}' as object_name,
        '{{ layer }}' as layer,
        count(*) as row_count
    from {{ ref(model) }}

    {% if not (last_layer and loop.last) %}union all{% endif %}
    {%- endfor %}
    {%- endfor %}

),

expectations as (

    select
        object_name,
        {{ scaled_min_rows('min_rows') }} as min_rows,
        {{ scaled_max_rows('max_rows') }} as max_rows
    from {{ ref('tdf_row_count_expectations') }}

),

final as (

    select
        counts.object_name,
        counts.layer,
        cast(counts.row_count as integer) as row_count,
        cast(expectations.min_rows as integer) as min_rows,
        cast(expectations.max_rows as integer) as max_rows,
        case
            when expectations.object_name is null then 'not expected'
            when counts.row_count < expectations.min_rows then 'too few'
            when counts.row_count > expectations.max_rows then 'too many'
            else 'as expected'
        end as status,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from counts
    left join expectations
        on counts.object_name = expectations.object_name

)

select * from final
