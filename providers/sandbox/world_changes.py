"""Stories of Ensono's changes: what is to be done, why, how, and how to get back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStory:
    """One change in words. Braces as in Story."""

    summary: str
    description: str
    justification: str
    plan: str
    test: str
    backout: str
    checks: str = "Backups of last night verified. Monitoring set to maintenance."
    risk: str = "Moderate"
    impact: str = "Low"
    category: str = "Software"
    kind: str = "Normal"
    hours: float = 2.0
    approvers: tuple[tuple[str, str], ...] = (("Change Advisory Board", "cab@client.example"),)
    notes: tuple[str, ...] = field(default=())


CHANGES: Final = (
    ChangeStory(
        summary="Patch round of the database cluster behind the ERP",
        description="Operating system and database patches on both nodes, one after the other, with a switch between.",
        justification="Closes two vulnerabilities that the scanner rates high; last round was a quarter ago.",
        plan="1. Patch the passive node\n2. Switch over\n3. Patch the other node\n4. Switch back\n5. Health check",
        test="ERP smoke test by the application team: log on, one order, one invoice, one print.",
        backout="Stay on the unpatched node; restore the patched one from its snapshot (45 minutes).",
        risk="High",
        impact="Medium",
        hours=4,
        approvers=(
            ("Change Advisory Board", "cab@client.example"),
            ("Ruth Bakker", "ruth.bakker@client.example"),
        ),
        notes=("The application team confirmed two people for the smoke test.",),
    ),
    ChangeStory(
        summary="Replace the disk shelf under the file service of {site}",
        description="The shelf reports a third failing power supply. Data is moved to the new shelf before the swap.",
        justification="Support of the shelf ends next month and two of four supplies are spare parts already.",
        plan="Mirror to the new shelf, cut over in the window, keep the old one for a week.",
        test="Checksum of 1,000 random files; open and save from two offices.",
        backout="Point the service back to the old shelf, which stays in step until the window ends.",
        category="Hardware",
        approvers=(("Olivier Smeets", "olivier.smeets@client.example"),),
    ),
    ChangeStory(
        summary="Renew the mail gateway's certificate and switch off TLS 1.1",
        description="New certificate on both gateways; only TLS 1.2 and 1.3 from then on.",
        justification="Certificate ends this month. Two partners who used TLS 1.1 have confirmed that they moved.",
        plan="Gateway 1 first, an hour of watching the queue, then gateway 2.",
        test="Send to and from five partners; look at the deferred queue.",
        backout="Old certificate and setting are kept on disk; a reload takes a minute.",
        risk="Low",
        category="Network",
        hours=1.5,
    ),
    ChangeStory(
        summary="Monthly restart of the terminal servers",
        description="Rolling restart, {n} servers, drained before. Pre-approved.",
        justification="Memory use grows by about 2 % a day.",
        plan="Drain, restart, put back; never more than a fifth at a time.",
        test="Logon test by script on each server.",
        backout="None needed; a server that doesn't return stays drained.",
        risk="Low",
        kind="Standard",
        hours=3,
    ),
    ChangeStory(
        summary="Emergency: block a vulnerable library on the web servers",
        description="Rule on the web application firewall and removal of the sample pages on {n} servers.",
        justification="Exploit is public since this afternoon; scans are seen in our logs.",
        plan="Rule in watch mode for ten minutes, then in block mode; then remove the pages.",
        test="Ordering and payment of one test basket.",
        backout="Rule back to watch mode.",
        risk="High",
        impact="High",
        kind="Emergency",
        hours=1,
    ),
    ChangeStory(
        summary="Raise the storage quota of the document archive",
        description="From 40 to 60 TB, online. Uses the last free pool until the new shelf arrives.",
        justification="At the present growth the archive is full in three weeks.",
        plan="Extend the volume, then the file system.",
        test="Write and read of a 10 GB file.",
        backout="A volume can't be made smaller; the quota can.",
        category="System Software",
        hours=1,
    ),
)
