"""Training in several processes: torchrun starts them, FSDP2 shards the model, checkpoints can be resharded.

Run as ``torchrun --nproc-per-node N``, or without torchrun as a group of one. NCCL where there are GPUs, else gloo.
A checkpoint is made of safetensors files by `torch.distributed.checkpoint`; each process writes its shards, and any
number of processes can read them. Nothing in it is pickled.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.checkpoint.hf_storage import HuggingFaceStorageReader, HuggingFaceStorageWriter
from torch.distributed.checkpoint.state_dict import StateDictOptions, set_model_state_dict
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

from engine.models.transformer import WindowTransformer
from engine.training.checkpoint import is_valid, latest, new_name, publish


class ProcessGroup:
    """The process group of this run, which is the `engine.training.loop.Processes` of its loop.

    Attributes:
        rank, size: This process among all of them.
        device: What this process computes on.
        main: Whether this is the process that writes logs.
        single: Whether there is no other.
    """

    def __init__(self) -> None:
        single = "RANK" not in os.environ
        gpus = torch.cuda.is_available()
        self.device = (
            torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if gpus else torch.device("cpu")
        )
        if gpus:
            torch.cuda.set_device(self.device)
        backend = "nccl" if gpus else "gloo"
        if single:
            store = dist.HashStore()  # pyright: ignore[reportPrivateImportUsage]
            dist.init_process_group(backend, store=store, rank=0, world_size=1)
        else:
            _join(backend)
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.main, self.single = self.rank == 0, self.size == 1
        self.mesh = init_device_mesh(self.device.type, (self.size,))

    def close(self) -> None:
        """Leave the group."""
        dist.destroy_process_group()

    def __enter__(self) -> ProcessGroup:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def broadcast_flag(self, flag: bool) -> bool:
        """Broadcast rank 0's flag to all processes."""
        value = torch.tensor(float(flag), device=self.device)
        dist.broadcast(value, src=0)
        return bool(value)

    def mean(self, figures: dict[str, float]) -> dict[str, float]:
        """Figures averaged over the processes."""
        values = torch.tensor(list(figures.values()), dtype=torch.float64, device=self.device)
        dist.all_reduce(values)
        return dict(zip(figures, (values / self.size).tolist(), strict=True))

    def shard(self, model: WindowTransformer, state: dict[str, Tensor]) -> WindowTransformer:
        """Shard a model that was built on the meta device, a layer at a time, and give it its weights.

        Args:
            model: On the meta device.
            state: Its weights, in the first process; the others may give none.
        """
        # Weights are gathered in bfloat16 on GPUs; what adds up over layers stays float32, as autocast keeps it.
        half = torch.bfloat16 if self.device.type == "cuda" else None
        policy = MixedPrecisionPolicy(param_dtype=half, reduce_dtype=torch.float32, cast_forward_inputs=False)
        for block in model.blocks:
            fully_shard(block, mesh=self.mesh, mp_policy=policy)
        # FSDP2 hangs the backward pass on the output, which must be a tensor of its own and no view.
        model.register_forward_hook(lambda _module, _given, v: v.clone())
        # The root is resharded after each pass as well, so that a report with averaged weights leaves no copy of them.
        fully_shard(model, mesh=self.mesh, reshard_after_forward=True)
        model.to_empty(device=self.device)
        options = StateDictOptions(full_state_dict=True, broadcast_from_rank0=True)
        set_model_state_dict(model, dict[str, Any](state), options=options)
        return model

    def replicate(self, model: nn.Module) -> nn.Module:
        """Broadcast rank 0's weights to all processes."""
        for tensor in (*model.parameters(), *model.buffers()):
            dist.broadcast(tensor.data, src=0)
        return model

    def save(
        self, folder: Path, step: int, tensors: dict[str, dict[str, Tensor]], facts: dict[str, Any]
    ) -> None:
        """Write checkpoint ``step``; all processes call this together, and the pointer moves when all are done."""
        target = folder / new_name(step, self.broadcast_flag(is_valid(folder, new_name(step))))
        if self.main:
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
        dist.barrier()
        writer = HuggingFaceStorageWriter(str(target), save_distributed=True)
        save(_flat(tensors), storage_writer=writer)
        dist.barrier()
        if self.main:
            publish(folder, target, {"step": step, "processes": self.size, **facts})
        dist.barrier()

    def load(self, folder: Path, tensors: dict[str, dict[str, Tensor]]) -> None:
        """Read the last checkpoint into ``tensors``, whatever number of processes wrote it."""
        facts = latest(folder)
        assert facts is not None
        reader = HuggingFaceStorageReader(str(folder / facts["folder"]))
        load(_flat(tensors), storage_reader=reader)


def _join(backend: str) -> None:
    """Join the processes that torchrun started.

    torchrun gives the store of an attempt that failed to the next one, with the addresses of dead processes in it
    (torch 2.13): on one machine each attempt gets names of its own. On several the attempts are not counted alike;
    there TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 makes torchrun begin with an empty store.
    """
    if os.environ.get("LOCAL_WORLD_SIZE") != os.environ["WORLD_SIZE"]:
        dist.init_process_group(backend)
        return
    store, rank, size = next(dist.rendezvous("env://"))  # pyright: ignore
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store = dist.PrefixStore(f"attempt-{attempt}", store)  # pyright: ignore
    dist.init_process_group(backend, store=store, rank=rank, world_size=size)


def _flat(tensors: dict[str, dict[str, Tensor]]) -> dict[str, Any]:
    return {f"{group}.{name}": value for group, named in tensors.items() for name, value in named.items()}
