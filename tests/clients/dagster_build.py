"""Loads a project's assets with dagster-dbt and builds them: PROJECT DBT."""

import json
import sys
from pathlib import Path

from dagster import AssetExecutionContext, materialize
from dagster_dbt import DbtCliResource, dbt_assets

project, program = Path(sys.argv[1]), sys.argv[2]
dbt = DbtCliResource(project_dir=str(project), profiles_dir=str(project), dbt_executable=program)
parsed = dbt.cli(["parse"], target_path=project / "target").wait()
assert parsed.is_successful()


@dbt_assets(manifest=project / "target/manifest.json")
def shop(context: AssetExecutionContext, dbt: DbtCliResource):
    yield from dbt.cli(["build"], context=context).stream()


run = materialize([shop], resources={"dbt": dbt}, raise_on_error=False)
checks = [event.asset_check_evaluation_data for event in run.all_events if event.event_type_value == "ASSET_CHECK_EVALUATION"]
print(
    json.dumps(
        {
            "assets": sorted(key.to_user_string() for key in shop.keys),
            "success": run.success,
            "materialized": [event.asset_key.to_user_string() for event in run.get_asset_materialization_events()],
            "checks": {check.check_name: check.passed for check in checks},
        }
    )
)
