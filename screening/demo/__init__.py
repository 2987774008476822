"""An invented clinic to try the product with."""
