#!/usr/bin/env python3
"""Trains small tokenizers of many shapes and records what Hugging Face's libraries make of difficult texts.

    make_golden.py OUTPUT                     writes the golden files of this folder
    make_golden.py OUTPUT --compare PROGRAM   also runs `PROGRAM tokenize` on a generated megabyte with each of them

Needs the packages tokenizers, transformers and sentencepiece. Not run by the tests; they read its output.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
HAN = r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}&&[^\p{Han}]]+|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+"

SCRIPTS = ["the quick brown fox jumps over the lazy dog. It's we'll THEY'RE I'd 'S 'LL", "съешь же ещё этих мягких булок",
           "Ζαφείρι δέξου πάγκαλο", "天地玄黃宇宙洪荒日月盈昃", "いろはにほへとチリヌルヲ", "다람쥐 헌 쳇바퀴에", "نص حكيم له سر قاطع",
           "दिल्ली की सर्दी में", "ก ข ฃ ค ฅ ฆ ง จ", "çà été Übergröße ſtraße İstanbul ıI", "e\u0301e\u0302 a\u030a \u1e9b\u0323",
           "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪🇫🇷 ☺️", "\ufb01n \u2460\u2461 \u00bd\u00b2\u2167 \u0663\u0664\u0665", "def f(x_1, *a):\n\treturn {x: a[0] for x in range(10)}",
           "for (int i = 0; i < n; ++i) { a[i] += 0x1F; } // done\r\n", "a\u0085b\u2028c\u2029d\u00a0e\u3000f\u180eg\u200bh\u200dh\ufeffi",
           "   \t\t  \n\n\n   \r\n \r \x0b\x0c  x", "1234567890 3.14159 1,000,000 12a34", "\x00\x01\x02\x1f\x7f\x80\x9f",
           "<|special|> <s> </s><|special|>x<|lst|>y  <|lst|>  z <|rst|>   w word inword words <n> <N> ▁▁a ▁ \ufffd", "Ġ ĊĠĠa Ã©", "ﬀ Å Å ㌀ ｱ"]


def texts():
    yield ""
    yield from SCRIPTS
    yield from [" ", "  ", "\n", " a", "a ", "  a  b  ", "a\n\n b", "\t\ta", "'s", " 's", "a's", "9", " 9", "  9 9", "…", " …",
                "<s>", "<s>a", " <s> a", "a<s>", "<s><s>", "▁", "▁a", " ▁a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 8, "\U0002ebf0\U00010d4a"]
    yield from ("".join(random.choice(SCRIPTS)[:random.randrange(1, 30)] for _ in range(3)) for _ in range(1))


def corpus(characters):
    """Text of that size: words, scraps of the scripts, odd characters."""
    out, size = [], 0
    while size < characters:
        kind = random.random()
        if kind < 0.45:
            part = random.choice(SCRIPTS)
        elif kind < 0.8:
            line = random.choice(SCRIPTS)
            start = random.randrange(len(line))
            part = line[start:start + random.randrange(1, 12)]
        elif kind < 0.9:
            part = "".join(chr(random.choice([32, 10, 9, 13, 32, 160, 39, 46])) for _ in range(random.randrange(1, 6)))
        else:
            part = "".join(chr(c) for c in (random.randrange(0x30000) for _ in range(random.randrange(1, 5))) if not 0xD800 <= c < 0xE000)
        out.append(part)
        size += len(part)
    return "".join(out)


def add_tokens(tokenizer):
    tokenizer.add_special_tokens([AddedToken("<|special|>", normalized=False), AddedToken("<s>", normalized=False), AddedToken("</s>", normalized=True)])
    tokenizer.add_tokens([AddedToken("<|lst|>", lstrip=True), AddedToken("<|rst|>", rstrip=True, normalized=False), AddedToken("word", single_word=True),
                          AddedToken("<n>", normalized=True)])


def template(tokenizer):
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])


def byte_level(normalizer, pre, size=380, changes=None, post=True, decoder=None):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoder or decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(SCRIPTS * 3, trainer)
    add_tokens(tokenizer)
    if post:
        template(tokenizer)
    return changed(tokenizer, changes or {})


def visible_space(normalizer, pre, size=500, changes=None, decoder=None):
    """SentencePiece's shape: a visible space, bytes for what the vocabulary lacks."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre:
        tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoder or decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    data = [word for line in SCRIPTS[:9] + SCRIPTS[13:15] for word in line.split()] if not pre else SCRIPTS[:9] + SCRIPTS[13:15]
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], show_progress=False)
    tokenizer.train_from_iterator(data, trainer)
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = []
    tokenizer = Tokenizer.from_str(json.dumps(document))
    add_tokens(tokenizer)
    template(tokenizer)
    return changed(tokenizer, changes or {})


def changed(tokenizer, changes):
    document = json.loads(tokenizer.to_str())
    document["model"].update(changes)
    return Tokenizer.from_str(json.dumps(document))


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(pattern), behavior, invert)


