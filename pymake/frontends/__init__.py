"""Build files to tasks: Python, TOML, and what joins them to one project."""
