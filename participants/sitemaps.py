"""What search engines may find of institutions and officials."""

import datetime

from django.contrib.sitemaps import Sitemap

from participants.models import Institution, Official
from participants.models.institution import InstitutionQuerySet
from participants.models.official import OfficialQuerySet


class InstitutionSitemap(Sitemap):
    def items(self) -> InstitutionQuerySet:
        return Institution.objects.public().by_name()

    def lastmod(self, institution: Institution) -> datetime.datetime:
        return institution.changed_at


class OfficialSitemap(Sitemap):
    def items(self) -> OfficialQuerySet:
        return Official.objects.public().order_by("pk")

    def lastmod(self, official: Official) -> datetime.datetime:
        return official.changed_at
