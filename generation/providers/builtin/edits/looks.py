"""The words that ask for the look of another picture."""

from __future__ import annotations

import re

from generation.providers.builtin.edits.phrase import Phrase
from generation.providers.builtin.edits.steps import Act, Step
from generation.providers.builtin.edits.words import any_of

_REFERENCE = any_of(
    "(?:style |estilo )?reference(?: (?:image|picture|photo))?|(?:second|other|attached|last"
    "|uploaded)"
    " (?:image|picture|photo|one)|(?:imagem|foto|figura) de referencia|referencia"
    "|(?:segunda|outra) (?:imagem|foto|figura)|(?:imagem|foto|figura) (?:anexa|anexada|enviada)"
    "|(?:imagem|foto) (?:2|dois)|(?:image|picture|photo) (?:2|two)"
)
_OF_THE = r"\s+(?:the|this|my|a|da|do|de|desta|dessa|minha)?\s*"
PHRASES: tuple[Phrase, ...] = (
    Phrase(
        re.compile(
            r"\b(?:with |match |copy |use |using |apply |like |com |copie |use |usando |aplique )?"
            r"(?:the |a |as |o )?\b(?:same |mesm[ao]s? )?(?:colou?rs?|palette|colou?r palette"
            r"|cor(?:es)?|paleta(?: de cores)?)"
            rf"(?:\s+(?:of|from|as|like|in|da|do|das|de|na|igual a"
            rf"|iguais a))?{_OF_THE}{_REFERENCE}\b"
        ),
        lambda match: (Step(Act.PALETTE),),
    ),
    Phrase(
        re.compile(
            rf"\b(?:(?:the )?{_REFERENCE}(?:'?s)?\s+(?:colou?rs?|palette))\b",
        ),
        lambda match: (Step(Act.PALETTE),),
    ),
    Phrase(
        re.compile(
            r"\b(?:(?:in|with|using|use|apply|copy|match|transfer|no|com o?|usando|use|aplique"
            r"|copie"
            r"|seguindo|segundo|conforme|like|look like|como|igual a|similar to|as"
            r"|parecid[oa] com)\b"
            r"\s*)+(?:the |o |a )?(?:same |mesmo )?(?:(?:style|estilo|look|visual|aparencia)"
            rf"(?:\s+(?:of|from|as|like|in|da|do|de|na|igual a))?)?{_OF_THE}{_REFERENCE}"
            r"(?:'?s)?(?:\s+(?:style|look|estilo))?\b"
        ),
        lambda match: (Step(Act.STYLE),),
    ),
)
