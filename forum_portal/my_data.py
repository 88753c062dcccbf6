"""Making the file that holds everything of one person: dane.json, dane.html and README.txt in a ZIP."""

import datetime
import io
import json
import uuid
import zipfile
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from meetings import my_data as of_meetings
from participants import my_data as of_participants
from participants.batches import one_by_one
from participants.exports import KEPT
from participants.letters import queue_letter
from participants.models import DataExport, Resident
from participants.my_data import Part
from topics import my_data as of_topics

APPS = (of_participants, of_topics, of_meetings)
LEFT_OUT = {field: reason for app in APPS for field, reason in app.LEFT_OUT.items()}


def parts_of(account: Resident) -> list[Part]:
    return [part for app in APPS for part in app.parts_of(account)]


def file_of(account: Resident, now: datetime.datetime) -> bytes:
    """The ZIP, in the language of the person's letters. One query a part."""
    found = [(part, part.as_dicts()) for part in parts_of(account)]
    data: dict[str, Any] = {"made_at": now} | {part.key: rows for part, rows in found}
    with translation.override(account.language):
        tables = [(part.title, [part.shown(row) for row in rows]) for part, rows in found]
        context = {"tables": tables, "now": now, "forum": settings.FORUM, "site_url": settings.SITE_URL}
        page = render_to_string("account/export.html", context)
        readme = render_to_string("account/export_readme.txt", context).strip() + "\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("dane.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        file.writestr("dane.html", page)
        file.writestr("README.txt", readme)
    return packed.getvalue()


def make_exports(now: datetime.datetime | None = None) -> int:
    """Make the files that people asked for; returns how many. The letter, the file and the note of it, or none.

    Where one fails, the others are made all the same, and PartlyDone is raised.
    """
    now = now or timezone.now()
    waiting = DataExport.objects.waiting().order_by("pk").values_list("pk", flat=True)
    return one_by_one(list(waiting), lambda pk: _make(pk, now))


@transaction.atomic
def _make(pk: int, now: datetime.datetime) -> int:
    skip = connection.features.has_select_for_update_skip_locked
    rows = DataExport.objects.waiting().select_for_update(of=("self",), skip_locked=skip).select_related("account")
    export = rows.filter(pk=pk).first()
    if export is None:
        return 0
    account = export.account
    older = list(DataExport.objects.filter(account=account).exclude(pk=pk))
    export.made_at, export.expires_at = now, now + KEPT
    export.file.save(f"{uuid.uuid4().hex}.zip", ContentFile(file_of(account, now)), save=False)
    export.save()
    DataExport.objects.filter(pk__in=[one.pk for one in older]).delete()
    context = {"export": export, "link": f"{settings.SITE_URL}{reverse('my_data')}"}
    template = "participants/email/export_ready"
    queue_letter(to=account.email, template=template, context=context, language=account.language, asked_for=True)
    transaction.on_commit(lambda: [one.file.storage.delete(one.file.name) for one in older])
    return 1
