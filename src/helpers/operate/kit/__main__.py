"""`make kit`, and what `make lock` says of wheels."""

import argparse
import sys
from pathlib import Path

from helpers.operate.kit import wheels
from helpers.terms import Refusal

PROJECT = Path(__file__).resolve().parents[4]


def main() -> int:
    """Makes the kit in `build/`; with `--of-lock UV` it only names the packages of the lock that lack a wheel, which is no failure."""
    words = argparse.ArgumentParser()
    words.add_argument("--of-lock", metavar="UV")
    words.add_argument("--out", type=Path, default=PROJECT / "build")
    asked = words.parse_args()
    targets = wheels.targets(PROJECT)
    if asked.of_lock:
        lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
        for target in targets:
            for sentence in wheels.without_wheel(lock, target, uv=asked.of_lock):
                sys.stderr.write(f"注意 {sentence}\n")
        return 0
    from helpers.operate.kit import make  # noqa: PLC0415 — the resolver of `make lock` has only what `wheels` needs

    try:
        made = make.kit(PROJECT, asked.out, targets=targets)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(
        f"{made}\n{made.stat().st_size / 1e6:.0f} MB\n{made.with_suffix('.zip.sha256').read_text('utf-8')}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
