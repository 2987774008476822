"""The `screening` command. Thin over what the pages use."""
