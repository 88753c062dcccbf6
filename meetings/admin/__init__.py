from meetings.admin import commitments, forums, meetings

__all__ = ["commitments", "forums", "meetings"]
