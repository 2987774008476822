"""The provider's pages: my day, and one page per appointment to review and sign."""
