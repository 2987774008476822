"""What the pages of staff share, the page of events, and the way to where each one works."""
