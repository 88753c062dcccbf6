from meetings.models.agenda import AgendaItem
from meetings.models.files import Document, Photo
from meetings.models.forum import Forum
from meetings.models.meeting import Change, Meeting, Organiser
from meetings.models.presence import Presence

__all__ = ["AgendaItem", "Change", "Document", "Forum", "Meeting", "Organiser", "Photo", "Presence"]
