from meetings.admin import forums, meetings, surveys

__all__ = ["forums", "meetings", "surveys"]
