"""Webhooks' secrets at rest: sealed by keys from outside, replaced while in use, never in the database's files, a log or an error."""

from __future__ import annotations

import base64
import io
import json
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from cet.cli import main
from cet.oracle.service import audit
from cet.oracle.service.backup import back_up, restore
from cet.oracle.service.database import Database
from cet.oracle.service.errors import NoSecretKey, SecretUnreadable
from cet.oracle.service.keeping import subscriptions
from cet.oracle.service.keeping.resealing import look, scrub, seal_anew
from cet.oracle.service.keeping.subscriptions import Wish
from cet.oracle.service.keeping.webhook import secret_text
from cet.oracle.service.sealing import PLAIN_BYTES, Seal, add_key, new_key, parse_keys, read_keys
from cet.oracle.service.tables import subscriptions as table
from kept import a_chain, keeping, offset, subscribe
from oracle_service import Service
from webhook_receiver import receiving

if TYPE_CHECKING:
    from world import World

OLD, NEW = new_key(), new_key()


def made(database: Database, seal: Seal | None) -> tuple[str, str]:
    with database.write() as connection:
        one, secret = subscriptions.create(connection, "acme", Wish("https://example.org/"), "t", 0, seal)
    return one.id, secret


def keys_of(database: Database, identity: str, seal: Seal | None) -> list[str]:
    with database.read() as connection:
        held = subscriptions.find(connection, "acme", identity, 1)
    return [secret_text(key) for key in held.signing_keys(seal)]


def make_plain(database: Database, identity: str, secret: str) -> bytes:
    """As it was kept before there were keys."""
    plain = raw(secret)
    with database.write() as connection:
        connection.execute(update(table).where(table.c.id == identity).values(secret=plain))
    return plain


def raw(secret: str) -> bytes:

    return base64.b64decode(secret.removeprefix("whsec_"))


def files_of(database: Database) -> bytes:
    """All that lies in the folder of an SQLite database: the file, its log, its index."""
    folder = Path(str(database.engine.url.database)).parent
    return b"".join(file.read_bytes() for file in folder.iterdir())


