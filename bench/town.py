"""What the loader and the measurement both know."""

LONG_SLUG = "dlugi-temat"
MEETING_SLUG = "spotkanie-479"  # of last week
READER, PASSWORD = "czytelnik@example.invalid", "trzy losowe wyrazy"
MODERATOR = "moderator@example.invalid"
ROBOTS = 50  # accounts that write by script; the town trusts them
SCRIPTED = "Tania oferta tylko dziś"  # how each of their comments begins
