{%- set rows = [
    ['target', target.name ~ target.schema ~ target.type ~ target.threads ~ target.profile_name],
    ['this', this ~ '|' ~ this.schema ~ '|' ~ this.identifier ~ '|' ~ this.include(database=false)],
    ['var', var('given') | string ~ var('number', 3) ~ var('of_project')],
    ['has_var', var.has_var('given') ~ var.has_var('nope')],
    ['env', env_var('GREETING', 'nobody')],
    ['project', project_name ~ dbt_version.split('.')[0]],
    ['model', model.unique_id ~ model.path ~ model.original_file_path ~ model.resource_type],
    ['flags', flags.FULL_REFRESH ~ flags.WHICH],
    ['json', tojson({'a': [1, none, true, 1.50]}) ~ fromjson('{"x": 1}').x ~ tojson({'b': 1, 'a': 2}, sort_keys=true)],
    ['yaml', fromyaml('a: [1, yes]') | string ~ toyaml({'k': [1]})],
    ['set', set([1, 1, 2]) | length ~ set_strict('ab') | sort | join ~ zip([1, 2], ['a', 'b']) | list],
    ['md5', local_md5('x')],
    ['modules', modules.datetime.date(2020, 1, 31) ~ modules.re.sub('a', 'b', 'banana') ~ modules.pytz.utc ~ modules.itertools.chain([1], [2]) | list],
    ['execute', execute],
    ['relation', api.Relation.create(schema='a', identifier='b', type='view') ~ api.Relation.create(database='d', identifier='b')],
    ['column', api.Column('c', 'varchar', char_size=10).data_type ~ api.Column.create('d', 'int').quoted],
    ['adapter', adapter.quote('x') ~ adapter.type() ~ (adapter.get_relation('warehouse', 'main', 'base') is none)],
    ['builtins', builtins.ref('base') ~ builtins.var('of_project')],
    ['context', context['project_name'] ~ ('ref' in context)],
    ['selected', selected_resources | length],
    ['undefined', nothing_here is defined],
    ['args', invocation_args_dict.which],
    ['dict', dict(a=1, **{'b': 2}) ~ [1, 2][::-1] ~ '%05.2f' % 3.14159 ~ '{:>5}'.format('x') ~ 7 // 2 ~ 7 % 3 ~ 2 ** 10],
    ['macro', with_caller_text()],
    ['exceptions', ('warn' in exceptions) ~ ('nope' in exceptions) ~ (exceptions | length) ~ exceptions.keys() | list | first],
] -%}
{% for name, value in rows %}
select {{ loop.index }} as n, '{{ name }}' as name, '{{ value | string | replace("'", "") | replace("\n", "~") }}' as value{{ " union all" if not loop.last }}
{% endfor %}
-- {{ ref('base') }}
