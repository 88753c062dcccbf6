from meetings.admin import commitments, forums, meetings, registrations

__all__ = ["commitments", "forums", "meetings", "registrations"]
