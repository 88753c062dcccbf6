"""What the forms and the lists of the panel have in common."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from participants.admin.rich_text import RichTextWidget
from participants.prose import RichTextField

# The browser's own fields: usable on a phone and by keyboard, and each is one labelled control.
FIELDS: dict[type[models.Field], dict[str, Any]] = {
    RichTextField: {"widget": RichTextWidget},
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    },
    models.URLField: {"assume_scheme": "https"},
    models.FileField: {"widget": forms.FileInput},
    models.ImageField: {"widget": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})},
}
COUNTED = 10_000


class PanelForm(forms.ModelForm):
    """Holds the row against every constraint of its table, also where the form does not show all of its fields.

    `places` says beside which field the sentence of a constraint stands; without it, on top of the form.
    """

    places: dict[str, str] = {}

    def validate_constraints(self) -> None:
        wrong = set(self.errors)
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self.instance, exclude=wrong)
                except ValidationError as error:
                    self.add_error(self._place(constraint), error)

    def _place(self, constraint: models.BaseConstraint) -> str | None:
        fields = getattr(constraint, "fields", ())  # only UniqueConstraint has them
        place = self.places.get(constraint.name, fields[0] if len(fields) == 1 else "")
        return place if place in self.fields else None


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further: what lies deeper is found by search and filters, not by turning pages."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


class PanelAdmin(admin.ModelAdmin):
    form = PanelForm
    formfield_overrides = FIELDS
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    view_on_site = False  # an admin that has pages says the address itself (see PanelSite.get_urls)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Saves again what a simultaneous save had made impossible: the checks now see it, and the form says it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)


class PanelInline(admin.StackedInline):
    form = PanelForm
    formfield_overrides = FIELDS
    extra = 1
    view_on_site = False


class ReadOnly:
    """Mixed into an admin or an inline: rows are looked at here, and written by the domain alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
