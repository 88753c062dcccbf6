"""The map of the whole site for search engines, and what they are asked to leave alone."""

from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from meetings.sitemaps import CommitmentSitemap, MeetingSitemap
from participants.sitemaps import InstitutionSitemap, OfficialSitemap
from topics.sitemaps import QuestionSitemap, TopicSitemap


class PageSitemap(Sitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        lists = [
            "meetings:list",
            "topics:list",
            "topics:questions",
            "meetings:commitments",
            "participants:institution_list",
        ]
        return ["home", *lists, "about", "rules"]

    def location(self, name: str) -> str:
        return reverse(name)


SITEMAPS = {
    "pages": PageSitemap,
    "meetings": MeetingSitemap,
    "commitments": CommitmentSitemap,
    "topics": TopicSitemap,
    "questions": QuestionSitemap,
    "institutions": InstitutionSitemap,
    "officials": OfficialSitemap,
}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /panel/", "Disallow: /konto/"]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
