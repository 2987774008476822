"""Staff at the door: their accounts, passwords, second steps, invitations, and where they are signed in."""
