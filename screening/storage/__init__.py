"""The database: its tables, how each came to be, how it is reached, and how what is personal is encrypted in it."""
