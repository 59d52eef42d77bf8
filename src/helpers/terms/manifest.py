"""How the manifest of what is built writes a file down, for whoever writes it and whoever compares."""

from hashlib import sha256

MANIFEST = "manifest.json"


def recorded(name: str, content_hash: str) -> str:
    """The hash of a file by its path in its unit and by its content, both: a page moved to another name is another.

    Args:
        name: Its path in the unit, with slashes.
        content_hash: SHA-256 of its content, or `-` where it is missing.
    """
    return sha256(f"{name}\0{content_hash}\n".encode()).hexdigest()
