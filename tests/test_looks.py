"""The tokens hold for every eye: letters are legible, and grades stay apart in grey and for the three colour blindnesses."""

import itertools

import pytest

from helpers.notation import tokens

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
EYES = ("all colours", "grey", *BLINDNESS)
LEGIBLE, APART = 4.5, 1.3
# Grades beside grades, pieces of a bar beside pieces. Each also carries its letter or its words; C, D and the one item a hatch.
BESIDE = [
    *itertools.combinations(("exceeded", "on_track", "behind", "stalled"), 2),
    *itertools.combinations(("rest", "item", "single"), 2),
    ("actual", "expected"),
]
# A and D are both dark: their letters and D's crossed hatch tell them apart.
TOLD_BY_HATCH = {("exceeded", "stalled"), ("rest", "single")}


def linear(name):
    code = name.lstrip("#")
    parts = [int(code[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(name, eye):
    """Linear RGB as that eye sees it."""
    rgb = linear(name)
    if eye == "grey":
        return [luminance(rgb)] * 3
    if eye in BLINDNESS:
        rgb = [min(1, max(0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in BLINDNESS[eye]]
    return rgb


def luminance(rgb):
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def contrast(one, other, eye="all colours"):
    high, low = sorted((luminance(seen(one, eye)), luminance(seen(other, eye))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("eye", EYES)
def test_letters_are_legible_on_their_ground(eye):
    colour = tokens()["colour"]
    pairs = {(name, ground) for name in ("ink", "soft", "accent", "alert") for ground in ("paper", "wash", "single")}
    low = [pair for pair in sorted(pairs) if contrast(colour[pair[0]], colour[pair[1]], eye) < LEGIBLE]
    low += [g for g, ink in tokens()["on_colour"].items() if contrast(colour[g], ink, eye) < LEGIBLE]
    assert low == []


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("pair", BESIDE, ids="/".join)
def test_fills_side_by_side_are_told_apart(pair, eye):
    one, other = (tokens()["colour"][name] for name in pair)
    if pair in TOLD_BY_HATCH:
        assert tokens()["hatch"].get(pair[1]), "where lightness is alike, a hatch must speak"
    else:
        assert contrast(one, other, eye) >= APART
