"""Smooth noise from small random lattices that Pillow enlarges, and field arithmetic on it.

The lattices depend only on the generator and on lengths in picture units, so that the same
seed gives the same picture at every size.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from generation.providers.builtin.colour import Field

_FINEST_CELL = 1.6
"""Pixels: octaves with smaller cells would only alias."""


def smooth_step(low: float, high: float, value: Field) -> Field:
    """0 below `low`, 1 above `high` (or the reverse if low > high), smooth between."""
    position = np.clip((value - low) * (1 / (high - low)), 0, 1)
    eased: Field = position * position * (3 - 2 * position)
    return eased


def resize(field: Field, shape: tuple[int, int], *, smooth: bool = True) -> Field:
    """Resample a field to (rows, columns)."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.BOX
    return np.asarray(image.resize((shape[1], shape[0]), method))


def lattice_noise(
    shape: tuple[int, int], rng: np.random.Generator, cells: tuple[float, float]
) -> Field:
    """One octave: standard-normal values on (down, across) cells, smoothly enlarged."""
    down, across = max(cells[0], 0.05), max(cells[1], 0.05)
    rows, columns = math.ceil(down) + 4, math.ceil(across) + 4
    lattice = rng.standard_normal((rows, columns), dtype=np.float32)
    box = (1.5, 1.5, 1.5 + across, 1.5 + down)
    image = Image.fromarray(lattice)
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC, box=box))


def fractal(
    shape: tuple[int, int],
    rng: np.random.Generator,
    *,
    unit: float,
    scale: float,
    octaves: int = 5,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Field:
    """Sum of octaves, about -1 to 1 (standard deviation 0.35).

    `unit` is the picture's unit in pixels, `scale` the cells of the first octave in one unit
    (downwards), `stretch` how much longer than high the cells are.
    """
    total = np.zeros(shape, np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        down = scale * 2.03**octave
        if octave and unit / down < _FINEST_CELL:
            break
        cells = (down * shape[0] / unit, down * shape[1] / unit / stretch)
        total += lattice_noise(shape, rng, cells) * np.float32(weight)
        power += weight * weight
        weight *= gain
    # A bicubic enlargement of unit noise keeps about 0.55 of its deviation.
    total *= np.float32(0.35 / (0.55 * math.sqrt(power)))
    return total


def line(
    positions: Field, rng: np.random.Generator, *, scale: float, octaves: int = 6, gain: float = 0.5
) -> Field:
    """Fractal noise along one axis: values (about -1 to 1) at positions in units."""
    total = np.zeros(positions.shape, np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        frequency = scale * 2.03**octave
        at = positions * frequency + rng.uniform(0, 1)
        first = math.floor(float(at.min())) - 1
        values = rng.standard_normal(math.ceil(float(at.max())) - first + 3)
        cell = np.floor(at)
        inside = (at - cell).astype(np.float32)
        inside = inside * inside * (3 - 2 * inside)
        index = (cell - first).astype(np.int64)
        total += (values[index] * (1 - inside) + values[index + 1] * inside) * weight
        power += weight * weight
        weight *= gain
    return (total * (0.5 / math.sqrt(power))).astype(np.float32)


def _convolve(field: Field, sigma: float, axis: int) -> Field:
    reach = max(1, math.ceil(sigma * 2.5))
    weights = [math.exp(-0.5 * (offset / sigma) ** 2) for offset in range(-reach, reach + 1)]
    padding = [(0, 0)] * field.ndim
    padding[axis] = (reach, reach)
    padded = np.pad(field, padding, mode="edge")
    size = field.shape[axis]
    total = np.zeros(field.shape, np.float32)
    for index, weight in enumerate(weights):
        part = padded[index : index + size] if axis == 0 else padded[:, index : index + size]
        total += part * np.float32(weight / sum(weights))
    return total


def blur(field: Field, radius: float) -> Field:
    """Gaussian blur; `radius` (standard deviation) in pixels. Takes (h, w) and (h, w, n)."""
    if field.ndim == 3:
        return np.stack([blur(field[..., i], radius) for i in range(field.shape[2])], axis=-1)
    if radius < 0.3:
        return field
    # Wide blurs keep nothing fine: they are computed on a smaller picture.
    factor = max(1, int(radius / 1.6))
    shape = field.shape
    small_shape = (max(2, shape[0] // factor), max(2, shape[1] // factor))
    small = resize(field, small_shape, smooth=False) if factor > 1 else field
    sigma = radius * small_shape[1] / shape[1]
    small = _convolve(_convolve(small, sigma, 0), sigma, 1)
    return resize(small, (shape[0], shape[1])) if factor > 1 else small


def blur_mask(mask: Field, radius: float) -> Field:
    """Fast Gaussian blur of a coverage 0 to 1, in 8 bits: good enough for shadows."""
    rows, columns = mask.shape
    image = Image.fromarray((np.clip(mask, 0, 1) * np.float32(255)).astype(np.uint8))
    factor = 1
    while radius / factor > 5 and min(rows, columns) // (2 * factor) > 8:
        factor *= 2
    if factor > 1:
        image = image.reduce(factor)
    image = image.filter(ImageFilter.GaussianBlur(radius / factor))
    if factor > 1:
        image = image.resize((columns, rows), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) * np.float32(1 / 255)


TILE = 512
"""Pixels of a noise tile's side; a power of two, so that wrapping is a mask."""


def tile(rng: np.random.Generator, *, cells: int, octaves: int = 5, gain: float = 0.5) -> Field:
    """A seamless square of fractal noise (TILE x TILE) for `sample_tile`, about -1 to 1."""
    total = np.zeros((TILE, TILE), np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        count = cells * 2**octave
        if count * 2 > TILE:
            break
        lattice = rng.standard_normal((count, count), dtype=np.float32)
        image = Image.fromarray(np.pad(lattice, 3, mode="wrap"))
        box = (3, 3, 3 + count, 3 + count)
        method = Image.Resampling.BICUBIC
        total += np.asarray(image.resize((TILE, TILE), method, box=box)) * np.float32(weight)
        power += weight * weight
        weight *= gain
    total *= np.float32(0.35 / (0.55 * math.sqrt(power)))
    return total


def sample_tile(tiled: Field, down: Field, across: Field) -> Field:
    """The tile at positions in tiles (any size, wrapping), interpolated."""
    rows, columns = np.broadcast_arrays(down * np.float32(TILE), across * np.float32(TILE))
    top, left = np.floor(rows), np.floor(columns)
    part_down, part_across = rows - top, columns - left
    mask = TILE - 1
    row0 = (top.astype(np.int32) & mask) * TILE
    row1 = ((top.astype(np.int32) + 1) & mask) * TILE
    column0 = left.astype(np.int32) & mask
    column1 = (column0 + 1) & mask
    flat = tiled.reshape(-1)
    upper = flat.take(row0 + column0) * (1 - part_across) + flat.take(row0 + column1) * part_across
    lower = flat.take(row1 + column0) * (1 - part_across) + flat.take(row1 + column1) * part_across
    between: Field = upper * (1 - part_down) + lower * part_down
    return between
