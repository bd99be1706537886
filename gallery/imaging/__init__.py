"""Pictures as bytes and pixels: decoding, renditions, colours, AI marks, and the upload gate.

Nothing in here knows Django, a database or a storage. Every module can be used and tested alone,
and the upload gate's child process imports only what it needs.
"""
