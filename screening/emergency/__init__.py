"""Emergency access: staff without the provider's role read, and only read, when nobody else is there."""
