from meetings.admin import commitments, forums, meetings, registrations, surveys

__all__ = ["commitments", "forums", "meetings", "registrations", "surveys"]
