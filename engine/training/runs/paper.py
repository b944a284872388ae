"""Every row of the paper's tables as a run (tables 1 to 6 and 8), by name.

Field names in ``assumed`` say what the paper does not state; the dry run prints them with their reasons.
"""

from __future__ import annotations

from dataclasses import replace

from engine.models.tokenizer import TokenizerConfig
from engine.packs.recipes import (
    EXTRA_LARGE,
    FRAME_PREDICTION,
    IMAGENET,
    LARGE,
    T2V_BASE,
    T2V_LARGE,
    T2V_SR1,
    T2V_SR2,
    T2V_WIDE,
)
from engine.training.loop import LoopConfig
from engine.training.runs.full_size import DenoiserRun, FullRun, GanTokenizerRun

MAGVIT2 = TokenizerConfig.magvit2()
CHANNELS = (4, 8, 16, 32)
"""c of the latents in table 3f."""
MAGVIT2_IMAGE = replace(MAGVIT2, multipliers=(1, 1, 2, 4))

_EVERYWHERE = {
    "loop.warmup": "not stated; 5,000 steps, as MAGVIT-v2's authors warm up their transformers",
    "loop.weight_decay": "not stated; none, as in DiT",
    "loop.clip": "not stated; gradients are clipped to norm 1",
    "loop.final": "'cosine' without an end is taken to end at zero",
    "drop": "not stated; one in ten, as MAGVIT-v2 drops labels",
    "numbers": "not stated; bfloat16 products over float32 weights",
}
_ADAMW = {
    "loop.betas": "not stated; 0.9 and 0.99, lower than the usual 0.999, as gradients differ with the noise level",
    "loop.ema": "the table says yes and no decay; 0.9999, DiT's",
}
_ADAFACTOR = {
    "loop.adafactor_floor": "not stated; 1 makes the rate absolute: scaled by their own size, the gates, which start "
    "at zero, would hardly leave it (0.001 is the usual floor)",
    "loop.ema": "the table says no",
}
_TEXT = {
    "text_length": "not stated; 128 tokens hold nearly every caption",
    "frame_rate": "p_fp is not stated; half of the clips, the others double as the null condition for guidance",
    "two_frames": "how many of them have two latent frames is not stated; half",
    "image_share": "not stated; one slot in five, so that images are half of the samples (a slot holds five)",
}
_LOW_RES = {"max_low_res_t": "t_max_noise is not stated; 400 of 1000 steps, which the network reads"}
_WIDTH = {"model.width": "printed as 9216, which would be 71 billion parameters; 1920 is 16 heads of 120"}


def _adamw(steps: int, ema: float = 0.9999) -> LoopConfig:
    return LoopConfig(
        steps=steps, warmup=5000, final=0.0, optimizer="adamw", lr=5e-4, weight_decay=0.0, ema=ema,
        checkpoint_minutes=30.0, report_steps=5000,
    )  # fmt: skip


def _adafactor(steps: int, lr: float) -> LoopConfig:
    return replace(_adamw(steps, ema=0.0), optimizer="adafactor", lr=lr)


UCF101_L = DenoiserRun(
    "tables 1 and 8",
    LARGE,
    _adamw(60_000),
    batch=256,
    tokenizer="tokenizer-ucf101",
    assumed=_EVERYWHERE | _ADAMW,
)
UCF101_XL = replace(UCF101_L, source="tables 1, 4 and 8", model=EXTRA_LARGE)
UCF101_SEPARATE = replace(UCF101_L, source="table 4", model=replace(LARGE, adaln="separate"))
K600 = DenoiserRun(
    "tables 1 and 8",
    FRAME_PREDICTION,
    _adamw(276_000),
    batch=512,
    frame_rate=1.0,
    two_frames=1.0,
    drop=0.0,
    tokenizer="tokenizer-k600",
    assumed=_EVERYWHERE
    | _ADAMW
    | {
        "loop.steps": "360 epochs of about 393,000 clips",
        "frame_rate": "p_fp is not stated; the task always gives five frames, two latent ones, and uses no guidance",
        "drop": "there is neither caption nor label",
    },
)
IMAGENET_L = DenoiserRun(
    "tables 2 and 8",
    IMAGENET,
    _adamw(437_000),
    batch=1024,
    image_share=1.0,
    tokenizer="tokenizer-imagenet",
    assumed=_EVERYWHERE
    | _ADAMW
    | {"model.spatial_window": "not stated; the whole picture, as in the other base networks"},
)

