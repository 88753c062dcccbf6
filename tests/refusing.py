"""A database that refuses to let some rows go, or to take them."""

import contextlib
from collections.abc import Iterator

from django.db import connection, models


@contextlib.contextmanager
def refusing(model: type[models.Model], *, act: str = "DELETE", pk: int | None = None) -> Iterator[None]:
    """`act` on the row, or on any row of the table, fails with a word that must not reach a log."""
    table, is_sqlite = model._meta.db_table, connection.vendor == "sqlite"
    which = "" if pk is None else f"WHEN (OLD.id = {pk})"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute(
                f"CREATE TRIGGER kept BEFORE {act} ON {table} {which} BEGIN SELECT RAISE(ABORT, 'hanna'); END"
            )
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come takes no trigger
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'hanna'; END $$")
            cursor.execute(f"CREATE TRIGGER kept BEFORE {act} ON {table} FOR EACH ROW {which} EXECUTE FUNCTION kept()")
        yield
        cursor.execute("DROP TRIGGER kept" if is_sqlite else f"DROP TRIGGER kept ON {table}")
        if not is_sqlite:
            cursor.execute("DROP FUNCTION kept")
