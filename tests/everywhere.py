"""The whole database, read as text."""

from collections.abc import Iterator

from django.db import connection


def texts_of_database() -> Iterator[tuple[str, str]]:
    """ "table.column" with all its values, for every column of every table that is there, whatever its type."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = f"{connection.ops.quote_name(table)}.{connection.ops.quote_name(column.name)}"
                cursor.execute(f"SELECT CAST({name} AS TEXT) FROM {connection.ops.quote_name(table)}")  # noqa: S608
                yield f"{table}.{column.name}", "\n".join(str(value) for (value,) in cursor.fetchall())


def found_in_database(*words: str) -> list[str]:
    """ "table.column" of every column that holds one of the words, whatever the case."""
    columns = ((name, values.lower()) for name, values in texts_of_database())
    return [name for name, values in columns if any(word.lower() in values for word in words)]
