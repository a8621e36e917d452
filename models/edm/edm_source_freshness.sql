-- Age of the raw tables at each measurement.
with results as (

    select * from {{ source('run_artifacts', 'freshness_results') }}

),

final as (

    select
        invocation_id,
        unique_id,
        source_name,
        table_name,
        status,
        max_loaded_at,
        snapshotted_at,
        age_seconds,
        executed_at,
        row_number() over (
            partition by unique_id
            order by snapshotted_at desc nulls last, executed_at desc nulls last, invocation_id
        ) = 1 as is_latest,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from results

)

select * from final
