"""The settings of the site, with what only a measurement needs: a bare view, and a count of queries on request."""

from forum_portal.settings import *
from forum_portal.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.queries.QueryCountMiddleware", *MIDDLEWARE]
ACCOUNT_RATE_LIMITS = False  # one address signs in many times a second
