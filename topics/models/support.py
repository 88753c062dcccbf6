"""Who supports a comment, or has the same trouble."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from topics.models.comment import Comment


class Support(models.Model):
    """One row a person and comment. `Comment.support_count` is written with it, by topics.support alone."""

    comment = models.ForeignKey(
        Comment,
        verbose_name=_("comment"),
        on_delete=models.CASCADE,
        related_name="supports",
        db_index=False,  # support_once begins with it
    )
    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="supports"
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("support")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "resident"], name="support_once")]

    def __str__(self) -> str:
        return f"{self.comment_id}/{self.resident_id}"
