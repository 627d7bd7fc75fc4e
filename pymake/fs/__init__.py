"""The disk: stamps, digests, folders, depfiles."""
