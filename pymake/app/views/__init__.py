"""What the commands that only look show, as lines of text made from a session."""
