from meetings.admin import forums, meetings

__all__ = ["forums", "meetings"]
