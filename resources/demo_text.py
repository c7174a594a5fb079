"""The text that the demo model learns from: out-of-copyright English and passkey prompts, as token ids.

Needs the Debian packages bible-kjv and jargon-text, and a built client for the tokens. resources/demo/README.md tells
the recipe. A window of `length` tokens is a document of its own in an endless text, so that sequences of any multiple
of it (the patch stage's) hold whole windows.
"""
import gzip
import json
import random
import re
import subprocess
import sys

HEAD = ("There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. "
        "I will quiz you about the important information there.\n")
FILLER = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again. "
KEY = "The pass key is {0}. Remember it. {0} is the pass key.\n"
QUESTION = "What is the pass key? The pass key is"
END_OF_TEXT, VOCABULARY = 0, 1024
SHARE_KJV, SHARE_PASSKEY, SHARE_TEXT_FILLER = 0.75, 0.3, 0.3


def king_james():
    """The King James Version: a verse a line without its number, a blank line between chapters."""
    lines, chapter = [], None
    for line in subprocess.run(["bible", "-f", "gen1:1-rev22:21"], check=True, capture_output=True,
                               text=True).stdout.splitlines():
        place, verse = line.split(" ", 1)
        if chapter not in (None, place.split(":")[0]):
            lines.append("")
        chapter = place.split(":")[0]
        lines.append(verse)
    return "\n".join(lines) + "\n"


def jargon_file():
    """The Jargon File: paragraphs of 60 characters and more in ASCII, a line each."""
    text = gzip.open("/usr/share/doc/jargon-text/jargon.txt.gz", "rt", encoding="utf-8").read()
    for fancy, plain in (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("—", "--"), ("…", "...")):
        text = text.replace(fancy, plain)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    kept = (part.encode("ascii", "ignore").decode() for part in paragraphs)
    return "\n\n".join(part for part in kept if len(part) >= 60) + "\n"


def training_parts():
    """Both texts without the ends that are kept for measuring (5 and 10 per cent), as resources/demo has them."""
    kjv, jargon = king_james(), jargon_file()
    return [kjv[:kjv.rfind("\n\n", 0, int(len(kjv) * 0.95))], jargon[:jargon.rfind("\n\n", 0, int(len(jargon) * 0.9))]]


class Windows:
    """Windows of `length` tokens by the recipe, the same for the same seed."""

    def __init__(self, ropescope, model, length, seed):
        def ids(text):
            run = subprocess.run([ropescope, "tokenize", model, "--json"], input=text, check=True, capture_output=True,
                                 text=True)
            return json.loads(run.stdout)["ids"]

        self.length, self.random, self.ids = length, random.Random(seed), ids
        self.streams = [ids(part) for part in training_parts()]
        self.head, self.filler, self.question, self.newline = (ids(part) for part in (HEAD, FILLER, QUESTION, "\n"))
        # A key's digits are single tokens; the words around them don't depend on them.
        self.digits = [ids(str(digit))[0] for digit in range(10)]
        self.key_parts = [ids(part) for part in KEY.split("{0}")]
        self.space, self.stop = ids(" 1.")[:-2], ids(".")

    def text(self, length):
        stream = self.streams[0] if self.random.random() < SHARE_KJV else self.streams[1]
        first = self.random.randrange(len(stream) - length)
        return stream[first:first + length]

    def passkey(self, whole=False):
        """A prompt with its answer: of random length and filled up with text, or as long as the window."""
        key = [self.digits[int(digit)] for digit in str(self.random.randint(1, 50000))]
        said = self.key_parts[0] + key + self.key_parts[1] + key + self.key_parts[2]
        answer = self.space + key + self.stop + [END_OF_TEXT]
        room = self.length - len(self.head) - len(said) - len(self.question) - len(answer) - 2 * len(self.newline)
        fill = room if whole else self.random.randint(0, room)
        before = self.random.randint(0, fill)
        if self.random.random() < SHARE_TEXT_FILLER:
            around = self.text(fill + 1)
            parts = around[:before], around[before:fill]
        else:
            around = self.filler * (fill // len(self.filler) + 2)
            second = 0 if self.random.random() < 0.5 else self.random.randrange(len(self.filler))
            parts = around[:before], around[second:second + fill - before]
        ids = (self.head + parts[0] + self.newline + said + parts[1] + self.newline + self.question + answer)
        return ids + self.text(self.length - len(ids))

    def repeated(self):
        """A few random ids over and over, which only copying from the context predicts."""
        ids = [self.random.randrange(1, VOCABULARY) for _ in range(self.random.randint(16, self.length // 2))]
        return (ids * (self.length // len(ids) + 1))[:self.length]

    def take(self, count, share_repeated=0):
        ids = []
        for _ in range(count):
            if share_repeated and self.random.random() < share_repeated:
                ids += self.repeated()
            elif self.random.random() < SHARE_PASSKEY:
                ids += self.passkey()
            else:
                ids += self.text(self.length)
        return ids


def write(path, ropescope, model, length, tokens, seed, share_repeated=0):
    """{"ids": ...} of about `tokens` tokens."""
    windows = Windows(ropescope, model, length, seed)
    with open(path, "w", encoding="ascii") as file:
        json.dump({"ids": windows.take(-(-tokens // length), share_repeated)}, file)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit("usage: demo_text.py OUT ROPESCOPE MODEL LENGTH TOKENS SEED")
    write(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
