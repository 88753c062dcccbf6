from meetings.admin.closing.pages import CLOSING, ClosingPages

__all__ = ["CLOSING", "ClosingPages"]
