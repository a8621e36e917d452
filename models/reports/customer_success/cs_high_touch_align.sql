{{ cs_metric_report(
    cs_segment='High-Touch',
    phase='Align',
    metrics=[
        'mq_success_plan_coverage',
        'ebr_last_12_months_coverage',
    ],
    values=[
        ref('cs_values_success_plans'),
        ref('cs_values_reviews'),
    ]
) }}
