"""Record the structured log of Python dbt, one example of each event and outcome.

usage: record_events.py DBT PROJECT OUT

Breaks a copy of PROJECT on purpose (an error, a failing and a warning test, a skip, a cut hook), runs
`build`, and writes one event a line: the first of each name, level and status.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BROKEN = {
    "models/marts/broken.sql": "select nope from {{ ref('stg_orders') }}",
    "models/marts/after_broken.sql": "select * from {{ ref('broken') }}",
    "tests/always_fails.sql": "{{ config(severity='error', store_failures=true) }} select * from {{ ref('orders') }}",
    "tests/always_warns.sql": "{{ config(severity='warn') }} select * from {{ ref('orders') }}",
    "macros/long_hook.sql": "{% macro finish_run() %}{{ log('Talk from a hook', info=true) }}"
    "{% do exceptions.warn('Careful') %}{{ print('Plain') }}"
    "select 1 as a_very_long_statement{% endmacro %}",
}


def settle(value, root):
    if isinstance(value, dict):
        return {k: settle(v, root) for k, v in value.items()}
    if isinstance(value, list):
        return [settle(v, root) for v in value]
    return value.replace(root, "<root>") if isinstance(value, str) else value


def main():
    dbt, project, out = sys.argv[1:]
    env = dict(os.environ, DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, "project")
        shutil.copytree(project, root)
        macros = Path(root, "macros/macros.sql")
        macros.write_text(macros.read_text().replace("macro finish_run", "macro old_finish_run"))
        for path, text in BROKEN.items():
            Path(root, path).write_text(text)
        subprocess.run([dbt, "deps", "--quiet"], cwd=root, env=env, check=False)
        shutil.rmtree(Path(root, "logs"), ignore_errors=True)
        flags = ["--quiet", "--no-use-colors", "--log-format-file", "json", "--log-level-file", "debug"]
        subprocess.run([dbt, *flags, "build"], cwd=root, env=env, check=False)
        subprocess.run([dbt, *flags, "source", "freshness"], cwd=root, env=env, check=False)
        seen, rows = set(), []
        for line in Path(root, "logs/dbt.log").read_text().splitlines():
            event = settle(json.loads(line), root)
            info, data = event["info"], event["data"]
            key = (info["name"], info["level"], data.get("status"), "group" in data, "node_info" in data)
            if key not in seen:
                seen.add(key)
                rows.append({"name": info["name"], "code": info["code"], "level": info["level"],
                             "msg": info["msg"], "data": data})  # fmt: skip
    rows.sort(key=lambda row: (row["name"], row["msg"]))
    Path(out).write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
