"""The name under which a page's notebook passes its bundle on, for whoever writes it and whoever takes it out."""

MIME = "application/vnd.gyokaku.bundle+json"
