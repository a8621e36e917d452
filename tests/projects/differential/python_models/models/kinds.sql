{{ config(materialized='table') }}
select 1 as whole, 170141183460469231731687303715884105727::hugeint as huge, 1.25::decimal(9, 4) as money, 0.1::double as loose,
    date '2020-01-02' as day, time '10:00:01' as hour, timestamp '2020-01-02 03:04:05.123456' as moment,
    timestamptz '2020-01-02 03:04:05+02' as zoned, interval '1 month 2 days' as span, 'é'::varchar as "Some Text",
    '\xAA'::blob as raw, '00000000-0000-0000-0000-000000000001'::uuid as id, true as flag, ['a', null] as texts,
    {'a': 1, 'b': [1.5]} as pair, map {'k': 1} as mapped, 'x'::enum('x', 'y') as chosen, '{"a": 1}'::json as doc
