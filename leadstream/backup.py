"""``leadstream backup`` and ``restore``: one file with the embedded store as of one moment, its archive and its keys.

The store forks to write its data as of one instant, so leads may keep coming. The archive is append-only; what it gained
meanwhile does no harm. The file opens everything, keys included: keep it as you keep the keys.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from leads.errors import BadInput
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime
from leadstream.service import Service, store_home
from stores.embedded import load, save

#: Folders of the data folder that go into the file beside the store's data.
KEPT = ("archive", "keys")
_STORE = "store.rdb"


def backup(settings: Settings, out: Path) -> str:
    """Write everything to ``out`` (.tar.gz). Gives what to tell the person. Raises BadInput, StoreDown."""
    if settings.store.url:
        raise BadInput(
            "not_embedded", "this store is a server of its own: back it up with its own means (BGSAVE, replicas)"
        )
    if out.exists():
        raise BadInput("exists", f"{out} is there already; give another name")
    data = Path(settings.data)
    leads = asyncio.run(_leads(settings))
    with tempfile.TemporaryDirectory(prefix="ls", dir=data) as folder:
        dump = save(store_home(data), Path(folder) / _STORE)
        part = out.with_name(out.name + ".part")
        with (
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar,
        ):
            tar.add(dump, arcname=_STORE)
            for name in KEPT:
                if (data / name).is_dir():
                    tar.add(data / name, arcname=name)
        part.replace(out)
    told = ", ".join(f"{n:,} leads of {tenant}" for tenant, n in leads.items())
    return f"{out}: {told}, {out.stat().st_size / 1e6:.1f} MB. It holds the keys: keep it where nobody else reads it."


async def _leads(settings: Settings) -> dict[str, int]:
    runtime = Runtime(settings)
    try:
        return {tenant: (await runtime.index.stats(tenant)).leads for tenant in settings.tenants}
    finally:
        await runtime.close()


def restore(settings: Settings, file: Path) -> str:
    """Fill an empty data folder from a backup. Gives what to tell the person. Raises BadInput, StoreDown."""
    data = Path(settings.data)
    if Service(data).pid():
        raise BadInput("service_up", "stop the service first: leadstream down")
    if (store_home(data).exists() and any(store_home(data).iterdir())) or any((data / name).exists() for name in KEPT):
        raise BadInput(
            "not_empty", f"{data} holds a store already; move it away, or name another folder in LEADSTREAM_DATA"
        )
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="ls", dir=data) as folder:
        try:
            with tarfile.open(file, "r:gz") as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BadInput("unreadable", f"{file} is no backup, or was cut short; nothing was restored") from error
        if not (Path(folder) / _STORE).is_file():
            raise BadInput("unreadable", f"{file} is no backup of leadstream: it has no store in it")
        load(store_home(data), Path(folder) / _STORE)
        for name in KEPT:
            if (Path(folder) / name).is_dir():
                _private(Path(folder) / name)
                shutil.move(Path(folder) / name, data / name)
    return f"{data} is restored from {file}; start the service: leadstream up"


def _private(folder: Path) -> None:
    """For the owner alone: taking files out of an archive gives folders the modes that are usual here."""
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
