-- The trusted-data view of the billing system: results of the tests that watch it.
with results as (

    select * from {{ ref('tdf_test_results') }}

),

final as (

    select *
    from results
    where ', ' || tags || ', ' like '%, tdf, %'
        and ', ' || tags || ', ' like '%, zuora, %'

)

select * from final
