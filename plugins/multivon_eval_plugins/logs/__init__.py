"""Personas from production conversations: logs are read, personal data is taken out, and a judge is asked."""
