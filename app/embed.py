"""embed.py NAME FILE: prints C source with the file's bytes as a string of that name."""

import pathlib
import sys

BYTES_A_LINE = 12

name, path = sys.argv[1:]
data = pathlib.Path(path).read_bytes() + b"\0"
print(f"extern const char {name}[];")
print(f"const char {name}[] = {{")
for at in range(0, len(data), BYTES_A_LINE):
    print("    " + " ".join(f"'\\x{b:02x}'," for b in data[at:at + BYTES_A_LINE]))
print("};")
