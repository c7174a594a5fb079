#!/usr/bin/env python3
"""Writes quantised_blocks.json: random blocks of every quantised GGUF type with the float32 values that the Python
package `gguf` gives them. Usage: make_quantised_blocks.py FILE [BLOCKS_OF_32 [BLOCKS_OF_256]]"""
import json
import sys

import gguf
import numpy as np

# Byte positions of the fp16 scales in a block: random bytes there could be infinities or NaN.
SCALES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}

small = int(sys.argv[2]) if len(sys.argv) > 2 else 3
large = int(sys.argv[3]) if len(sys.argv) > 3 else 1
random = np.random.default_rng(20240611)
golden = {}
for name, positions in SCALES.items():
    kind = gguf.GGMLQuantizationType[name]
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    count = small if elements == 32 else large
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    for position in positions:
        scale = (random.standard_normal(count) * 10.0 ** random.uniform(-6, 1, count)).astype("<f2")
        blocks[:, position:position + 2] = scale.view(np.uint8).reshape(count, 2)
    values = gguf.quants.dequantize(blocks.reshape(-1), kind).astype("<f4")
    golden[name] = {"blocks": blocks.tobytes().hex(), "values": values.tobytes().hex()}
with open(sys.argv[1], "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
