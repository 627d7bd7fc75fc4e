"""Where concrete classes meet: options, session, command line, and the API for Python."""
