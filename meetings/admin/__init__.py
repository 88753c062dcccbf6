from meetings.admin import forums, meetings, records

__all__ = ["forums", "meetings", "records"]
