"""The MIME type under which a page's notebook displays its bundle and `render` finds it."""

MIME = "application/vnd.gyokaku.bundle+json"
