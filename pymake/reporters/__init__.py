"""Show events: plain lines, a live view, JSON."""
