from meetings.admin import commitments, forums, meetings, questions, records, registrations, surveys

__all__ = ["commitments", "forums", "meetings", "questions", "records", "registrations", "surveys"]
