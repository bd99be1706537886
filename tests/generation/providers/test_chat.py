"""The dialect of chat completions: what is sent, and the many ways an answer is no caption."""

from __future__ import annotations

from typing import Any

import pytest

from generation.providers import caption_prompt, chat
from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.types import (
    Capabilities,
    GenerationRequest,
    ImageInput,
    Kind,
    ModelSpec,
)

MODEL = ModelSpec("a/b", "openrouter", "a/b", "B", Capabilities(frozenset({Kind.CAPTION})))


def request(**fields: Any) -> GenerationRequest:
    return GenerationRequest(Kind.CAPTION, MODEL, "a jar of honey", "r-1", **fields)


def answer(message: Any, **choice: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": "stop", "message": message, **choice}]}


def test_a_request_carries_our_instruction_and_the_prompt_and_nothing_else() -> None:
    assert chat.body(request(), "vendor/model") == {
        "model": "vendor/model",
        "messages": [
            {"role": "system", "content": caption_prompt.SYSTEM},
            {"role": "user", "content": "a jar of honey"},
        ],
    }


def test_further_fields_of_a_vendor_are_sent_along() -> None:
    assert chat.body(request(), "m", seed=5)["seed"] == 5


def test_references_follow_the_text_as_data_urls() -> None:
    sent = chat.body(request(references=(ImageInput(b"abc", "image/png"),)), "m")

    assert sent["messages"][1]["content"] == [
        {"type": "text", "text": "a jar of honey"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,YWJj"}},
    ]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": " A lovely jar.\n#honey\n"}, "A lovely jar.\n#honey"),
        ({"content": [{"type": "text", "text": "A "}, {"type": "text", "text": "jar"}]}, "A jar"),
        ({"content": [{"text": "A jar"}]}, "A jar"),
        ({"content": [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "A"}]}, "A"),
        ({"content": [{"type": "text", "text": None}, 7, {"type": "text", "text": "A"}]}, "A"),
        ({"content": "A jar", "refusal": None, "reasoning": "hm"}, "A jar"),
        ({"content": "<think>hm,\nhoney</think>\n\nA jar"}, "A jar"),
        ({"content": "Bees <think> too"}, "Bees <think> too"),
    ],
)
def test_the_text_is_read_from_every_shape_of_content(message: Any, text: str) -> None:
    assert chat.read_text(answer(message)) == text


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"choices": None},
        {"choices": []},
        {"choices": {}},
        {"choices": "rubbish"},
        {"choices": ["rubbish"]},
        {"choices": [None]},
        {"choices": [{}]},
        answer(None),
        answer("rubbish"),
        answer({}),
        answer({"content": None}),
        answer({"content": ""}),
        answer({"content": " \n"}),
        answer({"content": []}),
        answer({"content": 7}),
        answer({"content": {"text": "A jar"}}),
        answer({"content": [{"type": "image_url", "image_url": {"url": "x"}}]}),
        answer({"content": None, "reasoning": "I would say ..."}),
        answer({"content": "<think>and so it went on"}),
        answer({"content": None, "tool_calls": []}, finish_reason="tool_calls"),
        answer({"content": ""}, finish_reason="length"),
    ],
)
def test_an_answer_without_text_is_no_output(content: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as caught:
        chat.read_text(content)

    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert caught.value.billed is Billed.UNKNOWN


@pytest.mark.parametrize(
    "content",
    [
        answer({"content": None, "refusal": "I cannot help with a jar of honey."}),
        answer({"content": [{"type": "refusal", "refusal": "No jar of honey."}]}),
        answer({"content": "half a cap"}, finish_reason="content_filter"),
        {"error": {"code": "content_filter", "message": "a jar of honey"}},
        {"error": {"type": "content_policy_violation"}},
    ],
)
def test_a_refusal_is_moderation_and_does_not_repeat_the_prompt(content: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as caught:
        chat.read_text(content)

    assert caught.value.kind is ErrorKind.MODERATION
    assert "honey" not in caught.value.reason


def test_the_filters_own_word_is_the_reason() -> None:
    content = answer({}, finish_reason="content_filter", native_finish_reason="IMAGE_SAFETY")

    with pytest.raises(ProviderError) as caught:
        chat.read_text(content)

    assert caught.value.reason == "IMAGE_SAFETY"


@pytest.mark.parametrize(
    ("usage", "billed"),
    [
        (None, Billed.UNKNOWN),
        ({"completion_tokens": 3}, Billed.UNKNOWN),
        ({"cost": "rubbish"}, Billed.UNKNOWN),
        ({"cost": 0}, Billed.NO),
        ({"cost": 0.02}, Billed.YES),
    ],
)
@pytest.mark.parametrize("message", [{"content": ""}, {"refusal": "No."}])
def test_an_answer_without_a_caption_says_whether_it_was_paid(
    message: dict[str, Any], usage: Any, billed: Billed
) -> None:
    with pytest.raises(ProviderError) as caught:
        chat.read_text({**answer(message), "usage": usage})

    assert caught.value.billed is billed


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 429, "message": "slow down"}, ErrorKind.RATE),
        ({"code": "503"}, ErrorKind.RATE),
        ({"code": 401}, ErrorKind.AUTH),
        ({"code": 402}, ErrorKind.QUOTA),
        ({"code": 400}, ErrorKind.INVALID),
        ({"code": 500}, ErrorKind.AMBIGUOUS),
        ({"code": 502}, ErrorKind.AMBIGUOUS),
        ({"code": None, "message": None}, ErrorKind.AMBIGUOUS),
        ({"code": "server_error"}, ErrorKind.AMBIGUOUS),
        ({"rubbish": 1}, ErrorKind.AMBIGUOUS),
        ("it broke", ErrorKind.AMBIGUOUS),
        (["it broke"], ErrorKind.AMBIGUOUS),
        (True, ErrorKind.AMBIGUOUS),
    ],
)
def test_an_error_in_a_success_is_an_error_wherever_it_stands(error: Any, kind: ErrorKind) -> None:
    for content in (
        {"error": error, **answer({"content": "A jar"})},
        answer({"content": "A jar"}, error=error),
    ):
        with pytest.raises(ProviderError) as caught:
            chat.read_text(content)

        assert caught.value.kind is kind


