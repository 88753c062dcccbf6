from meetings.admin import forums, meetings, registrations

__all__ = ["forums", "meetings", "registrations"]
