from meetings.admin import forums, meetings, questions

__all__ = ["forums", "meetings", "questions"]
