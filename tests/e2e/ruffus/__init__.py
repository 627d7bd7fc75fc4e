"""Programs for Ruffus, each in a process of its own."""