def test_a_choice_that_ended_in_an_error_is_ambiguous() -> None:
    with pytest.raises(ProviderError) as caught:
        chat.read_text(answer({"content": "half a cap"}, finish_reason="error"))

    assert caught.value.kind is ErrorKind.AMBIGUOUS


@pytest.mark.parametrize("nothing", [None, {}, "", []])
def test_an_empty_error_is_none(nothing: Any) -> None:
    content = {"error": nothing, **answer({"content": "A jar"}, error=nothing)}

    assert chat.read_text(content) == "A jar"


def test_secrets_stay_out_of_an_errors_detail() -> None:
    error = chat.error_in_answer({"message": "bad key canary-1", "code": "canary-1"}, "canary-1")

    assert "canary-1" not in error.detail
    assert "bad key" in error.detail


def test_a_vendor_may_read_its_own_errors() -> None:
    def failure(error: Any) -> ProviderError:
        return ProviderError(ErrorKind.RETIRED, error["message"])

    with pytest.raises(ProviderError, match="gone"):
        chat.read_text({"error": {"message": "gone"}}, failure)


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 0}, {"input_tokens": 10, "output_tokens": 0}),
        ({"prompt_tokens": 10}, {"input_tokens": 10}),
        ({"prompt_tokens": -1, "completion_tokens": True}, {}),
        ({"prompt_tokens": "10", "completion_tokens": 2.5}, {}),
        ({"prompt_tokens": 10**30}, {}),
        (None, {}),
        ([], {}),
    ],
)
def test_only_sound_token_counts_are_read(usage: Any, counts: dict[str, int]) -> None:
    assert chat.read_usage({"usage": usage}) == counts
