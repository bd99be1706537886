"""English small words: where a phrase begins and ends."""

from __future__ import annotations

from .grammar import Words, word_set

_ING_NOUNS = word_set(
    """
    building painting wedding ceiling evening morning spring string clothing lightning pudding
    drawing dressing wing swing sling earring sterling darling duckling seedling engraving
    railing crossing landing carving living dining
    """
)
_ED_NOUNS = word_set("shed seed weed reed breed hundred biped moped")
_PAST = word_set("seen made lit shot built taken drawn hung standing")


def _is_verbal(key: str) -> bool:
    if key.endswith("ing"):
        return len(key) > 5 and key not in _ING_NOUNS
    if key.endswith("ed"):
        return len(key) > 4 and key not in _ED_NOUNS
    return key in _PAST


ENGLISH = Words(
    language="en",
    determiners=word_set(
        """
        a an the one some this that these those my our your his her their its several many
        few both two three four five six seven eight nine ten twelve
        """
    ),
    possessives=word_set("my our your his her their its"),
    numerals=word_set("two three four five six seven eight nine ten twelve"),
    connectors=word_set(
        """
        with while as that which who whose where when in on at by near over under beneath
        above below beside behind between against through from to into onto inside outside
        before after during across along around among towards toward without and or but for
        surrounded featuring against underneath beyond past off up down because so if then
        """
    ),
    closers=word_set("above below inside outside underneath beyond up down behind off past around"),
    conjunctions=word_set("and or"),
    joints=word_set("of"),
    pronouns=word_set(
        """
        i you he she it we they me him us them someone something everything nothing everyone
        what how why there here not no very so just also too
        """
    ),
    verbs=word_set(
        "is are was were be been has have had can will would should looks says does do did"
    ),
    edits=word_set(
        """
        remove replace change add turn put swap increase decrease crop fix keep convert edit
        use insert adjust move delete erase brighten darken blur sharpen restore upscale
        """
    ),
    manners=word_set(
        """
        please can could would you i i'd we create generate make draw me us let's
        """
    ),
    orders=word_set(
        """
        hey hi hello want need like love to see have paint render show give design imagine write
        produce visualize visualise illustrate sketch
        """
    ),
    media=word_set(
        """
        photo photos photograph photographs photography picture pictures image images pic shot
        portrait painting drawing illustration sketch render rendering watercolor watercolour
        poster close-up closeup view scene snapshot post caption ad banner artwork collage
        papercut icon logo wallpaper animation depiction
        """
    ),
    linkers=dict.fromkeys(word_set("of showing about featuring depicting for"), ""),
    style=word_set(
        """
        photo photograph photography image picture portrait mm 35mm 50mm 85mm 8k 4k 2k hd uhd
        hdr cinematic realistic photorealistic hyperrealistic hyper-realistic ultra-realistic
        editorial detailed highly ultra hyper masterpiece quality best high render rendering
        octane bokeh digital art illustration shot resolution sharp focus trending artstation
        wallpaper aesthetic professional ultra-detailed film kodak f intricate award-winning
        raw hires sfw nsfw very extremely unreal engine 16k 35 50 85 mm-lens lens beautiful
        """
    ),
    style_turns=word_set("style inspired rendered photographed illustrated styled"),
    labels=word_set("topic subject theme brand style prompt scene title mood negative format"),
    sayings=word_set("saying reading labelled labeled named called titled"),
    adjectives=word_set(
        """
        red orange yellow green blue purple violet pink gold golden brown white black grey
        gray pastel colorful colourful big small tiny huge giant old young new ancient modern
        vintage retro tall short long wide warm cold hot soft bright dark happy sad quiet calm
        cozy cosy cute little lovely beautiful single lonely wild fresh rustic elegant simple
        minimal minimalist abstract surreal dreamy magical misty foggy rainy snowy sunny stormy
        wooden glass empty full busy sleepy smiling futuristic close open first last good great
        """
    ),
    fillers=word_set(
        """
        beautiful stunning gorgeous amazing awesome epic incredible breathtaking perfect
        realistic photorealistic cinematic detailed highly hyperrealistic very nice super
        professional ultra wonderful really extremely so
        """
    ),
    verbal=_is_verbal,
    foreign=word_set(
        """
        un una une uno los las con sur avec dans mit und auf ein eine einem einen der dem le les des
        en gli della nel och med ett het een
        """
    ),
    containers=word_set(
        """
        jar bowl cup mug pile bunch stack glass plate box pack bottle basket bouquet slice piece
        pair group flock herd tray pot bag spoonful set series crate bucket cluster row handful tin
        can launch opening collection
        """
    ),
    common=word_set(
        """
        jar light shadow wall corner glass stone rock metal paper wood bottle keeper seller stack
        pile bowl plate pot spoon knife dipper garland fence gate roof floor ceiling ocean idea logo
        icon letter word wing tail paw eye nose hair beard dress skirt coat stall owner neighbour
        neighbor sculpture fountain lawn path lantern festival harvest feather machine engine
        """
    ),
)
