"""Housing estates and the community officer's beat that each belongs to."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.slugs import free_slug


class Estate(models.Model):
    """The phone and the e-mail belong to the beat: they stay when the officer changes."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(
        _("address"),
        max_length=90,
        unique=True,
        blank=True,
        help_text=_("Left empty, it is made from the name."),
    )
    officer_post = models.CharField(
        _("community officer's post"),
        max_length=120,
        blank=True,
        help_text=_("For example: dzielnicowy rejonu nr 2"),
    )
    officer_phone = models.CharField(_("telephone of the beat"), max_length=40, blank=True)
    officer_email = models.EmailField(_("e-mail of the beat"), blank=True)

    class Meta:
        verbose_name = _("estate")
        verbose_name_plural = _("estates")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = free_slug(self.name, Estate.objects.exclude(pk=self.pk), fallback="osiedle")
        super().save(*args, **kwargs)
