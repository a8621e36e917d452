{# Which view stands on which table, so that the cache knows what a cascading drop takes along. #}

{# A view's rule (pg_rewrite) depends on the view itself by an internal entry of pg_depend, and on each column that it reads
   by a further one; hence the two joins and the `distinct`. #}
{% macro postgres__get_relations() %}
  {%- call statement('relations', fetch_result=True) -%}
    select distinct
      child_schema.nspname as dependent_schema,
      child.relname as dependent_name,
      parent_schema.nspname as referenced_schema,
      parent.relname as referenced_name
    from pg_class as child
    join pg_namespace as child_schema on child_schema.oid = child.relnamespace
    join pg_depend as own on own.refobjid = child.oid
      and own.classid = 'pg_rewrite'::regclass and own.refclassid = 'pg_class'::regclass and own.deptype = 'i'
    join pg_depend as reads on reads.objid = own.objid
      and reads.classid = 'pg_rewrite'::regclass and reads.refclassid = 'pg_class'::regclass and reads.refobjid != own.refobjid
    join pg_class as parent on parent.oid = reads.refobjid
    join pg_namespace as parent_schema on parent_schema.oid = parent.relnamespace
      and parent_schema.nspname != 'information_schema' and parent_schema.nspname not like 'pg\_%'
    order by dependent_schema, dependent_name, referenced_schema, referenced_name;
  {%- endcall -%}
  {%- do return(load_result('relations').table) -%}
{% endmacro %}

{% macro postgres_get_relations() %}{{ return(postgres__get_relations()) }}{% endmacro %}
