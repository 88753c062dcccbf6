"""Acts of the domain as buttons: each is offered in its states only, asks what it needs, and is checked by its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from participants.admin.frame import PanelAdmin


class NothingToFill(forms.Form):
    """For an act that only has to be meant."""


@dataclass(frozen=True)
class Act:
    """`run(row, by=…, **fields of the form)` is a function of the domain; `name` stands in the address.

    An act without a form is done by its button at once. `states` are those in which the button is shown, if the row
    also `fits`; whether it may be done is decided by `run` alone. `permission` is asked for where the act needs another
    one than changing the row; `initial` fills the form from the row.
    """

    name: str
    label: Any
    explanation: Any
    done: Any
    run: Callable[..., Any]
    states: frozenset[str]
    form: type[forms.Form] | None = NothingToFill
    is_grave: bool = False
    permission: str = ""
    fits: Callable[[Any], bool] = lambda obj: True
    initial: Callable[[Any], dict[str, Any]] = lambda obj: {}
    key: str = ""  # on the keyboard, where the page has a script for it

    @property
    def is_done_at_once(self) -> bool:
        return self.form is None


class ActsAdmin(PanelAdmin):
    """An admin whose `acts` are buttons above the form. `refusal` is the domain's error; its text is for people."""

    acts: tuple[Act, ...] = ()
    refusal: type[Exception] | tuple[type[Exception], ...] = ValidationError

    def get_urls(self) -> list[URLPattern]:
        return [*(self._act_url(act) for act in self.acts), *super().get_urls()]

    def _act_url(self, act: Act) -> URLPattern:
        view = self.admin_site.admin_view(partial(self.act_view, act=act))
        return path(f"<int:pk>/{act.name}/", view, name=self._url_name(act.name))

    def _url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def state_of(self, obj: Any) -> str:
        return obj.state

    def run_act(self, request: HttpRequest, act: Act, obj: Any, form: forms.Form) -> Any:
        return act.run(obj, by=request.user, **form.cleaned_data)

    def after_act(self, request: HttpRequest, obj: Any) -> str:
        """Where to go when it is done."""
        return reverse(f"admin:{self._url_name('change')}", args=[obj.pk])

    def way_on(self, request: HttpRequest, obj: Any, made: Any) -> str:
        """The same, for acts that lead to what they `made`."""
        return self.after_act(request, obj)

    def doubts_about(self, obj: Any) -> list[str]:
        """What somebody should look at before it is published. None here."""
        return []

    def subtitle_of(self, obj: Any) -> str:
        """Which row the act is about; "" where the quote says it."""
        return str(obj)

    def quote_from(self, obj: Any) -> str:
        """What the act is about, in its own words, above the form. Nothing here."""
        return ""

    def may_do(self, request: HttpRequest, act: Act, obj: Any) -> bool:
        """Whether the act is one for this person, in whatever state the row is."""
        if act.permission:
            return self.has_view_permission(request, obj) and request.user.has_perm(act.permission)
        return self.has_change_permission(request, obj)

    def offered(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        if obj is None:
            return []
        state = self.state_of(obj)
        return [
            {"act": act, "url": reverse(f"admin:{self._url_name(act.name)}", args=[obj.pk])}
            for act in self.acts
            if state in act.states and act.fits(obj) and self.may_do(request, act, obj)
        ]

    def act_view(self, request: HttpRequest, pk: int, act: Act) -> HttpResponse:
        obj = self.get_object(request, str(pk))
        if obj is None:
            raise Http404
        if not self.may_do(request, act, obj):
            raise PermissionDenied
        form = self._form(request, act, obj)
        if request.method == "POST" and form.is_valid() and (address := self._done(request, act, obj, form)):
            return HttpResponseRedirect(address)
        return self._page(request, act, obj, form)

    def _form(self, request: HttpRequest, act: Act, obj: Any) -> forms.Form:
        make = act.form or NothingToFill
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        if issubclass(make, forms.ModelForm):
            return make(*sent, instance=obj)
        return make(*sent, initial=act.initial(obj))

    def _done(self, request: HttpRequest, act: Act, obj: Any, form: forms.Form) -> str:
        """Where to go; "" when the page is to be shown again, with what is wrong."""
        try:
            made = self.run_act(request, act, obj, form)
        except self.refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return "" if form.visible_fields() else self.after_act(request, obj)
        except ValidationError as error:
            add_errors(form, error)
            return ""
        self.log_change(request, obj, str(act.label))
        self.message_user(request, act.done, messages.SUCCESS)
        return self.way_on(request, obj, made)

    def _page(self, request: HttpRequest, act: Act, obj: Any, form: forms.Form) -> HttpResponse:
        context = {
            "title": act.label,
            "subtitle": self.subtitle_of(obj),
            "original": obj,
            "act": act,
            "form": form,
            "doubts": self.doubts_about(obj),
            "quote": self.quote_from(obj),
            "media": self.media + form.media,
        }
        return self.panel_page(request, "admin/act.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        obj = context.get("original")
        context |= {"acts": self.offered(request, obj), "doubts": self.doubts_about(obj) if obj else []}
        return super().render_change_form(request, context, *args, **kw)


class ActsOnly:
    """Mixed into an admin with acts: rows are changed by those alone, and every field is only read.

    The permission to change a row is the one to act on it, so that Django would offer to save.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Writes nothing: a row that was read a moment ago would undo what somebody else has done since."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        context |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kw)


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """What a model refused, beside the fields of the form, or on top of it where the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
