"""What is there before a test begins, made without the pages that the test is not about.

A form that is sent, a caption and a picture that are made for one post cost more than most of what
a test then looks at. Who tests how posts are made uses `pages.start_post` or `pages.Studio`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext

from tests.e2e.pages import SKETCH, Person, new_person
from tests.e2e.running import RunningApp

HEAD = """
import json
from pixelstream.accounts.models import User
from tests.e2e import every_page, ready_made
"""


@dataclass(frozen=True)
class Ready:
    """Puts people, posts and conversations straight into the running application."""

    app: RunningApp

    def person(self, context: BrowserContext) -> Person:
        """Somebody new, signed in in this browser."""
        person = new_person()
        arguments = repr(person.email), repr(person.password)
        session = self._made(f"ready_made.person({', '.join(arguments)})")
        context.add_cookies(
            [{"name": "sessionid", "value": session, "url": self.app.url, "httpOnly": True}]
        )
        return person

    def posts(
        self,
        owner: Person,
        prompts: Sequence[str],
        *,
        models: Sequence[str] = (SKETCH,),
        aspect_ratio: str = "1:1",
    ) -> list[str]:
        """Finished posts, a picture a model; their addresses in the order of the prompts.

        Without models they are posts for which nothing came.
        """
        wish = f"{owner.email!r}, {list(prompts)!r}, {list(models)!r}, {aspect_ratio!r}"
        return [f"/posts/{pk}/" for pk in self._made(f"ready_made.posts({wish})")]

    def clips(
        self, owner: Person, prompts: Sequence[str], *, count: int = 1, has_sound: bool = False
    ) -> list[str]:
        """Finished posts with clips of three seconds each; their addresses."""
        wish = f"{owner.email!r}, {list(prompts)!r}, {count}, {has_sound}"
        return [f"/posts/{pk}/" for pk in self._made(f"ready_made.clips({wish})")]

    def conversation(self, owner: Person, post: str, turns: Sequence[int]) -> str:
        """A conversation that began with the first picture of a post, with as many finished turns
        as there are numbers, each with so many outputs; its address.
        """
        wish = f"{owner.email!r}, {int(post.split('/')[2])}, {list(turns)!r}"
        return f"/posts/edit/{self._made(f'ready_made.conversation({wish})')}/"

    def every_page(self, owner: Person, *, is_admin: bool = False) -> dict[str, str]:
        """The address of every page there is, of something of this person's: by their routes. With
        `is_admin` those of the admin, whom the person becomes.
        """
        which = "of_admin" if is_admin else "of_person"
        made: dict[str, str] = self._made(f"every_page.{which}({owner.email!r})")
        return made

    def _made(self, call: str) -> Any:
        printed = self.app.run(f"{HEAD}print(json.dumps({call}))")
        return json.loads(printed.splitlines()[-1])  # before it stand mails that were sent
