"""Staff: signing in, and the way to the page where each one works."""
