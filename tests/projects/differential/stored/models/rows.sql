select * from (values (1, 'a', 1.5), (1, null, {{ var('amount', 'null') }}), (3, 'it''s', 2)) as t(id, name, "the amount")
