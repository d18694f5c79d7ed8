"""What must stand before a command can work: the folder, the database in its newest shape, the places."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from xieshou.cli.progress import Bar
from xieshou.places.services import load_places


def prepare() -> None:
    """Create the database where it is missing, bring it up to date, load the places once.

    Several commands may start at once on an empty folder: the first prepares, the others wait.
    Cost: about 0.1 s when there is nothing to do.
    """
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with _alone():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        bar = Bar(_("装载行政区划"))
        load_places(progress=bar.steps)
        bar.clear()


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.HOME / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
