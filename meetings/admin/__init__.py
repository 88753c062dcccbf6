from meetings.admin import commitments, forums, meetings, questions, registrations, surveys

__all__ = ["commitments", "forums", "meetings", "questions", "registrations", "surveys"]
