"""Topics of the talk, and the categories they stand in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from participants.admin.acts import Act, ActsAdmin
from participants.admin.conflicts import RevisedAdmin, RevisedForm
from participants.admin.frame import PanelAdmin
from topics import publication
from topics.admin import calm
from topics.models import Category, Comment, Topic

State = Topic.State
ACTS = (
    Act(
        name="open",
        label=_("Open the talk"),
        explanation=_("Everybody will see the topic, and residents will be able to write."),
        done=_("The talk is open."),
        run=publication.open_talk,
        states=frozenset({State.DRAFT, State.CLOSED}),
    ),
    Act(
        name="close",
        label=_("Close the talk"),
        explanation=_("Residents will be able to read, but not to write."),
        done=_("The talk is closed."),
        run=publication.close_talk,
        states=frozenset({State.OPEN}),
    ),
    Act(
        name="take-back",
        label=_("Take back to drafts"),
        explanation=_("The topic will vanish from the site. Only possible while nobody has written."),
        done=_("The topic is a draft again."),
        run=publication.take_back,
        states=frozenset({State.OPEN, State.CLOSED}),
        is_grave=True,
    ),
    Act(
        name="archive",
        label=_("Move to the archive"),
        explanation=_("The talk is closed for good. The page keeps its address and says that it is in the archive."),
        done=_("The topic is in the archive."),
        run=publication.archive,
        states=frozenset({State.OPEN, State.CLOSED}),
        is_grave=True,
    ),
)


class TopicForm(RevisedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "pinned" in self.fields:  # not for who may only look
            answers = Comment.objects.published().official().filter(topic=self.instance.pk)
            self.fields["pinned"].queryset = answers.in_order()


@admin.register(Topic)
class TopicAdmin(ActsAdmin, RevisedAdmin):
    form = TopicForm
    acts = (*ACTS, *calm.ACTS)
    refusal = publication.ChangeRefused
    list_display = ["title", "category", "state", "comment_count", "official_count", "active_at"]
    list_filter = ["state", "category", "estates"]
    list_select_related = ["category"]
    search_fields = ["title", "lead"]
    autocomplete_fields = ["category", "estates", "institution"]
    date_hierarchy = "published_at"
    readonly_fields = ["state", "published_at", "closed_at", "comment_count", "held_until", "slow_until"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "category",
                    "estates",
                    "lead",
                    "body",
                    "see_also",
                    "other_path",
                    "institution",
                    "is_sensitive",
                ]
            },
        ),
        (
            _("Talk"),
            {
                "fields": [
                    "state",
                    ("published_at", "closed_at"),
                    "comment_count",
                    ("held_until", "slow_until"),
                    "closes_on",
                    "pinned",
                ]
            },
        ),
        (_("Address of the page"), {"fields": ["slug"], "classes": ["collapse"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Topic | None = None) -> list[Any]:
        """A new topic has no talk yet whose state could be shown."""
        about, (title, _talk), address = self.fieldsets
        return self.fieldsets if obj else [about, (title, {"fields": ["closes_on"]}), address]

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """What residents said does not vanish with a topic, and a public address never dies."""
        never_public = obj is None or (obj.published_at is None and not obj.comments.exists())
        return super().has_delete_permission(request, obj) and never_public


@admin.register(Category)
class CategoryAdmin(PanelAdmin):
    list_display = ["name", "position", "quiet_months", "slug"]
    search_fields = ["name"]
