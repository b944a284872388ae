"""Tiny open models with random weights, written by diffusers itself in its folder format: no network, a second each.

They have the real classes and the real strides of their families. A walt.json makes their pictures and clips small.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import diffusers
import torch
import transformers

from engine.open_models.families import OWN

_WORDS = ["a", "horse", "walking", "on", "the", "beach", "at", "sunset", "dog", "in", "snow", "red", "slow", "motion"]
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'-!?:;"


def _tokenizer() -> Any:
    words = [("▁" + word, -3.0) for word in _WORDS] + [(letter, -8.0) for letter in _LETTERS]
    return transformers.T5Tokenizer(
        vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("▁", -2.0), *words], extra_ids=0
    )


def _t5(kind: Any = None, config: Any = None, width: int = 32) -> Any:
    torch.manual_seed(0)
    return (kind or transformers.T5EncoderModel)(
        (config or transformers.T5Config)(
            vocab_size=len(_tokenizer()), d_model=width, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
            feed_forward_proj="gated-gelu", pad_token_id=0, eos_token_id=1,
        )
    ).eval()  # fmt: skip


def _umt5() -> Any:
    return _t5(transformers.UMT5EncoderModel, transformers.UMT5Config)


def _wan_vae(*, large: bool = False) -> Any:
    torch.manual_seed(0)
    common: dict[str, Any] = {
        "base_dim": 8, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1, "temperal_downsample": [False, True, True],
    }  # fmt: skip
    if not large:
        return diffusers.AutoencoderKLWan(z_dim=16, **common)
    return diffusers.AutoencoderKLWan(
        decoder_base_dim=8, z_dim=48, latents_mean=[0.0] * 48, latents_std=[1.0] * 48, is_residual=True,
        in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16, **common,
    )  # fmt: skip


def _wan_transformer(channels: int = 16, out: int = 16, **more: Any) -> Any:
    torch.manual_seed(0)
    return diffusers.WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=channels, out_channels=out,
        text_dim=32, freq_dim=32, ffn_dim=32, num_layers=2, rope_max_seq_len=64, **more,
    )  # fmt: skip


def _wan_parts(shift: float = 3.0, *, large: bool = False) -> dict[str, Any]:
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift, num_train_timesteps=1000
    )
    return {"tokenizer": _tokenizer(), "text_encoder": _umt5(), "vae": _wan_vae(large=large), "scheduler": scheduler}


def wan() -> Any:
    return diffusers.WanPipeline(transformer=_wan_transformer(), **_wan_parts())


def wan_two() -> Any:
    """Two denoisers that take turns."""
    return diffusers.WanPipeline(
        transformer=_wan_transformer(), transformer_2=_wan_transformer(), boundary_ratio=0.875, **_wan_parts()
    )


def wan_both() -> Any:
    """One folder for text to video and image to video."""
    parts = _wan_parts(5.0, large=True)
    return diffusers.WanPipeline(transformer=_wan_transformer(48, 48), expand_timesteps=True, **parts)


def wan_still() -> Any:
    """Image to video, with a second encoder for the picture."""
    encoder = transformers.CLIPVisionModel(
        transformers.CLIPVisionConfig(
            hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=32,
            patch_size=16,
        )
    )  # fmt: skip
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    transformer = _wan_transformer(36, 16, image_dim=8, added_kv_proj_dim=24)
    return diffusers.WanImageToVideoPipeline(
        transformer=transformer, image_encoder=encoder, image_processor=processor, **_wan_parts()
    )


def _ltx_parts(*, timestep: bool) -> dict[str, Any]:
    torch.manual_seed(0)
    vae = diffusers.AutoencoderKLLTXVideo(
        latent_channels=16, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1,) * 5, decoder_layers_per_block=(1,) * 5, timestep_conditioning=timestep,
    )  # fmt: skip
    transformer = diffusers.LTXVideoTransformer3DModel(
        in_channels=16, out_channels=16, num_attention_heads=2, attention_head_dim=12, cross_attention_dim=24,
        num_layers=2, caption_channels=32,
    )  # fmt: skip
    return {"vae": vae, "transformer": transformer, "text_encoder": _t5(), "tokenizer": _tokenizer()}


def ltx() -> Any:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024,
        max_image_seq_len=4096, shift_terminal=0.1,
    )  # fmt: skip
    return diffusers.LTXPipeline(scheduler=scheduler, **_ltx_parts(timestep=False))


def ltx_condition() -> Any:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift_terminal=None)
    return diffusers.LTXConditionPipeline(scheduler=scheduler, **_ltx_parts(timestep=True))


def cogvideo() -> Any:
    torch.manual_seed(0)
    transformer = diffusers.CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=4, out_channels=4, time_embed_dim=2,
        text_embed_dim=32, num_layers=2, sample_width=8, sample_height=8, sample_frames=9, patch_size=2,
        temporal_compression_ratio=4, max_text_seq_length=16,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLCogVideoX(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=1, norm_num_groups=2,
        down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8), temporal_compression_ratio=4,
    )  # fmt: skip
    scheduler = diffusers.CogVideoXDDIMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True)
    return diffusers.CogVideoXPipeline(
        tokenizer=_tokenizer(), text_encoder=_t5(), vae=vae, transformer=transformer, scheduler=scheduler
    )


_SMALL: dict[str, Any] = {"steps": 3, "longest_prompt": 200, "arguments": {"max_sequence_length": 16}}
_FOURS: dict[str, Any] = {"sizes": {"16:9": [32, 64]}, "lengths": {"step": 4, "usual": 9, "longest": 33}}
_EIGHTS: dict[str, Any] = {"sizes": {"16:9": [64, 96]}, "lengths": {"step": 8, "usual": 9, "longest": 33}}
FAMILIES: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "wan": (wan, {**_FOURS, "sizes": {"16:9": [32, 64], "1:1": [32, 32]}}),
    "wan-two": (wan_two, _FOURS),
    "wan-both": (wan_both, _FOURS),
    "wan-still": (wan_still, _FOURS),
    "ltx": (ltx, _EIGHTS),
    "ltx-condition": (
        ltx_condition,
        {
            **_EIGHTS, "lengths": {"step": 8, "usual": 17, "longest": 33},
            "arguments": {"max_sequence_length": 16, "decode_timestep": 0.05, "decode_noise_scale": 0.025},
        },
    ),
    "cogvideo": (cogvideo, {**_EIGHTS, "sizes": {"16:9": [64, 64]}}),
}  # fmt: skip
"""How each is made, and what its walt.json says."""


def write_tiny_model(home: Path, family: str, **own: Any) -> Path:
    """Write a model of a family into a new folder in ``home``; ``own`` are further values of its walt.json."""
    build, values = FAMILIES[family]
    folder = home / f"tiny-{family}"
    build().save_pretrained(folder)
    (folder / OWN).write_text(json.dumps({**_SMALL, **values, **own}))
    return folder
