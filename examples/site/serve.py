"""Serves a folder, and has open pages reload when the server was started anew: `python3 serve.py FOLDER PORT`.

A watch restarts the server whenever a page changed. Each page that it hands out holds an open connection; when that
ends and another server answers, the page loads itself again. Nothing of this is in the files of the site.
"""

import os
import sys
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

NAME = str(time.time_ns())
SCRIPT = f"""<script>
  new EventSource("/which-server").onmessage = (event) => {{
    if (event.data !== "{NAME}") location.reload();
  }};
</script>
"""


class Handler(SimpleHTTPRequestHandler):
    """Files as they are, pages with the script, and who serves."""

    def do_GET(self) -> None:
        if self.path == "/which-server":
            self.say_who()
            return
        path = self.translate_path(self.path)
        if os.path.isdir(path):
            path = os.path.join(path, "index.html")
        if path.endswith(".html") and os.path.isfile(path):
            with open(path, "rb") as file:
                self.send_page(file.read().replace(b"</body>", SCRIPT.encode() + b"</body>"))
        else:
            super().do_GET()

    def send_page(self, page: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def say_who(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while True:
                self.wfile.write(f"retry: 200\ndata: {NAME}\n\n".encode())
                time.sleep(1)
        except OSError:
            pass  # the page is gone

    def log_request(self, code="-", size="-") -> None:
        if self.path != "/which-server":
            super().log_request(code, size)


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    folder, port = sys.argv[1], int(sys.argv[2])
    Server(("127.0.0.1", port), partial(Handler, directory=folder)).serve_forever()
