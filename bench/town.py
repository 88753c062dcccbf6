"""What the loader and the measurement both know."""

LONG_SLUG = "dlugi-temat"
MEETING_SLUG = "spotkanie-479"  # of last week
READER, PASSWORD = "czytelnik@example.invalid", "trzy losowe wyrazy"
