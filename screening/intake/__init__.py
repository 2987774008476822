"""The patient's pages, from the link to "sent"."""
