-- Tests of all loaded invocations; `is_latest` marks the newest result of each test.
with results as (

    select * from {{ source('run_artifacts', 'test_results') }}

),

final as (

    select
        invocation_id,
        unique_id,
        test_name,
        test_type,
        test_id,
        model_name as model,
        column_name as tested_column,
        tags,
        severity,
        status,
        failures,
        message,
        executed_at,
        row_number() over (
            partition by unique_id
            order by executed_at desc nulls last, invocation_id
        ) = 1 as is_latest,
        {{ audit_columns(created='2021-06-01', updated='2021-08-01') }}
    from results

)

select * from final
