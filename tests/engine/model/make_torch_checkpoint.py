#!/usr/bin/env python3
"""Writes torch_checkpoint/: a state dict saved by torch.save in two shards with their index, as transformers leaves
pytorch_model.bin files. Run with torch installed; the files are kept beside this script."""
import json
from pathlib import Path

import torch

folder = Path(__file__).parent / "torch_checkpoint"
folder.mkdir(exist_ok=True)


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        values = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8
        self.first = torch.nn.Linear(4, 3)
        self.first.weight.data = values
        self.first.bias.data = torch.tensor([1.5, -2.0, 0.25])
        self.second = torch.nn.Linear(2, 2, bias=False)
        self.second.weight.data = torch.tensor([[1, 2], [3, -4]], dtype=torch.bfloat16)
        self.register_buffer("small", torch.tensor([0.5, 65504.0], dtype=torch.float16))
        self.register_buffer("turned", values.t())
        self.register_buffer("counts", torch.tensor([1, 2]))
        self.register_buffer("row", values[1])  # shares its storage


state = Small().state_dict()  # an OrderedDict with _metadata
shards = {"pytorch_model-00001-of-00002.bin": ["first.weight", "first.bias", "turned", "row"],
          "pytorch_model-00002-of-00002.bin": ["second.weight", "small", "counts"]}
for file, names in shards.items():
    part = type(state)((name, state[name]) for name in names)
    part._metadata = state._metadata
    torch.save(part, folder / file)
weight_map = {name: file for file, names in shards.items() for name in names}
(folder / "pytorch_model.bin.index.json").write_text(
    json.dumps({"metadata": {"total_size": 120}, "weight_map": weight_map}, indent=1) + "\n")
