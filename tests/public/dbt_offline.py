"""dbt, with no warehouse: `dbt_offline.py compile …` takes dbt's command line.

Any attempt to connect fails at once, and a node that does not compile stops neither the command nor
those that depend on it. What is left compiled needed no query.
"""

import sys

from dbt.adapters.base.connections import BaseConnectionManager
from dbt.adapters.contracts.connection import LazyHandle
from dbt.cli.main import cli
from dbt.task.compile import CompileTask
from dbt.task.runnable import GraphRunnableTask
from dbt_common.exceptions import DbtRuntimeError


def no_warehouse(*_, **__):
    raise DbtRuntimeError("there is no warehouse")


LazyHandle.resolve = no_warehouse
# BigQuery's connections are opened to be closed.
BaseConnectionManager.release = BaseConnectionManager.cleanup_all = lambda self: None
CompileTask.raise_on_first_error = lambda self: False
GraphRunnableTask._mark_dependent_errors = lambda self, *_, **__: None

if __name__ == "__main__":
    sys.exit(cli())
