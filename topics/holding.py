"""Rules by which a comment waits for a moderator before anybody else sees it."""

import re

from topics.models import Comment

TRUSTED_AFTER = 2  # published comments
LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:pl|com|eu|net|org|info|ru|io|biz|me|app|link|xyz)\b", re.IGNORECASE)
# Nine digits in any usual grouping, with or without +48; not part of a longer number (an account, a PESEL).
PHONE = re.compile(
    r"(?<![\d])(?:(?:\+|00)\d{2}[\s.\-]*)?(?:\(?\d{2,3}\)?[\s.\-]*\d{2,3}[\s.\-]*\d{2}[\s.\-]*\d{2}|\d{3}[\s.\-]*\d{3}[\s.\-]*\d{3})(?![\d])"
)
# Polish plates: two or three letters of the district, then four or five signs with a digit among them.
PLATE = re.compile(r"\b(?=[A-Z]{2,3}\s?[A-Z0-9]*\d)[A-Z]{2,3}[\s-]?[A-Z0-9]{4,5}\b")


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
