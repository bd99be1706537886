"""What the engine says of an instruction that it cannot follow, in both of its languages.

It knows no Django, and so no translations: these sentences are kept here, side by side.
"""

from __future__ import annotations

from enum import StrEnum

from generation.providers.errors import ErrorKind, ProviderError


class Refusal(StrEnum):
    """Why nothing was done."""

    NOT_UNDERSTOOD = "not understood"
    NO_REFERENCE = "no style reference"
    NO_LETTERS = "no letters for this text"
    NO_PICTURE = "no picture"


LONGEST = 200
"""Characters of a reason that the job machine keeps."""

_REASONS = {
    Refusal.NOT_UNDERSTOOD: (
        "The built-in engine only knows simple instructions, such as “black and white”, “warmer”, "
        "“make the sky darker”, “blur the background”, “rotate left” or “crop to 16:9”.",
        "O motor embutido só conhece instruções simples, como “preto e branco”, “mais quente”, "
        "“escureça o céu”, “desfoque o fundo”, “gire à esquerda” ou “corte em 16:9”.",
    ),
    Refusal.NO_REFERENCE: (
        "For a style, attach the picture that has it as a reference.",
        "Para um estilo, anexe como referência a imagem que o tem.",
    ),
    Refusal.NO_LETTERS: (
        "The built-in engine can only write in Latin letters.",
        "O motor embutido só sabe escrever com letras latinas.",
    ),
    Refusal.NO_PICTURE: (
        "There is no picture to edit.",
        "Não há imagem para editar.",
    ),
}


def refusal(why: Refusal, language: str) -> ProviderError:
    """The error of an edit that cannot be made; its reason is in Portuguese for "pt..."."""
    english, portuguese = _REASONS[why]
    is_portuguese = language.casefold().startswith("pt")
    reason = portuguese if is_portuguese else english
    return ProviderError(ErrorKind.INVALID, f"edit: {why}", reason=reason)
