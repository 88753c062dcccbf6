"""Rules by which a comment waits for a moderator before anybody else sees it."""

import re

from topics.models import Comment

TRUSTED_AFTER = 2  # published comments
LINK = re.compile(
    r"://|\bwww\.|\b[\w-]+\.(?:pl|com|eu|net|org|info|ua|de|cz|ru|io|biz|me|app|link|xyz|top|shop)\b"
    r"|\b[\w-]+\.[a-z]{2,}/\w|\S@[\w-]+\.\w",
    re.IGNORECASE,
)
# Polish numbers have nine digits, written 600 100 200, 600-10-02-00, (44) 647 93 00 or in one piece, with or
# without +48 or 0048; abroad whatever follows a plus. Longer numbers and sums of money are none.
PHONE = re.compile(
    r"""
    (?<!\d)
    (?:
        \+\d(?:[\s().-]{0,2}\d){8,13}
      | (?:(?:00)?48[\s.–-]{0,3})?
        (?:
            \d{3}[\s.–-]{0,3}\d{3}[\s.–-]{0,3}\d{3}
          | \d{3}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}
          | \(?0?[\s-]?\d{2}\)?[\s.–-]{0,3}(?:\d{3}[\s.–-]{0,3}\d{2}[\s.–-]{0,3}\d{2}|\d{7})
        )
      | \d{3}-\d{2}-\d{2}
      | \d(?:[\s.-]\d){8}
    )
    (?!\d|\s?(?:zł|PLN|EUR|euro)\b)
    """,
    re.VERBOSE,
)
# Polish plates: two or three letters of the district, then four or five signs in one of these patterns.
# Two letters with a year are an abbreviation, not a motorcycle.
PLATE = re.compile(
    r"""
    \b(?:
        [A-Z]{2}[\s-]?(?:\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{1,2}|\d[A-Z]\d{3}|\d[A-Z]{2}\d{2}|(?!19\d\d|20\d\d)\d{4})
      | [A-Z]{3}[\s-]?(?:\d{5}|\d{4}[A-Z]|\d{3}[A-Z]{2}|\d{2}[A-Z]{2}|\d{2}[A-Z]\d|\d[A-Z]\d{2}|\d[A-Z]{2}\d)
      | [A-Z]{3}[\s-](?:[A-Z]\d{3}|[A-Z]{2}\d{2})
    )\b
    """,
    re.VERBOSE,
)


def reason_to_hold(comment: Comment) -> Comment.Hold:
    """The first rule that applies, or Hold.NONE. One query, none for officials (they are not held)."""
    if comment.is_official:
        return Comment.Hold.NONE
    published = Comment.objects.published().filter(author=comment.author_id)[:TRUSTED_AFTER]
    if len(published.values_list("pk")) < TRUSTED_AFTER:
        return Comment.Hold.FIRST
    return reason_in_text(comment.text)


def reason_in_text(text: str) -> Comment.Hold:
    for pattern, hold in (
        (LINK, Comment.Hold.LINK),
        (PHONE, Comment.Hold.PHONE),
        (PLATE, Comment.Hold.PLATE),
    ):
        if pattern.search(text):
            return hold
    return Comment.Hold.NONE
