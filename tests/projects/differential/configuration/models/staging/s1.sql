{{ config(**{'tags': ['x', 'y'], 'grants': {'+select': ['b']}}) }}
select 1 as id
