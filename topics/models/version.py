"""What a comment said before its author changed it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from topics.models.comment import WHOLE_LIMIT, Comment


class CommentVersionQuerySet(models.QuerySet["CommentVersion"]):
    def public(self) -> "CommentVersionQuerySet":
        """Texts that everybody could read once, of comments that everybody can read now."""
        published = Comment.State.PUBLISHED
        return self.filter(was_public=True, comment__state=published).exclude(comment__topic__state="draft")

    def in_order(self) -> "CommentVersionQuerySet":
        return self.order_by("number")


class CommentVersion(models.Model):
    """A former text. Written by topics.editing alone; cutting a passage out takes all of them away."""

    comment = models.ForeignKey(
        Comment,
        verbose_name=_("comment"),
        on_delete=models.CASCADE,
        related_name="versions",
        db_index=False,  # comment_version_once begins with it
    )
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=WHOLE_LIMIT)
    was_public = models.BooleanField(_("was public"))
    written_at = models.DateTimeField(_("written at"))
    replaced_at = models.DateTimeField(_("replaced at"))

    objects = CommentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("former text")
        verbose_name_plural = _("former texts")
        ordering = ["comment", "number"]
        constraints = [models.UniqueConstraint(fields=["comment", "number"], name="comment_version_once")]

    def __str__(self) -> str:
        return f"{self.comment_id}/{self.number}"
