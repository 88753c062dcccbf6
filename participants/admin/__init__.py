from participants.admin import accounts, institutions, letters, office, officials, places

__all__ = ["accounts", "institutions", "letters", "office", "officials", "places"]
