{% set ns = namespace(total=0) %}
{% for i in range(5) if i != 2 %}{% set ns.total = ns.total + i %}{% endfor %}
select {{ ns.total }} as total, '{{ local('q', 'r', 's', t=1) }}' as called,
    {% for group in [{'k': 1, 'v': 'a'}, {'k': 2, 'v': 'b'}, {'k': 1, 'v': 'c'}] | groupby('k') %}'{{ group.grouper }}{{ group.list | map(attribute='v') | join }}' as g{{ loop.index }},{% endfor %}
    {{ '%s' | format('1') }} as one, '{{ ['b', 'A', 'c'] | sort | join }}{{ 'Title case' | title }}{{ 3.0 }}{{ 10 / 4 }}{{ 1e20 }}{{ none }}{{ true }}' as shown,
    {%- filter upper %} 'filtered' as f {%- endfilter %}
    {# a comment #}
    {%- raw %}, '{{ raw }}' as r{% endraw %}
