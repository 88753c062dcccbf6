"""Addresses that never die: a page that moves leaves a redirect behind."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from participants.slugs import free_slug, polish_slug


class FormerAddressQuerySet(models.QuerySet["FormerAddress"]):
    def move(self, old: str, new: str) -> None:
        """Lead readers of `old` to `new`, and those of still older addresses too. Three queries."""
        self.filter(path=new).delete()
        self.filter(target=old).update(target=new)
        self.update_or_create(path=old, defaults={"target": new})


class FormerAddress(models.Model):
    path = models.CharField(_("old address"), max_length=255, unique=True)
    target = models.CharField(_("new address"), max_length=255, db_index=True)
    moved_at = models.DateTimeField(_("moved at"), auto_now_add=True)

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path


class Addressed(models.Model):
    """A page with an address of its own. Saving a changed address of a public page leaves a redirect.

    Costs one query more per save, four when a public address changed. `revision` counts the saves
    through a form and the changes of state, so that the second of two editors is told (participants.admin.conflicts).
    """

    slug = models.SlugField(
        _("address"),
        max_length=90,
        blank=True,
        help_text=_("Left empty, it is made from the title."),
        error_messages={"unique": _("This address is taken. Choose another one.")},
    )
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    is_example = models.BooleanField(_("example content"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    # Words that stand for other pages at the same place of an address.
    reserved_slugs: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        raise NotImplementedError

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            before = self._stored()
            if before:
                self.check_change(before, kwargs.get("update_fields"))
            super().save(*args, **kwargs)
            if before and before.is_public and before.get_absolute_url() != self.get_absolute_url():
                FormerAddress.objects.move(before.get_absolute_url(), self.get_absolute_url())

    def check_change(self, stored: Self, update_fields: Any) -> None:
        """Raise where the stored row may not become this one. Nothing is refused here."""

    def clean(self) -> None:
        """An address that leads to another page since is not given away. Two queries."""
        super().clean()
        if self.slug in self.reserved_slugs:
            raise ValidationError({"slug": _("This address is taken. Choose another one.")})
        stored = self._stored()
        if not self.slug or (stored and stored.get_absolute_url() == self.get_absolute_url()):
            return
        former = FormerAddress.objects.filter(path=self.get_absolute_url())
        if former.exclude(target=stored.get_absolute_url() if stored else "").exists():
            raise ValidationError({"slug": _("This address leads to another page already. Choose another one.")})

    def make_slug(self, text: str, among: models.QuerySet[Any], fallback: str) -> None:
        """A free address from `text`, avoiding those that lead elsewhere since. Two queries."""
        self.slug = polish_slug(text) or fallback
        stem = self.get_absolute_url().rstrip("/")
        former = FormerAddress.objects.filter(path__startswith=stem).values_list("path", flat=True)
        reserved = self.reserved_slugs | {path.rstrip("/").rpartition("/")[2] for path in former}
        self.slug = free_slug(text, among, fallback, reserved)

    def _stored(self) -> Self | None:
        if self._state.adding:
            return None
        return type(self)._base_manager.filter(pk=self.pk).first()
