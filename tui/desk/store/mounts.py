"""Which folders lie on another machine: locks and fsync are only as good there as that machine makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_NETWORK: Final = frozenset(
    {
        "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "fuse.ceph", "fuse.glusterfs", "fuse.rclone",
        "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "orangefs", "prl_fs", "smb3", "smbfs", "vboxsf",
    }
)  # fmt: skip
_MOUNTS: Final = Path("/proc/self/mounts")


def network_kind(folder: Path, mounts: str | None = None) -> str:
    """The kind of network file system a folder lies on; empty where it is local, or where nobody can tell.

    `mounts` is the kernel's table of mounts, read from /proc where it is None.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(errors="surrogateescape")
        except OSError:
            return ""
    folder = folder.resolve()
    best = ""
    kind = ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = _unescape(words[1])
        if len(point) >= len(best) and folder.is_relative_to(point):
            best, kind = point, words[2]
    return kind if kind in _NETWORK else ""


def network_warning(folder: Path, mounts: str | None = None) -> str:
    """A sentence where the folder lies on another machine; empty where it does not."""
    kind = network_kind(folder, mounts)
    if not kind:
        return ""
    return (
        f"The store's folder {folder} is on a network file system ({kind}). Locks between hosts and the confirmation "
        "of writes depend on its server. Set [store] path to a local folder if you can."
    )


def _unescape(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
