"""verify.py on its own: what holds, what is refused and in which words, and every bit of a small bundle."""

import ast
import random
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import tree, verify
from ledger.bundle import VERIFIER, zipped
from ledger.note import Signer
from tests.ledger.bundles import BUNDLES, CASE, LOG, Log, bundle, made_anew, some_log, what

# RFC 8032, 7.1: public key, message, signature.
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def files_of(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def refusal(raw: bytes, **options: object) -> str:
    with pytest.raises(verify.Refused) as found:
        verify.check(raw, **options)
    return str(found.value)


@pytest.fixture(scope="module")
def raw() -> bytes:
    return bundle(some_log())


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_hold_and_no_flipped_bit_of_them(public, message, signature):
    public, message, signature = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.holds(public, message, signature)
    for bit in range(0, 512, 5):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not verify.holds(public, message, bytes(flipped))


def test_a_signature_has_one_writing_only():
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    above = (int.from_bytes(signature[32:], "little") + verify.L).to_bytes(32, "little")

    assert verify.holds(public, b"x", signature)
    assert not verify.holds(public, b"x", signature[:32] + above)
    assert not verify.holds(public, b"x", signature[:-1])


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=90))
def test_signatures_of_the_other_implementation_hold(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)

    assert verify.holds(key.public_key().public_bytes_raw(), message, key.sign(message))


@given(st.integers(1, 130), st.data())
def test_both_readers_of_trees_agree(size, data):
    hashes = [tree.leaf_hash(b"%d" % n) for n in range(size)]
    nodes, root = tree.nodes_of(hashes), tree.root_of(hashes)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    for path in (tree.inclusion_proof(nodes, index, size), tree.consistency_proof(nodes, old, size), hashes[:3]):
        for begins in (tree.root_of(hashes[:old]), hashes[0]):
            assert accepts(verify.consistent, old, begins, size, root, path) is tree.is_consistent(old, begins, size, root, path)
        assert accepts(verify.included, hashes[index], index, size, path, root) is tree.is_included(hashes[index], index, size, path, root)


def accepts(question: object, *said: object) -> bool:
    try:
        return bool(question(*said))  # type: ignore[operator]
    except verify.Refused:
        return False


def test_a_bundle_holds_and_is_an_ordinary_zip(raw):
    case, number, key, size, _, entries, earlier, witnesses, quorum, cosigned, stamped, court_copy = verify.check(raw, LOG.verifier.vkey())

    assert (case, number, key) == (CASE, "1", LOG.verifier.vkey())
    assert (size, entries, earlier, witnesses, quorum) == (41, 15, {}, 2, 2)
    assert (cosigned, stamped) == (["witness1.example", "witness2.example"], [])
    assert set(files_of(raw)) >= {
        "README.txt",
        "case.html",
        "case.json",
        "checkpoint",
        "entries/0.json",
        "keys.txt",
        "manifest.txt",
        "verify.py",
    }


def test_every_part_altered_under_a_manifest_made_anew_is_named(raw):
    files = files_of(raw)
    log = some_log()
    other = files_of(bundle(log))
    log.add("look", CASE)
    for name, becomes, sentence in (
        ("entries/3.json", files["entries/3.json"].replace(b"look", b"l00k"), "entry 3 does not stand in the log"),
        ("entries/3.json", files["entries/6.json"], "entry 3 does not stand in the log"),
        ("entries/4.json", files["entries/3.json"], "proofs/4.tlog-proof is missing"),
        ("proofs/4.tlog-proof", files["proofs/3.tlog-proof"], "proofs/4.tlog-proof proves no entry"),
        ("proofs/3.tlog-proof", files["proofs/6.tlog-proof"], "does not begin as a proof of entry 3"),
        ("proofs/3.tlog-proof", files["proofs/3.tlog-proof"].replace(b"@v1", b"@v2"), "does not begin as a proof"),
        ("checkpoint", files["checkpoint"].replace(b"\n41\n", b"\n42\n"), "the signature of records.example/log on checkpoint does not hold"),
        ("checkpoint", log.checkpoint(witnesses=()).encode(), "needs 2 witnesses and has 0"),
        ("checkpoint", log.checkpoint().encode(), "holds another checkpoint"),
        ("case.json", files["case.json"] + b" ", "case.json is not the file that the log recorded"),
        ("case.json", b"{", "case.json cannot be read"),
        ("case.json", files["case.json"].replace(b"000123", b"000124"), "of another case or bundle"),
        ("case.html", files["case.html"] + b" ", "case.html is not the file that the log recorded"),
        ("keys.txt", files["keys.txt"].replace(b"quorum 2", b"quorum 02"), "keys.txt is not written"),
        ("consistency/5.txt", b"old 5\n" + b"A" * 43 + b"=\n", "the log of 5 entries is not the beginning"),
    ):  # fmt: skip
        assert sentence in refusal(made_anew({**files, name: becomes})), name
    for name, sentence in (
        ("entries/3.json", "proves no entry"),
        ("proofs/3.tlog-proof", "proofs/3.tlog-proof is missing"),
        ("case.json", "case.json is missing"),
        ("case.html", "case.html is missing"),
        ("checkpoint", "checkpoint is missing"),
        ("keys.txt", "keys.txt is missing"),
    ):
        assert sentence in refusal(made_anew({n: each for n, each in files.items() if n != name}))
    without = {n: each for n, each in files.items() if n not in ("entries/3.json", "proofs/3.tlog-proof")}
    assert "case.json and the log differ on entry 3" in refusal(made_anew(without))
    assert other == files


