"""Why a comment may be hidden."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """The published list of reasons. Criticism of the police is not among them, and never becomes one."""

    PRIVATE_DATA = "private", _("gave somebody's personal data")
    INSULT = "insult", _("insulted another person")
    THREAT = "threat", _("threatened somebody")
    HATE = "hate", _("stirred up hatred")
    CASE = "case", _("described details of a pending case")
    ADVERT = "advert", _("advertised")
    OFF_TOPIC = "off-topic", _("was not about the topic")
    UNLAWFUL = "unlawful", _("broke the law")
