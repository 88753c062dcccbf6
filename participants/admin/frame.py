"""What the forms and the lists of the panel have in common."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.forms.models import InlineForeignKeyField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from participants.admin.autocomplete import Autocomplete, AutocompleteMultiple, tell_known
from participants.admin.guard import Guarded
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
    # Not forms.ImageField: it would have Pillow try every format that it knows before our own check sees the file.
    models.ImageField: {
        "form_class": forms.FileField,
        "widget": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    },
}
COUNTED = 10_000


class PanelForm(forms.ModelForm):
    """Holds the row against every constraint of its table, also where the form does not show all of its fields.

    `places` says beside which field the sentence of a constraint stands; without it, on top of the form.
    """

    places: dict[str, str] = {}
    judged_elsewhere: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_known(self)

    def _post_clean(self) -> None:
        """Model.full_clean asks the instance about its constraints: here the form answers, who knows the places."""
        self.instance.validate_constraints = self._judge
        try:
            super()._post_clean()
        finally:
            del self.instance.validate_constraints

    def _judge(self, exclude: set[str] | None = None) -> None:
        """`exclude` holds fields that are wrong, and fields that the form lacks: the row has those, so they count."""
        own = {name for name, field in self.fields.items() if not isinstance(field, InlineForeignKeyField)}
        wrong = own & (exclude or set())
        found: dict[str, list[ValidationError]] = {}
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if constraint.name in self.judged_elsewhere:
                    continue
                try:
                    constraint.validate(model, self.instance, exclude=wrong)
                except ValidationError as error:
                    found.setdefault(self._place(constraint), []).append(error)
        if found:
            raise ValidationError(found)

    def _place(self, constraint: models.BaseConstraint) -> str:
        fields = getattr(constraint, "fields", ())  # only UniqueConstraint has them
        place = self.places.get(constraint.name, fields[0] if len(fields) == 1 else "")
        return place if place in self.fields else NON_FIELD_ERRORS


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further: what lies deeper is found by search and filters, not by turning pages."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:COUNTED].count()


class PanelFields:
    """What the fields of a form and those of an inline row have in common."""

    form = PanelForm
    formfield_overrides = FIELDS
    view_on_site = False  # an admin that has pages says the address itself (see PanelSite.get_urls)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = AutocompleteMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PanelAdmin(Guarded, PanelFields, admin.ModelAdmin):
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Under the name of what it lists; Django would say "Select … to change"."""
        named = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, named)

    def row_to_change(self, request: HttpRequest, pk: int) -> Any:
        """The row of a page of our own; 403 for who may not change it, also where there is none, and then 404."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        return row

    def panel_page(self, request: HttpRequest, template: str, own: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of our own in the frame of the panel; `own` gives its title at least."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**frame, **own}, status=status)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Saves again what a simultaneous save had made impossible: the checks now see it, and the form says it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)


class PanelInline(PanelFields, admin.StackedInline):
    extra = 1


class ReadOnly:
    """Mixed into an admin or an inline: rows are looked at here, and written by the domain alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
