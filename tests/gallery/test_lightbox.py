"""What the lightbox shows of a post."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gallery.lightbox import Lightbox, look_at
from gallery.models import CostBasis
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post

pytestmark = pytest.mark.django_db


def only_output(owner: User, **fields: Any) -> Any:
    """The one output of a post whose picture has these fields."""
    post = create_post(owner, images=0)
    create_image(post, **fields)
    return look_at(post).outputs[0]


def shown(lightbox: Lightbox) -> int | None:
    """The number of the picture in front."""
    return lightbox.current.number if lightbox.current else None


def test_the_first_picture_is_in_front_unless_another_one_is_asked_for(alice: User) -> None:
    post = create_post(alice, images=3)
    assert shown(look_at(post)) == 1
    assert shown(look_at(post, number=3)) == 3
    assert shown(look_at(post, number=4)) == 1
    assert [output.number for output in look_at(post).outputs] == [1, 2, 3]


def test_without_a_number_the_cover_is_in_front(alice: User) -> None:
    post = create_post(alice, images=3, cover_position=1)
    assert shown(look_at(post)) == 2
    assert shown(look_at(post, number=1)) == 1
    assert shown(look_at(post, number=99)) == 2


def test_pictures_are_numbered_without_the_gaps_of_failed_slots(alice: User) -> None:
    post = create_post(alice, images=0, cover_position=4)
    for position in (0, 2, 4):
        create_image(post, position=position)
    lightbox = look_at(post)
    assert [(output.number, output.image.position) for output in lightbox.outputs] == [
        (1, 0),
        (2, 2),
        (3, 4),
    ]
    assert shown(lightbox) == 3


def test_a_cover_that_is_gone_gives_way_to_the_first_picture(alice: User) -> None:
    assert shown(look_at(create_post(alice, images=2, cover_position=7))) == 1


def test_a_post_without_pictures_has_none_in_front(alice: User) -> None:
    lightbox = look_at(create_post(alice, images=0), number=1)
    assert lightbox.outputs == ()
    assert lightbox.current is None


def test_the_sizes_go_up_to_the_original(alice: User) -> None:
    output = only_output(alice, width=2048, height=1024)
    assert output.srcset.endswith(f"{output.image.url} 2048w")
    assert output.srcset.startswith(output.image.srcset)


@pytest.mark.parametrize(
    ("basis", "cost", "is_shown", "is_estimated"),
    [
        (CostBasis.REPORTED, Decimal("0.06"), True, False),
        (CostBasis.ESTIMATED, Decimal("0.06"), True, True),
        (CostBasis.UNKNOWN, Decimal(0), False, False),
        ("", None, False, False),
    ],
)
def test_a_cost_is_shown_when_it_is_known(
    alice: User, basis: str, cost: Decimal | None, is_shown: bool, is_estimated: bool
) -> None:
    output = only_output(alice, cost=cost, cost_basis=basis)
    assert (output.cost is not None) == is_shown
    assert output.is_cost_estimated == is_estimated


def test_a_duration_is_in_seconds_and_may_be_missing(alice: User) -> None:
    assert only_output(alice, duration_ms=28_500).seconds == 28.5
    assert only_output(alice, duration_ms=None).seconds is None
