{{ cs_metric_report(
    cs_segment='Scale',
    phase='Expand & Renew',
    metrics=[
        'expansion_webinar_attendance',
        'new_use_cases_adopted',
        'renewal_nps',
        'renewal_csat',
    ],
    values=[
        ref('cs_values_webinars'),
        ref('cs_values_use_cases'),
        ref('cs_values_surveys'),
    ]
) }}