def shapes():
    level = pre_tokenizers.ByteLevel
    plain = level(add_prefix_space=False, use_regex=False)
    sequence = pre_tokenizers.Sequence
    meta = pre_tokenizers.Metaspace
    yield "gpt2", byte_level(None, level(add_prefix_space=False), post=False)
    yield "gpt2_prefix", byte_level(None, level(add_prefix_space=True))
    yield "smollm", byte_level(None, sequence([pre_tokenizers.Digits(individual_digits=True), level(add_prefix_space=False)]))
    yield "llama3", byte_level(None, sequence([split(LLAMA3), plain]), changes={"ignore_merges": True})
    yield "qwen2", byte_level(normalizers.NFC(), sequence([split(QWEN2), plain]), post=False)
    yield "gpt4o", byte_level(None, sequence([split(GPT4O), plain]))
    yield "han", byte_level(normalizers.NFKC(), sequence([split(HAN), plain]))
    yield "behaviors", byte_level(normalizers.Sequence([normalizers.Strip(), normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s{2,}"), "  ")]),
                                  sequence([split(r"\d", "merged_with_previous"), split("[aeiou]", "merged_with_next"), split("[.,;]+", "contiguous"), split(" ", "removed"),
                                            pre_tokenizers.Punctuation("isolated"), plain]))
    yield "inverted", byte_level(normalizers.NFKD(), sequence([split(r"\w+|[^\w\s]+", "removed", True), plain]))
    yield "words", byte_level(None, sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=False), plain]))
    yield "llama2_legacy", visible_space(normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None)
    yield "metaspace_first", visible_space(None, meta("▁", prepend_scheme="first", split=False))
    yield "metaspace_always", visible_space(None, meta("▁", prepend_scheme="always", split=True), decoder=decoders.Metaspace("▁", prepend_scheme="always", split=True))
    yield "metaspace_unk", visible_space(None, meta("▁", prepend_scheme="never", split=True), changes={"byte_fallback": False, "fuse_unk": False})
    yield "unk_fused", visible_space(None, meta("▁", prepend_scheme="first", split=True), changes={"byte_fallback": False, "fuse_unk": True})
    yield "no_decoder", with_affixes()


def with_affixes():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["<unk>"], continuing_subword_prefix="##", end_of_word_suffix="</w>", show_progress=False)
    tokenizer.train_from_iterator(SCRIPTS[:5], trainer)
    add_tokens(tokenizer)
    return tokenizer


def sentencepiece_models(folder):
    text = folder / "train.txt"
    text.write_text("\n".join(line.replace("\n", " ").replace("\r", " ").replace("\0", "") for line in SCRIPTS[:12] * 4), encoding="utf-8")
    for kind in ("bpe", "unigram"):
        prefix = folder / f"sp_{kind}"
        sentencepiece.SentencePieceTrainer.train(input=str(text), model_prefix=str(prefix), vocab_size=620, model_type=kind, byte_fallback=True, minloglevel=2,
                                                 normalization_rule_name="identity", remove_extra_whitespaces=False, hard_vocab_limit=False, user_defined_symbols=["<n>"])
        prefix.with_suffix(".vocab").unlink()
        yield prefix.with_suffix(".model"), sentencepiece.SentencePieceProcessor(model_file=str(prefix.with_suffix(".model")))
    text.unlink()


def record(tokenizer, text):
    """All that Hugging Face says about one text; keys only where they differ from the one before."""
    entry = {"text": text, "ids": tokenizer.encode(text).ids}
    bare = tokenizer.encode(text, add_special_tokens=False).ids
    if bare != entry["ids"]:
        entry["bare"] = bare
    tokenizer.encode_special_tokens = True
    literal = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = False
    if literal != bare:
        entry["literal"] = literal
    decoded = tokenizer.decode(bare, skip_special_tokens=False)
    if decoded != text:
        entry["decoded"] = decoded
    return entry


def ours(program, path, text, *options):
    run = subprocess.run([program, "tokenize", str(path), "--json", *options], input=text.encode(), capture_output=True)
    if run.returncode:
        sys.exit(f"{path}: {run.stderr.decode()}")
    return json.loads(run.stdout)["ids"]


def compare(program, path, encode, text):
    """Prints the first difference between theirs and ours, if any."""
    theirs = encode(text)
    mine = ours(program, path, text)
    if theirs == mine:
        print(f"{path.name}: {len(mine)} ids equal")
        return True
    at = next((i for i, (a, b) in enumerate(zip(theirs, mine)) if a != b), min(len(theirs), len(mine)))
    print(f"{path.name}: DIFFERS at id {at}: theirs {theirs[at - 3:at + 8]}, ours {mine[at - 3:at + 8]}")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--compare", metavar="PROGRAM")
    parser.add_argument("--characters", type=int, default=1_000_000)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    random.seed(7)
    samples = list(texts())
    big = corpus(arguments.characters)
    equal = True
    for name, tokenizer in shapes():
        document = json.loads(tokenizer.to_str())
        path = arguments.output / f"{name}.json"
        golden = {"tokenizer": document, "texts": [record(tokenizer, text) for text in samples]}
        path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        if arguments.compare:
            plain = arguments.output / f"{name}.tokenizer.json"
            plain.write_text(tokenizer.to_str())
            equal &= compare(arguments.compare, plain, lambda text: tokenizer.encode(text).ids, big)
            plain.unlink()
    golden = {}
    for path, processor in sentencepiece_models(arguments.output):
        samples_here = [text.replace("\0", "") for text in samples if "<s>" not in text and "</s>" not in text]
        golden[path.name] = [{"text": text, "ids": processor.encode(text), "decoded": processor.decode(processor.encode(text))} for text in samples_here]
        if arguments.compare:
            clean = "".join(c for c in big.replace("<s>", "").replace("</s>", "") if c not in "\0")
            equal &= compare(arguments.compare, path, lambda text: [processor.bos_id()] + processor.encode(text), clean)
    (arguments.output / "sentencepiece.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
