{{ cs_metric_report(
    cs_segment='Mid-Touch',
    phase='Enable',
    metrics=[
        'enablement_webinar_attendance',
        'use_case_health_scm',
        'use_case_health_ci',
        'use_case_health_devsecops',
        'use_case_health_cd',
    ],
    values=[
        ref('cs_values_webinars'),
        ref('cs_values_use_cases'),
    ]
) }}
