{#
  The fiscal year starts on 1 February and is named for the year in which it ends:
  FY22 runs from February 2021 to January 2022, Q1 from February to April.
  Moving a date one month back turns fiscal years and quarters into calendar ones.
#}

{% macro fiscal_year(date) -%}
    cast(extract(year from {{ add_months(month_start(date), -1) }}) + 1 as integer)
{%- endmacro %}


{% macro fiscal_quarter(date) -%}
    cast(extract(quarter from {{ add_months(month_start(date), -1) }}) as integer)
{%- endmacro %}


{% macro month_of_fiscal_year(date) -%}
    cast(extract(month from {{ add_months(month_start(date), -1) }}) as integer)
{%- endmacro %}


{# FY22-Q2 #}
{% macro fiscal_quarter_name(fiscal_year, fiscal_quarter) -%}
    'FY' || substring(cast({{ fiscal_year }} as varchar) from 3 for 2)
    || '-Q' || cast({{ fiscal_quarter }} as varchar)
{%- endmacro %}


{#
  Quarter and year of a month of dim_dates. ARR is a stock: only the last month of a quarter or year carries its
  label, so that a filter on it picks exactly one figure.
#}
{% macro quarter_of_its_last_month(dates) -%}
    case when {{ dates }}.is_first_day_of_last_month_of_fiscal_quarter then {{ dates }}.fiscal_quarter_name_fy end
{%- endmacro %}


{% macro year_of_its_last_month(dates) -%}
    case when {{ dates }}.is_first_day_of_last_month_of_fiscal_year then {{ dates }}.fiscal_year end
{%- endmacro %}