@given(st.text(max_size=40), st.binary(max_size=64))
def test_what_is_sealed_opens_for_its_owner_alone(owner: str, secret: bytes) -> None:
    seal = Seal([NEW])
    sealed = seal.close(owner, secret)
    assert seal.open(owner, sealed) == secret
    assert seal.close(owner, secret) != sealed, "the same secret twice can't be told"
    assert len(sealed) > PLAIN_BYTES, "nothing sealed is taken for plain"
    for other in (owner + "x", "x" + owner, owner[:-1] if owner else "y"):
        with pytest.raises(SecretUnreadable):
            seal.open(other, sealed)
    with pytest.raises(SecretUnreadable):
        Seal([OLD]).open(owner, sealed)
    with pytest.raises(SecretUnreadable):
        seal.open(owner, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_first_key_seals_and_each_opens() -> None:
    before, both, after = Seal([OLD]), Seal([NEW, OLD]), Seal([NEW])
    sealed = before.close("a", b"s")
    assert both.open("a", sealed) == b"s"
    assert not both.is_newest(sealed)
    again = both.close("a", b"s")
    assert both.is_newest(again)
    assert after.open("a", again) == b"s"
    with pytest.raises(SecretUnreadable):
        after.open("a", sealed)


def test_a_database_file_has_no_byte_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = Database.open(f"sqlite:///{tmp_path / 'data' / 'oracle.db'}")
    database.migrate()
    seal = Seal([NEW])
    identity, secret = made(database, seal)
    with database.write() as connection:
        second = subscriptions.rotate(connection, "acme", identity, "t", 1, seal)
    assert keys_of(database, identity, seal) == [second, secret]
    back_up(database, tmp_path / "backup.zip")

    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        saved = b"".join(archive.read(name) for name in archive.namelist())
    for one in (secret, second):
        for form in (raw(one), one.removeprefix("whsec_").encode(), raw(one).hex().encode()):
            assert form not in files_of(database)
            assert form not in saved
    assert NEW.encode() not in files_of(database)
    database.close()


def test_a_backup_opens_with_the_key_alone(database: Database, tmp_path: Path) -> None:
    identity, secret = made(database, Seal([NEW]))
    back_up(database, tmp_path / "backup.zip")
    restored = Database.open(f"sqlite:///{tmp_path / 'restored.db'}")
    restore(restored, tmp_path / "backup.zip")
    assert keys_of(restored, identity, Seal([NEW])) == [secret]
    with pytest.raises(NoSecretKey, match="no key to keep secrets with"):
        keys_of(restored, identity, None)
    with pytest.raises(SecretUnreadable, match=identity):
        keys_of(restored, identity, Seal([OLD]))
    restored.close()


def test_plain_secrets_of_before_are_sealed_and_gone_from_the_files(database: Database) -> None:
    seal = Seal([NEW])
    identity, secret = made(database, seal)
    ended, _ = made(database, seal)
    with database.write() as connection:
        subscriptions.end(connection, "acme", ended, "t", 1)
    plain = make_plain(database, identity, secret)
    assert keys_of(database, identity, None) == [secret], "as before the upgrade"
    with database.read() as connection:
        assert look(connection, None).plain == look(connection, None).total == 1
    found = seal_anew(database, seal, 5, actor="t")
    assert (found.plain, found.newest, found.older, found.unreadable) == (1, 0, 0, ())
    assert scrub(database)
    with database.read() as connection:
        kept = connection.execute(select(table.c.secret).where(table.c.id == identity)).scalar_one()
        assert look(connection, seal).newest == 1
        audit.verify(connection)
    assert plain not in kept
    assert keys_of(database, identity, seal) == [secret]
    if not database.postgres:
        assert plain not in files_of(database)
    seal_anew(database, seal, 6, actor="t")
    with database.read() as connection:
        again = connection.execute(select(table.c.secret).where(table.c.id == identity)).scalar_one()
    assert again == kept, "a second time changes nothing"


def test_a_key_is_replaced_while_the_secrets_are_in_use(database: Database) -> None:
    before, both, after = Seal([OLD]), Seal([NEW, OLD]), Seal([NEW])
    first, secret = made(database, before)
    second, other = made(database, both)
    assert keys_of(database, first, both) == [secret]
    found = seal_anew(database, both, 1, actor="t")
    assert (found.older, found.newest) == (1, 1)
    assert keys_of(database, first, after) == [secret]
    assert keys_of(database, second, after) == [other]
    with pytest.raises(SecretUnreadable):
        keys_of(database, first, before)


def test_a_secret_in_anothers_row_does_not_open(database: Database) -> None:
    seal = Seal([NEW])
    mine, _ = made(database, seal)
    theirs, _ = made(database, seal)
    with database.write() as connection:
        kept = connection.execute(select(table.c.secret).where(table.c.id == mine)).scalar_one()
        connection.execute(update(table).where(table.c.id == theirs).values(secret=kept))
    with pytest.raises(SecretUnreadable, match=theirs):
        keys_of(database, theirs, seal)


def test_without_a_key_or_with_another_nobody_subscribes_and_nothing_is_rotated(database: Database) -> None:
    with pytest.raises(NoSecretKey, match="no key") as refused:
        made(database, None)
    assert "cet oracle secrets new-key" in refused.value.remedy
    identity, secret = made(database, Seal([NEW]))
    with pytest.raises(SecretUnreadable):
        made(database, Seal([OLD]))
    for seal, error in ((None, NoSecretKey), (Seal([OLD]), SecretUnreadable)):
        with pytest.raises(error), database.write() as connection:
            subscriptions.rotate(connection, "acme", identity, "t", 1, seal)
    assert keys_of(database, identity, Seal([NEW])) == [secret]


def test_a_lost_key_is_replaced_by_secrets_that_owners_ask_for_anew(database: Database) -> None:
    identity, secret = made(database, Seal([OLD]))
    seal = Seal([NEW])
    assert seal_anew(database, seal, 1, actor="t").unreadable == (identity,)
    with pytest.raises(SecretUnreadable):
        keys_of(database, identity, seal)
    seal_anew(database, seal, 1, actor="t", replace_lost=True)
    (nobodys,) = keys_of(database, identity, seal)
    assert nobodys != secret
    with database.write() as connection:
        fresh = subscriptions.rotate(connection, "acme", identity, "t", 2, seal)
    assert keys_of(database, identity, seal)[0] == fresh


@pytest.mark.parametrize(
    "kept",
    ["", "nonsense", NEW[:-2], f"{NEW}\n{NEW[1:]}", "ä"],
    ids=["nothing", "nonsense", "cut", "second cut", "no ascii"],
)
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "keys"
    file.write_text(kept)
    file.chmod(0o600)
    with pytest.raises(NoSecretKey) as refused:
        read_keys(file)
    said = f"{refused.value}{refused.value.remedy}{refused.value.__cause__}"
    assert not kept.strip() or kept.split()[-1] not in said
    assert NEW not in said


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    add_key(file, rotate=False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    read_keys(file)
    file.chmod(0o640)
    with pytest.raises(NoSecretKey, match="others"):
        read_keys(file)
    with pytest.raises(NoSecretKey, match="can't be read"):
        read_keys(tmp_path / "none")


def test_keys_are_separated_by_anything(tmp_path: Path) -> None:
    sealed = Seal([OLD]).close("a", b"s")
    for between in ("\n", ",", ", ", " ", "\r\n"):
        assert parse_keys(f"{NEW}{between}{OLD}{between}").open("a", sealed) == b"s"
    assert NEW not in repr(Seal([NEW]))


def run(*arguments: str, code: int = 0, **environment: str) -> str:
    found = CliRunner().invoke(main, ["oracle", "secrets", *arguments], env=environment)
    assert found.exit_code == code, (arguments, found.output, found.exception)
    return found.output


def test_an_operator_makes_a_key_seals_and_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path / 'data' / 'oracle.db'}"
    database = Database.open(url)
    database.migrate()
    keys = tmp_path / "keys"
    place = ("--database", url)
    assert "database's folder" in run("new-key", str(tmp_path / "data" / "keys"), *place, code=1)
    shown = run("new-key", str(keys), *place)
    first = keys.read_text().strip()
    assert first not in shown
    assert "there already" in run("new-key", str(keys), *place, code=1)
    seal = read_keys(keys)
    identity, secret = made(database, seal)
    plain = make_plain(database, identity, secret)
    assert "new-key" in run("seal", *place, code=1)
    given_keys = ("--secret-keys", str(keys))
    assert json.loads(run("seal", *place, *given_keys, "--dry-run", "--json"))["plain"] == 1
    assert plain in files_of(database)
    told = json.loads(run("seal", *place, *given_keys, "--json"))
    assert (told["plain"], told["files_clean"]) == (1, True)
    assert plain not in files_of(database)
    assert json.loads(run("new-key", str(keys), "--rotate", *place, "--json"))["keys"] == 2
    assert keys.read_text().split()[1] == first
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    shown = run("seal", *place, *given_keys)
    assert "older" in shown
    only = keys.read_text().split()[0]
    assert keys_of(database, identity, Seal([only])) == [secret]
    told = json.loads(run("seal", *place, "--json", code=1, CET_ORACLE_SECRET_KEYS=OLD))
    assert told["unreadable"] == [identity]
    run("seal", *place, "--replace-lost", CET_ORACLE_SECRET_KEYS=OLD)
    assert keys_of(database, identity, Seal([OLD])) != [secret]
    database.close()


def test_with_another_key_webhooks_wait_the_failure_has_a_name_and_the_right_key_goes_on(
    world: World, tmp_path: Path
) -> None:
    log = io.StringIO()
    service = Service.on(
        world, f"sqlite:///{tmp_path / 'oracle.db'}", log, signer=world.stranger, seal=Seal([NEW])
    )
    chain = a_chain(world)
    keeping(service).once()
    with receiving() as receiver:
        identity, secret = subscribe(service, receiver.url)
        offset(world, chain.source, 1)
        service.mine(service.around.settings.depth + 2)
        for seal, kind in ((Seal([OLD]), "SecretUnreadable"), (None, "NoSecretKey")):
            wrong = keeping(service.another(seal=seal))
            for _ in range(3):
                wrong.once()
                service.mine(service.around.settings.depth)
                service.clock.now += 600_000
            assert receiver.calls == []
            assert kind in log.getvalue()
            finding = _secrets_finding(service.another(seal=seal))
            assert not finding["fine"]
            assert identity in finding["found"]
            with pytest.raises((SecretUnreadable, NoSecretKey)):
                service.another(seal=seal).around.require_secrets()
        keeping(service).once()
        assert receiver.calls
        assert len(receiver.taken()) == len(receiver.calls), "each once, none lost to the pauses"
        assert all(call.verified(secret) for call in receiver.calls)
    assert _secrets_finding(service)["fine"]
    make_plain(service.around.database, identity, secret)
    assert "plain" in _secrets_finding(service)["found"]
    assert not _secrets_finding(service)["fine"]
    for private in (OLD, NEW, secret):
        assert private not in log.getvalue()
    service.around.database.close()


def _secrets_finding(service: Service) -> dict[str, Any]:
    from cet.oracle.service.doctor import examine

    (found,) = [one for one in examine(service.around) if one.what == "secrets"]
    return {"fine": found.fine, "found": found.found}