T2V = DenoiserRun(
    "table 8, section 5.3",
    T2V_BASE,
    _adafactor(550_000, 2e-4),
    batch=512,
    image_share=0.2,
    frame_rate=0.5,
    tokenizer="tokenizer-t2v",
    assumed=_EVERYWHERE | _ADAFACTOR | _TEXT | _WIDTH,
)
T2V_TUNED = replace(
    T2V,
    source="table 6",
    model=T2V_WIDE,
    loop=replace(_adafactor(250_000, 5e-5), final=1.0),
    start="t2v-base",
    assumed={name: why for name, why in T2V.assumed.items() if name != "loop.final"}
    | {"image_share": "not stated; as in the base's training"},
)
SR1 = replace(
    T2V,
    source="table 8",
    model=T2V_SR1,
    loop=_adafactor(675_000, 5e-4),
    max_low_res_t=400,
    tokenizer="tokenizer-t2v-256",
    assumed=_EVERYWHERE | _ADAFACTOR | _TEXT | _LOW_RES,
)
SR2 = replace(
    SR1,
    source="table 8",
    model=T2V_SR2,
    loop=_adafactor(275_000, 5e-4),
    tokenizer="tokenizer-t2v-512",
    assumed=SR1.assumed
    | {"model.patch": "4 in table 8 and 2 in section 5.3; 4 gives every stage the same tokens"},
)
T2V_L_JOINT = replace(
    T2V,
    source="table 5",
    model=T2V_LARGE,
    assumed=_EVERYWHERE
    | _ADAFACTOR
    | _TEXT
    | {"loop.steps": "the compute of the two rows is not stated; the base's"},
)
T2V_L_VIDEO = replace(T2V_L_JOINT, image_share=0.0)

_GAN = {
    "gan.perceptual": "the paper's is a distance of a ResNet-50's logits, whose weights walt does not have; here it is "
    "that of the discriminator's features (feature matching), which needs no download",
    "gan.r1_every": "not stated; every 16 steps, 16 times as strong (StyleGAN2), to save its cost",
    "gan.lecam_decay": "not stated; 0.999, as the averaged weights",
    "gan.start": "not stated; from the first step, as in MAGVIT's code",
    "loop.warmup": "not stated; 5,000 steps",
    "loop.weight_decay": "not stated; none",
    "loop.clip": "not stated; gradients are clipped to norm 1",
    "loop.final": "'cosine' without an end is taken to end at zero",
    "loop.lr": "MAGVIT-v2's 1e-4",
    "loop.ema": "MAGVIT-v2's 0.999",
    "numbers": "not stated; bfloat16 products over float32 weights",
}


def _gan(steps: int) -> LoopConfig:
    return LoopConfig(
        steps=steps, warmup=5000, final=0.0, optimizer="adamw", lr=1e-4, betas=(0.0, 0.99), weight_decay=0.0,
        ema=0.999, checkpoint_minutes=30.0, report_steps=5000,
    )  # fmt: skip


