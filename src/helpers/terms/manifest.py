"""How the manifest records a built file; shared by the code that writes it and the code that compares."""

from hashlib import sha256

MANIFEST = "manifest.json"


def recorded(name: str, content_hash: str) -> str:
    """A hash over both a file's path in its unit and its content, so that a renamed page counts as another.

    Args:
        name: Its path in the unit, with slashes.
        content_hash: SHA-256 of its content, or `-` where it is missing.
    """
    return sha256(f"{name}\0{content_hash}\n".encode()).hexdigest()
