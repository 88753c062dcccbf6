"""The attendance sheet: for the table at the door, and for nobody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from meetings import printing
from meetings.models import Meeting
from meetings.views.printing import pdf_response
from participants.printing import CannotPrint


class Sheet:
    """Stands among the buttons of the acts (participants.admin.acts), and only opens a file."""

    name = "attendance"
    label = _("Attendance sheet (PDF)")
    is_grave = is_done_at_once = False


class WithAttendanceSheet:
    """Mixed into the admin of meetings. Whoever may change the meeting may print the list; it is kept nowhere."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.attendance_sheet))
        return [path("<int:pk>/lista-obecnosci.pdf", view, name="meetings_meeting_attendance"), *super().get_urls()]

    def offered(self, request: HttpRequest, obj: Meeting | None) -> list[dict[str, Any]]:
        offers = super().offered(request, obj)
        if obj is None or obj.is_cancelled or obj.is_closed or not self.has_change_permission(request, obj):
            return offers
        return [*offers, {"act": Sheet(), "url": reverse("admin:meetings_meeting_attendance", args=[obj.pk])}]

    def attendance_sheet(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = self.row_to_change(request, pk)
        try:
            pdf = printing.attendance_list(meeting).pdf()
        except CannotPrint as missing:
            return HttpResponse(str(missing), status=503, content_type="text/plain; charset=utf-8")
        response = pdf_response(pdf, f"lista-{meeting.slug}.pdf")
        add_never_cache_headers(response)
        return response