TOKENIZER_T2V = GanTokenizerRun(
    "table 8",
    MAGVIT2,
    _gan(1_000_000),
    batch=256,
    crop=(17, 128, 128),
    image_share=0.2,
    assumed=_GAN | {"image_share": "not stated; one clip in five stands still on its first frame"},
)
TOKENIZER_UCF101 = replace(
    TOKENIZER_T2V,
    loop=_gan(74_500),
    image_share=0.0,
    assumed=_GAN | {"loop.steps": "2,000 epochs of the 9,537 clips of the first training split"},
)
TOKENIZER_K600 = replace(TOKENIZER_UCF101, loop=_gan(270_000), assumed=_GAN)
TOKENIZER_IMAGENET = replace(
    TOKENIZER_T2V,
    model=MAGVIT2_IMAGE,
    loop=_gan(1_351_000),
    crop=(1, 256, 256),
    image_share=0.0,
    assumed=_GAN | {"loop.steps": "270 epochs of 1,281,167 pictures"},
)
TOKENIZER_256 = replace(TOKENIZER_T2V, crop=(17, 256, 448), recompute=True, start="tokenizer-t2v")
TOKENIZER_512 = replace(TOKENIZER_T2V, crop=(17, 512, 896), recompute=True, start="tokenizer-t2v-256")


def _ablations() -> dict[str, FullRun]:
    """The rows of table 3: the L network on UCF-101 for 35,000 steps, one thing changed at a time.

    Table 3f needs tokenizers of its own, one for each number of channels.
    """
    default = replace(UCF101_L, source="table 3", loop=replace(UCF101_L.loop, steps=35_000))
    model = default.model
    patched = {
        "model.spacetime_window": "the windows of coarser patches are not stated; the same share of the picture"
    }
    rows: dict[str, DenoiserRun] = {"default": default}
    for patch, spatial, spacetime in ((2, 8, 4), (4, 4, 2)):
        windows = {"spatial_window": (spatial, spatial), "spacetime_window": (spacetime, spacetime)}
        shape = replace(model, patch=patch, **windows)
        rows[f"patch-{patch}"] = replace(default, model=shape, assumed=default.assumed | patched)
    for side in (4, 8, 16):
        rows[f"window-5x{side}x{side}"] = replace(
            default, model=replace(model, spacetime_window=(side, side))
        )
    rows["window-full"] = replace(default, model=replace(model, full_attention=True))
    for rate in (0.0, 0.3, 0.6, 0.9):
        rows[f"self-conditioning-{rate}"] = replace(default, self_conditioning=rate)
    for rank in (2, 4, 16, 64, 256):
        rows[f"adaln-rank-{rank}"] = replace(default, model=replace(model, adaln_rank=rank))
    rows["no-qk-norm"] = replace(default, model=replace(model, qk_norm=False))
    rows["no-latent-norm"] = replace(default, latent_norm=False)
    rows["no-zero-snr"] = replace(default, zero_terminal_snr=False)
    for channels in CHANNELS:
        rows[f"channels-{channels}"] = replace(
            default, model=replace(model, latent_channels=channels), tokenizer=f"tokenizer-ucf101/channels-{channels}"
        )
    return {f"ucf101-l/{name}": row for name, row in rows.items()} | _tokenizers()


def _tokenizers() -> dict[str, FullRun]:
    """The tokenizers of table 3f."""
    return {
        f"tokenizer-ucf101/channels-{channels}": replace(
            TOKENIZER_UCF101, source="table 3f", model=replace(MAGVIT2, latent_channels=channels)
        )
        for channels in CHANNELS
    }


PAPER_RUNS: dict[str, FullRun] = {
    "ucf101-l": UCF101_L,
    "ucf101-xl": UCF101_XL,
    "ucf101-l-separate": UCF101_SEPARATE,
    "k600-l": K600,
    "imagenet-l": IMAGENET_L,
    "t2v-base": T2V,
    "t2v-base-9x16": T2V_TUNED,
    "t2v-sr1": SR1,
    "t2v-sr2": SR2,
    "t2v-l": T2V_L_JOINT,
    "t2v-l-video": T2V_L_VIDEO,
    "tokenizer-imagenet": TOKENIZER_IMAGENET,
    "tokenizer-ucf101": TOKENIZER_UCF101,
    "tokenizer-k600": TOKENIZER_K600,
    "tokenizer-t2v": TOKENIZER_T2V,
    "tokenizer-t2v-256": TOKENIZER_256,
    "tokenizer-t2v-512": TOKENIZER_512,
    **_ablations(),
}
