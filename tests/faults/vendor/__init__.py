"""An app of the test workers only: a vendor that counts what it would have charged for."""
