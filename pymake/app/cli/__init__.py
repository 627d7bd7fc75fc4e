"""The command line: its options and commands, what they print, and exit codes."""