def test_what_the_manifest_does_not_list_is_refused(raw):
    files = files_of(raw)

    assert "extra.txt is not listed" in refusal(zipped({**files, "extra.txt": b"x"}))
    assert "README.txt is listed in the manifest and is not here" in refusal(zipped({n: f for n, f in files.items() if n != "README.txt"}))
    assert "README.txt is not the file" in refusal(zipped({**files, "README.txt": b"x"}))
    assert "manifest.txt is missing" in refusal(zipped({n: f for n, f in files.items() if n != "manifest.txt"}))


def test_a_bundle_packed_anew_or_with_anything_behind_it_is_refused(raw):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files_of(raw).items():
            archive.writestr(name, each)
    for other in (packed.getvalue(), raw + b"\0", b"x" + raw, raw[:-1], b"", b"PK\3\4"):
        assert "not written as a bundle is" in refusal(other) or "has a name" in refusal(other)


def test_another_key_is_refused(raw):
    stranger = Signer(LOG.verifier.name, bytes(32)).verifier.vkey()

    assert "another log than the key that you gave" in refusal(raw, key=stranger)
    files = files_of(raw)
    forged = files["keys.txt"].replace(LOG.verifier.vkey().encode(), stranger.encode())
    assert "is signed by a key that keys.txt does not name" in refusal(made_anew({**files, "keys.txt": forged}))
    assert "manifest.txt is signed by a key" in refusal(
        made_anew({**files, "keys.txt": files["keys.txt"].replace(BUNDLES.verifier.vkey().encode(), stranger.encode())})
    )


def test_a_later_bundle_goes_on_from_the_earlier_one():
    log = some_log()
    first = bundle(log)
    size = len(log.entries)
    for number in range(30):
        log.add("look", f"FR-2026-9{number:05d}")
    second = bundle(log, 2, earlier=[size])

    assert verify.check(second, since=first)[6] == {size: tree.root_of(log.leaves(size))}
    assert "the older bundle is the newer one" in refusal(first, since=second)
    assert "the older bundle: the file is not written" in refusal(second, since=first[:-1])


def test_a_log_that_was_rewritten_and_signed_again_is_named():
    """Whoever has every key of the house and rewrites an entry cannot satisfy who kept an older bundle."""
    log = some_log()
    first = bundle(log)
    size = len(log.entries)
    rewritten = Log([each.replace(b"examination", b"examinations") if n == 7 else each for n, each in enumerate(log.entries)])
    second = bundle(rewritten, 2, earlier=[size])

    assert verify.check(second)
    assert f"entries before {size} were changed" in refusal(second, since=first)
    assert f"entries before {size} were changed" in refusal(bundle(rewritten, 3), since=first)


def test_two_logs_for_two_parties_are_told_apart():
    """Both are signed with the one key of the log; whoever has both bundles sees it, and no witness cosigns both."""
    shown = some_log()
    first = bundle(shown, quorum=0)
    other = Log([each.replace(b"examination", b"examinations") if n == 30 else each for n, each in enumerate(shown.entries)])
    other.add("look", CASE, purpose="examination")
    second = bundle(other, 2, earlier=[len(shown.entries)], quorum=0)

    assert verify.check(first)[2] == verify.check(second)[2] == LOG.verifier.vkey()
    assert f"entries before {len(shown.entries)} were changed" in refusal(second, since=first)


@pytest.mark.parametrize(
    "name", ["entries/3.json", "proofs/3.tlog-proof", "checkpoint", "keys.txt", "case.json", "case.html", "manifest.txt"]
)
def test_flipped_bits_are_refused(raw, name):
    """Some bits of each part here; every bit of three bundles in ``make prove``."""
    files = files_of(raw)
    for bit in random.Random(name).sample(range(len(files[name]) * 8), 40):  # noqa: S311
        flipped = bytearray(files[name])
        flipped[bit // 8] ^= 1 << bit % 8
        refusal(zipped({**files, name: bytes(flipped)}))
        if name != "manifest.txt":
            refusal(made_anew({**files, name: bytes(flipped)}))


def test_the_command_says_so_in_plain_words(tmp_path, raw):
    log = some_log(400)
    first, second, broken = (tmp_path / f"{n}.zip" for n in ("first", "second", "broken"))
    first.write_bytes(bundle(log))
    second.write_bytes(bundle(log, 2, earlier=[401]))
    broken.write_bytes(second.read_bytes().replace(b'"look"', b'"l00k"', 1))

    def run(*words: object) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-I", VERIFIER, *map(str, words)], capture_output=True, text=True, cwd=tmp_path)
        assert not done.stderr
        return done.returncode, done.stdout

    code, said = run(second, "--since", first, "--key", LOG.verifier.vkey())
    assert code == 0
    assert said.startswith("HOLDS. Bundle 2 of case FR-2026-000123: 136 entries stand in a log of 402")
    assert "It goes on from the older bundle" in said
    assert run(first)[1].splitlines()[-1] == LOG.verifier.vkey()
    code, said = run(broken)
    assert (code, said.startswith("REFUSED. The file is not written as a bundle is")) == (1, True)
    assert run(tmp_path / "none.zip")[0] == 2
    assert run()[0] == run(first, "--wrong", "x")[0] == 2


def test_it_is_one_file_of_the_standard_library_that_python_3_8_reads():
    parsed = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for alias in node.names}

    assert not [node for node in ast.walk(parsed) if isinstance(node, ast.ImportFrom)]
    assert imported <= set(sys.stdlib_module_names)
    assert not imported & {"socket", "urllib", "ssl", "subprocess", "http"}


def test_the_verifier_within_a_bundle_is_the_one_of_the_house(raw):
    assert files_of(raw)["verify.py"] == Path(verify.__file__).read_bytes()
    assert what({}).origin == LOG.verifier.name
