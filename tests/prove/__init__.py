"""Proves by faults that nothing is lost and nothing doubled: `python -m tests.prove`."""
