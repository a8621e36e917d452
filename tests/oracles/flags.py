#!/usr/bin/env python3
"""Records what dbt 1.11 makes of arguments, variables and a project's `flags:`.

Usage: python tests/oracles/flags.py tests/cases/load/flags.json   (needs dbt-core)

Each record holds the command line, its surroundings, and either `args` (what run_results.json would
show, paths below `<root>`) with `flags` (what templates see), or `error`.
"""

import json
import os
import sys
import tempfile
from datetime import datetime

os.environ.update(DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")

from dbt.cli.flags import Flags, args_to_context  # noqa: E402
from dbt.flags import get_flag_obj, set_flags  # noqa: E402
from dbt.utils import args_to_dict  # noqa: E402

P = "name: p\nprofile: p\n"

# arguments, environment, project's flags
CASES = [
    (["run"], {}, ""),
    (["build"], {}, ""),
    (["parse"], {}, ""),
    (["list"], {}, ""),
    (["ls"], {}, ""),
    (["test"], {}, ""),
    (["seed"], {}, ""),
    (["snapshot"], {}, ""),
    (["compile"], {}, ""),
    (["show"], {}, ""),
    (["clean"], {}, ""),
    (["deps"], {}, ""),
    (["debug"], {}, ""),
    (["init"], {}, ""),
    (["init", "shop", "-s"], {}, ""),
    (["retry"], {}, ""),
    (["clone"], {}, ""),
    (["docs", "generate"], {}, ""),
    (["docs", "serve", "--no-browser", "--port", "99"], {}, ""),
    (["source", "freshness"], {}, ""),
    (["source", "snapshot-freshness", "-o", "out.json"], {}, ""),
    (["run-operation", "m", "--args", "{a: 1, b: [x]}"], {}, ""),
    (["-d", "run", "-f", "-x"], {}, ""),
    (["run", "--no-debug", "--debug"], {}, ""),
    (["run", "--debug", "--no-debug"], {}, ""),
    (["--log-level", "WARN", "run", "--log-format", "json"], {}, ""),
    (["run", "--log-level-file", "error", "--log-level", "debug"], {}, ""),
    (["run", "--no-use-colors"], {}, ""),
    (["run", "-s", "a", "b", "--exclude", "c d", "--exclude", "e"], {}, ""),
    (["run", "--models", "a", "-m", "b"], {}, ""),
    (["ls", "-m", "a", "--output", "JSON", "--output-keys", "name", "tags"], {}, ""),
    (["ls", "--resource-type", "model", "--resource-types", "source exposure"], {}, ""),
    (["ls"], {"DBT_RESOURCE_TYPES": "model source"}, ""),
    (["build", "--exclude-resource-type", "test"], {"DBT_EXCLUDE_RESOURCE_TYPES": "seed"}, ""),
    (["run", "--vars", "{a: 1, b: yes, c: 2024-01-01}", "--threads", "3"], {}, ""),
    (["run", "-t", "prod", "--profile", "q", "--target-path", "out"], {}, ""),
    (["run"], {"DBT_TARGET": "prod", "DBT_PROFILE": "q", "DBT_TARGET_PATH": "out"}, ""),
    (["run", "-t", "cli"], {"DBT_TARGET": "env"}, ""),
    (["run"], {"DBT_ENGINE_TARGET": "new", "DBT_TARGET": "old"}, ""),
    (["run"], {"DBT_DEBUG": "1", "DBT_FAIL_FAST": "true", "DBT_QUIET": "no", "DBT_USE_COLORS": "off"}, ""),
    (["run"], {"DBT_DEBUG": ""}, ""),
    (["run", "--no-fail-fast"], {"DBT_FAIL_FAST": "true"}, ""),
    (["run"], {"DBT_DEBUG": "maybe"}, ""),
    (["run"], {"DBT_PRINTER_WIDTH": "120", "DBT_LOG_FILE_MAX_BYTES": "5"}, ""),
    (["run"], {"DBT_NO_PRINT": "1"}, ""),
    (["run"], {"DBT_DEFER_TO_STATE": "1", "DBT_ARTIFACT_STATE_PATH": "/tmp"}, ""),
    (["run"], {"DBT_FULL_REFRESH": "1", "DBT_STORE_FAILURES": "1", "DBT_EMPTY": "true"}, ""),
    (["run"], {}, "flags: {debug: true, fail_fast: true, printer_width: 100, use_colors: false, log_format: json}"),
    (["run", "--no-debug"], {}, "flags: {debug: true}"),
    (["run"], {"DBT_DEBUG": "0"}, "flags: {debug: true}"),
    (["run"], {}, "flags: {log_level: warn, indirect_selection: cautious, write_json: false, partial_parse: false}"),
    (["run"], {}, "flags: {unknown: 1, debug: true}"),
    (["run"], {}, "flags: {state_modified_compare_vars: true, require_generic_test_arguments_property: false}"),
    (["run"], {}, "flags: {warn_error_options: {error: all, warn: [NoNodesForSelectionCriteria]}}"),
    (["run"], {}, "flags: {warn_error_options: {include: [Deprecations], exclude: []}}"),
    (["run", "--warn-error-options", "{error: all}"], {}, ""),
    (["run", "--warn-error-options", "{include: ['*'], silence: [NoNodesForSelectionCriteria]}"], {}, ""),
    (["run", "--warn-error-options", "{include: '*', silence: [NoNodesForSelectionCriteria]}"], {}, ""),
    (["run"], {"DBT_WARN_ERROR_OPTIONS": "{error: [Deprecations], warn: [ConfigDataPathDeprecation]}"}, ""),
    (["run", "--warn-error"], {}, ""),
    (["run"], {"DBT_WARN_ERROR": "true"}, ""),
    (["run", "--warn-error", "--warn-error-options", "{error: all}"], {}, ""),
    (["run", "--state", "prev", "--defer", "--favor-state", "--defer-state", "other"], {}, ""),
    (["--state", "prev", "run"], {}, ""),
    (["run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-02 03:04:05"], {}, ""),
    (["compile", "--inline", "select 1", "--no-introspect", "--output", "json"], {}, ""),
    (["show", "--inline", "select 1", "--limit", "-1"], {}, ""),
    (["show", "--inline-direct", "select 1"], {}, ""),
    (["deps", "--add-package", "a/b@1.0.0", "--source", "git", "--lock", "--upgrade"], {}, ""),
    (["clean", "--no-clean-project-files-only"], {}, ""),
    (["build", "--show", "--store-failures", "--export-saved-queries", "--empty"], {}, ""),
    (["test", "--indirect-selection", "buildable", "--store-failures"], {}, ""),
    (["docs", "generate", "--no-compile", "--empty-catalog", "--static"], {}, ""),
    (["run", "--single-threaded", "--no-populate-cache", "--cache-selected-only"], {}, ""),
    (["run", "--log-path", "elsewhere", "--record-timing-info", "t.prof"], {}, ""),
    (["run"], {"DBT_LOG_PATH": "elsewhere"}, ""),
    (["run"], {}, "log-path: own-logs"),
    (["run", "--sqlparse", "{MAX_GROUPING_DEPTH: 5}"], {}, ""),
    (["run", "--threads"], {}, ""),
    (["run", "--threads", "x"], {}, ""),
    (["run", "-d", "-x", "-q"], {}, ""),
]


def plain(value, root):
    if isinstance(value, dict):
        return {key: plain(item, root) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, root) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "to_dict"):
        return plain(value.to_dict(), root)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value).replace(root, "<root>")


def record(arguments, env, project):
    case = {"arguments": arguments, "env": env, "project": project}
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory() as root:
        root = os.path.realpath(root)
        with open(f"{root}/dbt_project.yml", "w") as file:
            file.write(P + project + "\n")
        with open(f"{root}/profiles.yml", "w") as file:
            file.write("p: {}\n")
        os.chdir(root)
        os.environ.update(env)
        sys.argv = ["dbt", *arguments]
        try:
            flags = Flags(args_to_context(list(arguments)))
            object.__delattr__(flags, "deprecated_env_var_warnings")
            set_flags(flags)
            case["args"] = plain(args_to_dict(flags), root)
            case["flags"] = plain(vars(get_flag_obj()), root)
        except BaseException as error:  # click's errors are of all kinds
            case["error"] = f"{type(error).__name__}: {error}"
        os.chdir("/")
    os.environ.clear()
    os.environ.update(kept)
    return case


def main():
    output = os.path.abspath(sys.argv[1])
    records = [record(*case) for case in CASES]
    with open(output, "w") as file:
        json.dump(records, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
