"""Originals that nobody may read but those with the permission, for a time."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from topics.models.comment import Comment
from topics.models.decision import Decision


class SealedText(models.Model):
    """The whole text of a comment as it was before a decision, its former texts with it. Erased after 90 days."""

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="sealed")
    decision = models.OneToOneField(
        Decision, verbose_name=_("decision"), on_delete=models.PROTECT, related_name="sealed"
    )
    text = models.TextField(_("original"), blank=True)
    handed_to = models.CharField(_("handed to"), max_length=120, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"))
    erase_at = models.DateTimeField(_("to be erased at"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sealed original")
        verbose_name_plural = _("sealed originals")
        ordering = ["-sealed_at", "-pk"]
        permissions = [("open_sealedtext", _("May open sealed originals"))]
        indexes = [models.Index(fields=["erase_at"], condition=Q(erased_at__isnull=True), name="sealed_to_erase")]
        constraints = [
            models.CheckConstraint(condition=Q(erased_at__isnull=True) | Q(text=""), name="sealed_erased_is_empty")
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.decision}"


class SealedLook(models.Model):
    """Somebody opened a sealed original. Rows are added and never changed."""

    sealed = models.ForeignKey(
        SealedText, verbose_name=_("sealed original"), on_delete=models.PROTECT, related_name="looks"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(_("name"), max_length=120)
    why = models.CharField(_("what for"), max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look at a sealed original")
        verbose_name_plural = _("looks at sealed originals")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.by_name
