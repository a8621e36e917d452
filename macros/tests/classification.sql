{#
  Data classes, from open to closed. A model may be more closed than what it reads;
  to be more open it must name the columns that it lets out in `meta.declassified`.
#}
{% macro data_classes() %}
    {{ return(['NONE', 'YELLOW', 'ORANGE']) }}
{% endmacro %}


{# Models, seeds and source tables without a valid `meta.classification`. #}
{% macro classification_declared() -%}
    {%- set missing = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | list + graph.sources.values() | list
            if node.resource_type in ['model', 'seed', 'snapshot', 'source'] and node.package_name == project_name
            and node.config.meta.get('classification') not in data_classes() -%}
            {%- do missing.append(node.unique_id) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rows_of_text('node', missing | sort) }}
{%- endmacro %}


{#
  Columns that a model shares by name with an ORANGE parent although the model is more open, and that
  `meta.declassified` does not name. Bookkeeping columns carry no data and may pass.
#}
{% macro undeclared_orange_columns() -%}
    {%- set leaks = [] -%}
    {%- set bookkeeping = [
        'model_created_date', 'model_updated_date', '_sdc_batched_at',
        'created_date', 'updated_date', 'last_modified_date', 'is_deleted'
    ] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.config.meta.get('classification') in ['NONE', 'YELLOW'] -%}
            {%- set let_out = node.config.meta.get('declassified', []) -%}
            {%- for parent_id in node.depends_on.nodes -%}
                {%- set parent = graph.nodes.get(parent_id) or graph.sources.get(parent_id) -%}
                {%- if parent and parent.config.meta.get('classification') == 'ORANGE' -%}
                    {%- for column in node.columns if column in parent.columns
                        and column not in let_out and column not in bookkeeping -%}
                        {%- do leaks.append(node.name ~ '.' ~ column ~ ' from ' ~ parent.name) -%}
                    {%- endfor -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rows_of_text('leak', leaks | sort) }}
{%- endmacro %}


{# Columns that look like personal data in what a model declares, outside of the source layer and not masked. #}
{% macro declared_personal_columns() -%}
    {%- set personal = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and 'sources' != node.fqn[1] -%}
            {%- for column in node.columns.values() if looks_like_personal_data(column.name) -%}
                {%- do personal.append(node.name ~ '.' ~ column.name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rows_of_text('personal_column', personal | sort) }}
{%- endmacro %}


{# Tags in use that the seed `valid_tags` does not list. #}
{% macro unknown_tags() -%}
    {%- set used = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | list + graph.sources.values() | list if node.package_name == project_name -%}
            {%- for tag in node.tags if tag not in used -%}
                {%- do used.append(tag) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}

with used_tags as (

    {{ rows_of_text('tag', used | sort) }}

)

select used_tags.tag
from used_tags
left join {{ ref('valid_tags') }} as valid_tags
    on used_tags.tag = valid_tags.tag
where valid_tags.tag is null
{%- endmacro %}


{# Models that no test with the tag `tdf` is attached to, or that do not say what a row of theirs is. #}
{% macro models_without_grain_or_test() -%}
    {%- set tested = [] -%}
    {%- set lacking = [] -%}
    {%- if execute -%}
        {%- for test in graph.nodes.values()
            if test.resource_type == 'test' and test.attached_node and 'tdf' in test.tags -%}
            {%- do tested.append(test.attached_node) -%}
        {%- endfor -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == project_name
            and (node.unique_id not in tested or not node.config.meta.get('grain')) -%}
            {%- do lacking.append(node.unique_id) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rows_of_text('model', lacking | sort) }}
{%- endmacro %}
