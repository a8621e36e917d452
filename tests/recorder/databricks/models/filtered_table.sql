{{ config(row_filter={'function': 'only_mine', 'columns': ['name']}) }}
select 1 as id, 'a' as name
