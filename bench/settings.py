"""The settings of the site, with what only a measurement needs: bare views, and a count of queries on request."""

import os

from forum_portal.settings import *
from forum_portal.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.queries.QueryCountMiddleware", *MIDDLEWARE]
ACCOUNT_RATE_LIMITS = False  # one address signs in many times a second
GATES_OPEN = os.environ.get("BENCH_GATES") == "open"  # see bench.gates
