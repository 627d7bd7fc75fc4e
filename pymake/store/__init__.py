"""Memory between builds: journal, lock, logs, all below `.pymake`."""
