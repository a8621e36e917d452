"""Records what Python dbt lists for the selections of selection.txt.

    python tests/oracles/selection.py [PROJECT [CASES [OUTPUT]]]

Run it with an environment that has dbt-core 1.11 and dbt-duckdb. Each case becomes the sorted unique
ids that `dbt ls` gives, the criteria that it warns match nothing, or `error: true`.
"""

import json
import os
import shlex
import sys
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

HERE = Path(__file__).resolve().parent


def record(runner, options, arguments):
    unmatched = []

    def listen(event):
        if event.info.name == "NoNodesForSelectionCriteria":
            unmatched.append(event.data.spec_raw)

    runner.callbacks = [listen]
    command = ["--quiet", "ls", "--output", "json", "--output-keys", "unique_id", *options, *arguments]
    result = runner.invoke(command)
    case = {"arguments": arguments}
    if not isinstance(result.result, list):
        return case | {"error": True}
    case["nodes"] = sorted(json.loads(line)["unique_id"] for line in result.result)
    if unmatched:
        case["unmatched"] = unmatched
    return case


def main(project=HERE.parent / "projects" / "every_kind", cases=None, output=None):
    cases = Path(cases or HERE / "selection.txt")
    output = Path(output or cases.with_suffix(".json"))
    lines = [line for line in cases.read_text().splitlines() if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EVERY_KIND_DB"] = f"{scratch}/every_kind.duckdb"
        options = ["--project-dir", str(project), "--profiles-dir", str(project)]
        options += ["--target-path", f"{scratch}/target", "--log-path", f"{scratch}/logs"]
        os.chdir(project)
        parsed = dbtRunner().invoke(["--quiet", "parse", *options])
        runner = dbtRunner(manifest=parsed.result)
        # Patterns are the program's business here, so `*` is not expanded.
        results = [record(runner, options, shlex.split(line)) for line in lines]
    output.write_text("[\n" + ",\n".join(json.dumps(case) for case in results) + "\n]\n")
    print(f"{len(results)} cases, {sum('error' in case for case in results)} errors", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
