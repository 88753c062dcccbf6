"""Two questions that a supervisor asks. Neither needs a session nor says anything about the machine."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from participants.sending_stop import is_stopped

_migrations = {"applied": False}  # per process: once true it stays true until the next release starts


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Touches no database, so an outage of it does not restart the web machines."""
    return _plain("ok", 200)


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and holds the tables of this release: send readers here. Says in passing that no letters go
    out, which is somebody's decision and no illness."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrations["applied"]:
            _migrations["applied"] = _all_applied()
        note = ", sending of letters is stopped" if _migrations["applied"] and is_stopped() else ""
    except Error:
        return _plain("no database", 503)
    return _plain(f"ok{note}", 200) if _migrations["applied"] else _plain("migrations are missing", 503)


def _all_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
