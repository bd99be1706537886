"""Settings of the bare page as a server: the same database, the least of everything else."""

from pixelstream.settings import *  # noqa: F403
from tests.bench import bare_middleware

MIDDLEWARE = list(bare_middleware.MIDDLEWARE)
ROOT_URLCONF = "tests.bench.bare"
