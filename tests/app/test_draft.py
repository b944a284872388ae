"""The draft: what the composer's fields ask the engine for, and what a clip puts back into them."""

from __future__ import annotations

from dataclasses import replace

from app.compose.draft import Draft, fitted, guidance_of, lengths_of, recalled, requests_of, steps_of
from engine.api.request import ClipRequest
from engine.api.types import MAX_SEED
from engine.kinds.registry import capabilities_of
from engine.packs.capabilities import Lengths
from tests.app.conftest import Studio


def test_the_preset_speaks_in_steps_unless_some_are_chosen(studio: Studio) -> None:
    card = studio.session.card
    assert card is not None
    recommended = card.pack.manifest.stages["base"].steps
    assert steps_of(Draft(quality="best"), card) == 2 * recommended
    assert steps_of(Draft(quality="best", steps=5), card) == 5
    plain, better = (
        requests_of(Draft("a horse", quality=quality), card, image=None, pack="starter")[0]
        for quality in ("standard", "best")
    )
    assert plain.steps is None  # so that a later version of the pack may know better
    assert better.steps == 2 * recommended


def test_variations_count_seeds_up_and_around() -> None:
    draft = Draft("a horse", seed=MAX_SEED, seed_fixed=True, variations=3)
    requests = requests_of(draft, None, image=None, pack="starter")
    assert [request.seed for request in requests] == [MAX_SEED, 0, 1]
    assert len({request.prompt for request in requests}) == 1


def test_every_length_can_be_made(studio: Studio) -> None:
    assert studio.session.capabilities is not None
    lengths = lengths_of(studio.session.capabilities)
    assert lengths[:3] == (17, 29, 41)
    assert lengths[-1] == 161
    for frames in lengths:
        assert requests_of(Draft("a horse", frames=frames), None, image=None, pack="starter")[0].frames == frames


def test_lengths_are_those_of_the_pack(studio: Studio) -> None:
    able = studio.session.capabilities
    assert able is not None
    fixed = replace(able, lengths=Lengths(usual=25, longest=25, fixed=(14, 25)))
    alone = replace(able, lengths=Lengths(usual=121, longest=257, step=8), seen=())
    assert (lengths_of(fixed), lengths_of(alone)) == ((14, 25), (121,))
    draft = Draft("a horse", aspect="1:1", frames=17)
    assert fitted(draft, fixed).frames == 25
    assert fitted(draft, alone) == draft
    assert fitted(replace(draft, frames=29), alone).frames == 121


def test_a_clip_is_recalled_whole(studio: Studio) -> None:
    card = studio.session.card
    request = ClipRequest(
        prompt="a robot", negative="night", seed=12, aspect="1:1", frames=29, steps=11, guidance=2.5
    )
    draft = recalled(Draft("something else", variations=4), request, card)
    assert requests_of(draft, card, image=None, pack="starter") == (request,)
    assert draft.seed_fixed
    assert draft.quality == "standard"


def test_recalling_finds_the_preset_again(studio: Studio) -> None:
    card = studio.session.card
    request = requests_of(Draft("a horse", quality="draft"), card, image=None, pack="starter")[0]
    studio.session.recall(request)
    assert (studio.session.draft.quality, studio.session.draft.steps) == ("draft", None)
    assert studio.session.draft.prompt == "a horse"


def test_a_still_has_a_guidance_of_its_own(studio: Studio) -> None:
    card = studio.session.card
    assert card is not None
    base = card.pack.manifest.stages["base"].model_copy(update={"still_guidance": 1.5})
    manifest = card.pack.manifest.model_copy(update={"stages": {**card.pack.manifest.stages, "base": base}})
    pack = replace(card.pack, manifest=manifest)
    gentle = replace(card, pack=pack, capabilities=capabilities_of(pack))
    assert guidance_of(Draft(), gentle, still=True) == 1.5
    assert guidance_of(Draft(), gentle, still=False) == guidance_of(Draft(), card, still=True) != 1.5
    assert guidance_of(Draft(guidance=6.0), gentle, still=True) == 6.0
