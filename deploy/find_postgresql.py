"""Print the address and version of a PostgreSQL that tests may use; where there is none, say why and fail.

The address in TEST_DATABASE_URL is the only one asked where it is set; else a server on this machine.
"""

import getpass
import os
import sys

import environ
import psycopg2


def version_of(url: str) -> str:
    """Return the server's version; raise an OperationalError whose text says what is missing."""
    database = environ.Env.db_url_config(url)
    connection = psycopg2.connect(
        host=database["HOST"],
        port=database["PORT"] or 5432,
        user=database["USER"],
        password=database["PASSWORD"] or None,
        dbname="postgres",
        connect_timeout=3,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise psycopg2.OperationalError(f"the role {database['USER']} may not create databases")
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0].split()[0]


def main() -> None:
    roles = dict.fromkeys(["postgres", getpass.getuser()])
    given = os.environ.get("TEST_DATABASE_URL")
    local = [f"postgres://{role}@127.0.0.1:5432/forum_portal" for role in roles]
    reasons = []
    for url in [given] if given else local:
        try:
            print(url, version_of(url))
            return
        except psycopg2.OperationalError as error:
            reasons.append(" ".join(str(error).split()))
    sys.exit(reasons[-1])


if __name__ == "__main__":
    main()
