"""The seventeen ranks of the Police (art. 47 of the Police Act), the highest first."""

from django.db import migrations

RANKS = [
    ("generalny inspektor", "gen. insp."),
    ("nadinspektor", "nadinsp."),
    ("inspektor", "insp."),
    ("młodszy inspektor", "mł. insp."),
    ("podinspektor", "podinsp."),
    ("nadkomisarz", "nadkom."),
    ("komisarz", "kom."),
    ("podkomisarz", "podkom."),
    ("aspirant sztabowy", "asp. szt."),
    ("starszy aspirant", "st. asp."),
    ("aspirant", "asp."),
    ("młodszy aspirant", "mł. asp."),
    ("sierżant sztabowy", "sierż. szt."),
    ("starszy sierżant", "st. sierż."),
    ("sierżant", "sierż."),
    ("starszy posterunkowy", "st. post."),
    ("posterunkowy", "post."),
]


def add_ranks(apps, schema_editor):
    Rank = apps.get_model("participants", "Rank")
    for seniority, (name, abbreviation) in enumerate(RANKS, start=1):
        Rank.objects.get_or_create(name=name, defaults={"abbreviation": abbreviation, "seniority": seniority})


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_initial")]
    operations = [migrations.RunPython(add_ranks, migrations.RunPython.noop)]
