from participants.admin import accounts, institutions, letters, officials, places

__all__ = ["accounts", "institutions", "letters", "officials", "places"]
