"""Conversations that are held by other processes: what they are told, what they tell, and what becomes of it here."""
