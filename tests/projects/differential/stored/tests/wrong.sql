{{ config(store_failures_as='nothing') }} select 1 as one
