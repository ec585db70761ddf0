#!/usr/bin/env python3
"""Checks a bundle of Countersign without Countersign: python3 verify.py bundle.zip [--since older.zip] [--key KEY].

One file, nothing but Python 3.8 or newer, no network. It says the first thing that is wrong and ends with 1, or says what holds and
ends with 0; 2 means that a file could not be read. It shares no code with the program that wrote the bundle.
"""

import base64
import hashlib
import json
import re
import struct
import sys
import zlib

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
INDEX = r"(0|[1-9][0-9]{0,18})"


class Refused(Exception):
    """The first thing that is wrong, in a sentence."""


def need(true, sentence):
    if not true:
        raise Refused(sentence)


def b64(text):
    """Standard base64, written in the one way."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = None
    need(raw is not None and base64.b64encode(raw).decode() == text, "“%s” is no base64" % text[:60])
    return raw


def sha(raw):
    return hashlib.sha256(raw).digest()


# Ed25519 (RFC 8032): points as x, y, z, t with x*y = z*t.
def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0])
    f = (a[1] + a[0]) * (b[1] + b[0])
    g, h = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
    x, y, z, t = f - e, h + g, h - g, f + e
    return x * z % P, y * t % P, z * y % P, x * t % P


def times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def point_of(raw):
    y, odd = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        return None
    return (x if x & 1 == odd else P - x), y, 1, (x if x & 1 == odd else P - x) * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if not key or not r or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    a, b = times(s, BASE), add(r, times(k, key))
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


# RFC 6962: a path leads from a leaf to the root; consistency is two paths walked at once.
def leads(path, place, last, at, before=None):
    for each in path:
        need(last, "a proof is too long")
        if place & 1 or place == last:
            before, at = before and sha(b"\1" + each + before), sha(b"\1" + each + at)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            at = sha(b"\1" + at + each)
        place, last = place >> 1, last >> 1
    need(last == 0, "a proof is too short")
    return at, before


def included(leaf, index, size, path, root):
    return 0 <= index < size and len(leaf) == len(root) == 32 and leads(path, index, size - 1, leaf)[0] == root


def consistent(old, old_root, size, root, path):
    if old == size or not 0 < old < size or not path:
        return 0 < old == size and old_root == root and not path
    path = path if old & (old - 1) else [old_root] + path
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return leads(path[1:], place, last, path[0], path[0]) == (root, old_root)


def read_key(text, kind):
    parts = text.split("+", 2)
    need(len(parts) == 3 and re.fullmatch(r"[!-*,-~]+", parts[0]), "“%s” is no key" % text[:60])
    material = b64(parts[2])
    need(len(material) == 33 and material[0] == kind, "the key of %s is of another kind" % parts[0])
    key_id = sha(parts[0].encode() + b"\n" + material)[:4]
    need(key_id.hex() == parts[1], "the key of %s does not belong to its id" % parts[0])
    return parts[0], key_id, material[1:]


def signed(what, note, keys, least):
    """Return the text of a note and who cosigned. The first key must have signed, no line may be by another key, and so many others cosigned."""
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), "%s is no signed note" % what)
    text, seen = text + "\n", []
    for line in lines[:-1].split("\n"):
        mark, name, coded = (line.split(" ") + ["", ""])[:3]
        need(line == "— %s %s" % (name, coded) and mark == "—", "%s has a line that is no signature" % what)
        raw = b64(coded)
        known = [key for key in keys if key[:2] == (name, raw[:4])]
        need(known and known[0] not in seen, "%s is signed by a key that keys.txt does not name, or twice: %s" % (what, name))
        message, signature = text, raw[4:]
        if known[0] != keys[0]:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            need(0 < time < 2**63, "the cosignature of %s on %s has no time" % (name, what))
            message = "cosignature/v1\ntime %d\n%s" % (time, text)
        need(holds(known[0][2], message.encode(), signature), "the signature of %s on %s does not hold" % (name, what))
        seen.append(known[0])
    need(keys[0] in seen, "%s is not signed by %s" % (what, keys[0][0]))
    silent = ", ".join(key[0] for key in keys if key not in seen)
    need(len(seen) - 1 >= least, "%s needs %d witnesses and has %d; not cosigned by %s" % (what, least, len(seen) - 1, silent))
    return text, [key[0] for key in seen if key != keys[0]]


def zipped(files):
    """The one way in which a bundle is written: stored, no dates, in order."""
    out, table, where = [], [], 0
    for name, raw in sorted(files.items()):
        head = struct.pack("<HHHHHIIIH", 20, 0x800, 0, 0, 33, zlib.crc32(raw), len(raw), len(raw), len(name.encode()))
        out += [b"PK\3\4" + head + b"\0\0" + name.encode(), raw]
        table.append(b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHHII", 0, 0, 0, 0, 0, where) + name.encode())
        where += len(out[-2]) + len(raw)
    length = sum(map(len, table))
    return b"".join(out + table) + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(table), len(table), length, where, 0)


def unzipped(raw):
    files, at = {}, 0
    while raw[at : at + 4] == b"PK\3\4" and len(raw) >= at + 30:
        size, name_size, extra = struct.unpack("<IHH", raw[at + 22 : at + 30])
        name = raw[at + 30 : at + 30 + name_size]
        at += 30 + name_size + extra
        need(re.fullmatch(rb"[A-Za-z0-9][A-Za-z0-9._/-]*", name), "a file in it has a name that no file of a bundle has")
        files[name.decode()] = raw[at : at + size]
        at += size
    need(0 < len(files) < 65536 and zipped(files) == raw, "the file is not written as a bundle is: it was altered, cut or packed anew")
    return files


def text_of(files, name):
    need(name in files, "%s is missing" % name)
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("%s is no text" % name) from None


def hashes(lines):
    found = [b64(line) for line in lines]
    need(all(len(each) == 32 for each in found) and len(found) < 64, "a proof has a line that is no hash")
    return found


def keys_of(files):
    """Return the keys of the log with its witnesses, the key of bundles, and how many witnesses must have cosigned."""
    found = re.fullmatch(r"log (\S+)\nbundle (\S+)\n((?:witness \S+\n)*)quorum (0|[1-9]\d?)\n", text_of(files, "keys.txt"))
    need(found, "keys.txt is not written as it must be")
    need(int(found.group(4)) <= found.group(3).count("\n"), "keys.txt demands more witnesses than it names")
    witnesses = [read_key(line[8:], 4) for line in found.group(3).split("\n")[:-1]]
    return [read_key(found.group(1), 1)] + witnesses, [read_key(found.group(2), 1)], int(found.group(4)), found.group(1)


def check_manifest(files, key):
    lines = signed("manifest.txt", text_of(files, "manifest.txt"), key, 0)[0][:-1].split("\n")
    need(lines[0] == "countersign bundle v1" and len(lines) > 4, "manifest.txt is no manifest of a bundle")
    listed = {}
    for line in lines[4:]:
        digest, size, name = (line.split(" ") + ["", ""])[:3]
        need(line == "%s %s %s" % (digest, size, name) and name not in listed, "manifest.txt has a line that names no file")
        need(name in files and name != "manifest.txt", "%s is listed in the manifest and is not here" % name)
        same = sha(files[name]).hex() == digest and str(len(files[name])) == size
        need(same, "%s is not the file that the manifest lists" % name)
        listed[name] = digest
    for name in files:
        need(name in listed or name == "manifest.txt", "%s is not listed in the manifest" % name)
    return lines[1], lines[2], lines[3]


def check_tree_head(text, origin):
    lines = text[:-1].split("\n")
    need(len(lines) == 3 and lines[0] == origin, "the checkpoint is not of %s" % origin)
    need(re.fullmatch(INDEX, lines[1]), "the checkpoint has no size")
    return int(lines[1]), hashes(lines[2:])[0]


def check_entries(files, checkpoint, size, root):
    """Return the entries by their index, each proven to stand in the log."""
    found = {}
    for name in sorted(files):
        if name.startswith("proofs/"):
            need("entries/%s.json" % name[7:-11] in files, "%s proves no entry that is here" % name)
        if not name.startswith("entries/"):
            continue
        index = name[8:-5]
        need(name.endswith(".json") and re.fullmatch(INDEX, index), "%s is no name of an entry" % name)
        proof = "proofs/%s.tlog-proof" % index
        head, _, rest = text_of(files, proof).partition("\n\n")
        lines = head.split("\n")
        need(lines[:2] == ["c2sp.org/tlog-proof@v1", "index " + index], "%s does not begin as a proof of entry %s" % (proof, index))
        need(rest == checkpoint, "%s holds another checkpoint" % proof)
        good = included(sha(b"\0" + files[name]), int(index), size, hashes(lines[2:]), root)
        need(good, "entry %s does not stand in the log as it is here" % index)
        try:
            found[int(index)] = json.loads(text_of(files, name))
        except ValueError:
            raise Refused("entry %s cannot be read" % index) from None
    return found


def recorded_files(files, said):
    """Return the hash of each file that the log recorded, by its name. Of many pictures the entry holds the hash of their list, pictures.txt."""
    recorded = dict(said)
    if "pictures.txt" in said:
        lines = text_of(files, "pictures.txt").split("\n")
        need(sha(files["pictures.txt"]).hex() == said["pictures.txt"], "pictures.txt is not the file that the log recorded")
        for digest, _, name in (line.partition(" ") for line in lines[:-1]):
            need(name.startswith("pictures/") and name not in recorded, "pictures.txt has a line that names no picture")
            recorded[name] = digest
    return recorded


def check_data(files, entries, case, number):
    """The data file lists every entry but the one that records this bundle, which holds the hashes of the data file, the page as HTML and PDF, and the pictures. Return whether it is the copy for the court."""
    try:
        told = json.loads(text_of(files, "case.json"))
        listed = {each["index"]: (each["kind"], each["subject"], each["at"]) for each in told["entries"]}
        need((told["case"], str(told["bundle"])) == (case, number), "case.json is of another case or bundle")
        own = [i for i, e in entries.items() if e["kind"] == "export_bundle" and e["subject"] == case and str(e["bundle"]) == number]
        need(len(own) == 1, "the log does not record this bundle, or does so twice")
        record = entries[own[0]]
        recorded = recorded_files(files, record["files"])
        for name in (
            ["case.json", "case.html"] + sorted(each for each in files if each.startswith(("pictures/", "case."))) + sorted(recorded)
        ):
            need(name in files, "%s is missing" % name)
            need(sha(files[name]).hex() == recorded.get(name), "%s is not the file that the log recorded" % name)
        need(told.get("court_copy", False) is record.get("court_copy", False), "case.json and the log differ on whose copy this is")
        for index in sorted(set(entries) | set(listed) - set(own)):
            entry = entries.get(index)
            same = entry and (index in own or listed.get(index) == (entry["kind"], entry["subject"], entry["at"]))
            need(same, "case.json and the log differ on entry %s" % index)
        return told.get("court_copy", False)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("case.json cannot be read") from None


def check_earlier(files, size, root):
    """Return the roots that earlier bundles had, each proven to be a beginning of this log."""
    earlier = {}
    for name in sorted(each for each in files if each.startswith("consistency/")):
        lines = text_of(files, name).split("\n")
        old = lines[0][4:]
        need(lines[0] == "old " + old and re.fullmatch(INDEX, old) and lines[-1] == "", "%s is no proof" % name)
        need(name == "consistency/%s.txt" % old, "%s is a proof of another size" % name)
        old_root, path = hashes(lines[1:2]), hashes(lines[2:-1])
        need(
            old_root and consistent(int(old), old_root[0], size, root, path), "the log of %s entries is not the beginning of this one" % old
        )
        earlier[int(old)] = old_root[0]
    return earlier


def check_timestamps(files, log, size, root, earlier):
    """Each token is over a checkpoint that the log signed and that is a beginning of it; who vouches for its time is asked elsewhere."""
    stamped = []
    for name in sorted(each for each in files if each.startswith("timestamps/")):
        number = name[11:].partition(".")[0]
        need(re.fullmatch(INDEX, number) and name[11:] in (number + ".tsr", number + ".checkpoint"), "%s is no timestamp" % name)
        note = text_of(files, "timestamps/%s.checkpoint" % number)
        need("timestamps/%s.tsr" % number in files, "timestamps/%s.tsr is missing" % number)
        then, then_root = check_tree_head(signed(name, note, [log], 0)[0], log[0])
        need(str(then) == number and then_root == (root if then == size else earlier.get(then)), "%s is of another log" % name)
        need(sha(note.encode()) in files["timestamps/%s.tsr" % number], "timestamps/%s.tsr is over something else" % number)
        stamped += [number] if name.endswith(".tsr") else []
    return stamped


def check_content(files, keys, quorum, case, number):
    """Everything that the log itself vouches for, whoever signed the manifest: return size, root, entries, earlier roots, who cosigned, and whose copy it is."""
    checkpoint = text_of(files, "checkpoint")
    text, cosigned = signed("checkpoint", checkpoint, keys, quorum)
    size, root = check_tree_head(text, keys[0][0])
    entries = check_entries(files, checkpoint, size, root)
    court_copy = check_data(files, entries, case, number)
    earlier = check_earlier(files, size, root)
    return size, root, len(entries), earlier, cosigned, check_timestamps(files, keys[0], size, root, earlier), court_copy


def check(raw, key=None, since=None):
    """Return what holds, as (case, number, log key, size, root, how many entries, earlier, witnesses, quorum, who cosigned, timestamped, whether it is the copy for the court). Raises Refused."""
    files = unzipped(raw)
    keys, bundle_key, quorum, log_key = keys_of(files)
    need(key is None or key == log_key, "keys.txt names another log than the key that you gave")
    origin, case, number = check_manifest(files, bundle_key)
    need(origin == keys[0][0], "the manifest is of another log")
    size, root, count, earlier, cosigned, stamped, court_copy = check_content(files, keys, quorum, case, number)
    if since is not None:
        try:
            old = check(since)
        except Refused as trouble:
            raise Refused("the older bundle: %s" % trouble) from None
        need(old[:1] + old[2:3] == (case, log_key), "the older bundle is of another case or log")
        need(old[3] <= size, "the older bundle is the newer one")
        same = old[4] == (root if old[3] == size else earlier.get(old[3]))
        need(same, "this log does not go on from the one of the older bundle: entries before %d were changed" % old[3])
    return case, number, log_key, size, root, count, earlier, len(keys) - 1, quorum, cosigned, stamped, court_copy


def main(words):
    options = dict(zip(words[1::2], words[2::2]))
    if not words or len(words) % 2 == 0 or not set(options) <= {"--since", "--key"}:
        print(__doc__)
        return 2
    try:
        with open(words[0], "rb") as file:
            raw = file.read()
        since = None
        if "--since" in options:
            with open(options["--since"], "rb") as file:
                since = file.read()
    except OSError as trouble:
        print("A file cannot be read: %s" % trouble)
        return 2
    try:
        case, number, key, size, _, entries, earlier, witnesses, quorum, cosigned, stamped, court_copy = check(
            raw, options.get("--key"), since
        )
    except Refused as trouble:
        print("REFUSED. %s." % (str(trouble)[:1].upper() + str(trouble)[1:]))
        return 1
    print(
        "HOLDS. Bundle %s of case %s: %d entries stand in a log of %d; pages and data are as the log recorded them."
        % (number, case, entries, size)
    )
    if court_copy:
        print("SEALED COPY FOR THE COURT: the faces of candidates who are no lead are not covered in it.")
    print(
        "Witnesses: %d named, %d needed.%s" % (witnesses, quorum, "" if quorum else " Nobody outside the agency has to have seen this log.")
    )
    if cosigned:
        print("Seen and cosigned by: %s." % ", ".join(cosigned))
    for number in stamped:
        print(
            "A timestamp authority saw the log of %s entries; when, and which: openssl ts -reply -in timestamps/%s.tsr -text"
            % (number, number)
        )
    if earlier:
        print("Earlier states of the log are its beginning: %s entries." % ", ".join(str(old) for old in sorted(earlier)))
    if "--since" in options:
        print("It goes on from the older bundle; nothing that stood there was changed.")
    if "--key" not in options:
        print("Compare this key with the one that the agency published:\n%s" % key)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
