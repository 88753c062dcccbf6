"""Counts the queries of a request that asks for it; the others pay nothing."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASK, ANSWER = "X-Count-Queries", "X-Queries"
# BEGIN and SAVEPOINT are no queries of ours (they do not pass the wrapper on commit either).
NO_QUERY = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")


class QueryCountMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ASK not in request.headers:
            return self.get_response(request)
        queries: list[str] = []

        def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
            if not sql.startswith(NO_QUERY):
                queries.append(sql)
            return execute(sql, *args)

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        response[ANSWER] = str(len(queries))
        return response
