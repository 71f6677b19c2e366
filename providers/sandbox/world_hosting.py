"""Stories of servers, storage and applications: Ensono's and SmartOps' tickets."""

from __future__ import annotations

from typing import Final

from providers.sandbox.world_story import Story

OUTAGE: Final = Story(
    summary="P1 - ERP unreachable for all users in {site}",
    description=(
        "Since a few minutes nobody in {site} can log in to the ERP. The login page answers, then a 503 after about "
        "{n} seconds. Order intake and the scanners in the warehouse are down.\n\nBridge call is open; please join."
    ),
    priority=1,
    notes=(
        "Joined the bridge. Both application nodes are up but the connection pool on {host} is exhausted; "
        "we are looking at what holds the sessions.",
        "Found {n} sessions waiting on one lock. DBA is identifying the blocking batch run.",
        "Blocking batch stopped with approval of the major incident manager. Logins recover, we keep watching.",
    ),
    question="Can you confirm that the scanners in {site} work again, and that order intake may be reopened?",
    resolution="A month-end batch had been started by hand during opening hours and locked the session table.",
)

HOSTING: Final = (
    Story(
        summary="Nightly backup of {host} failed for the second night",
        description=(
            "Job FULL_{host} ended with status 196: no backup window left. Previous night ended with 24 (socket "
            "write failed). Last good copy is 3 days old."
        ),
        notes=(
            "Two of the four media servers were in maintenance during the window. Job is restarted by hand.",
            "Restart is at {n} %, 310 MB/s. We expect the end before office hours.",
        ),
        resolution="Full copy completed and verified by a test restore of one folder.",
        file=(
            "backup-detail.log",
            "19:00:04 - Info bpbrm(pid=4180) starting backup\n19:41:37 - Error bptm(pid=4212) media write\n"
            "19:41:38 - Error bpbrm(pid=4180) could not send server status message\n19:41:40 - end of job, status 24\n",
        ),
    ),
    Story(
        summary="Certificate of the supplier portal expires in {n} hours",
        description=(
            "Monitoring warns that the certificate on the load balancer in front of the supplier portal is about to "
            "expire. The renewal request was never picked up because its owner has left."
        ),
        priority=2,
        notes=("We can issue from the internal CA at once; a public one needs your domain validation.",),
        question="Who may approve the certificate request now? We need a name and the DNS record for validation.",
        resolution="New certificate installed on both nodes; the chain was checked from outside.",
    ),
    Story(
        summary="/var/log on {host} at 97 %",
        description="The audit log grows about 2 GB an hour since the last patch round. Log rotation doesn't keep up.",
        notes=(
            "Moved the oldest archives to the share and compressed the rest: 71 % now.",
            "Debug logging had been left on after the patch. Pasted from the console: "
            "\x1b[33mWARN\x1b[0m auditd: \x1b[1mlog_level=debug\x1b[0m [/etc/audit/auditd.conf]",
        ),
        resolution="Log level set back, retention set to 14 days, threshold back to 85 %.",
    ),
    Story(
        summary="Users lose their mapped drives after logging on in {site}",
        description=(
            "About {n} people see a red cross on H: and S: after logon. A second logon helps for most of them. Began "
            "after the domain controller move."
        ),
        notes=("The logon script still names the old controller for one of three sites.",),
        question="Please give us three user names and the time of their failed logon, so that we can match the logs.",
        resolution="Script corrected and replicated; the sample users confirmed.",
    ),
    Story(
        summary="Request: two more CPUs for {host} before quarter close",
        description="Finance expects three times the load during the close. Please add 2 vCPU and 16 GB until the 5th.",
        priority=4,
        kind="Request",
        notes=("Capacity is available on the cluster. A short restart is needed, under two minutes.",),
        question="When may we restart {host}? Tonight after 22:00 or Saturday morning would suit us.",
        resolution="Resized and restarted in the agreed window.",
    ),
    Story(
        summary="MQ channel TO.BANK.{n} in RETRYING",
        description=(
            "Payment files stay in the transmission queue of {host}. The partner says that nothing changed on their "
            "side, we see TLS handshake errors since 03:10."
        ),
        priority=2,
        notes=(
            "Handshake fails with 'unknown CA'. The partner does present a certificate of a new issuer.",
            "Partner sent their new intermediate. Installing it needs a refresh of security on the queue manager.",
        ),
        resolution="Intermediate added to the key store, channel running, backlog of payment files gone.",
    ),
    Story(
        summary="Print queue of the packing line stuck again",
        description="Labels for line 4 in {site} don't print. Restarting the spooler helps for an hour or so.",
        notes=(
            "One job of 400 MB blocks the queue each time: a photo as label background.",
            "We have set a size limit on the queue. Please tell the planners to use the small logo.",
        ),
        resolution="Size limit set, queue clean for a full shift.",
    ),
    Story(
        summary="Mainframe batch ZP{n}A abended S0C7",
        description="Step 30 of the nightly premium run abended. Downstream jobs wait; deadline for the file is 07:30.",
        priority=2,
        notes=(
            "Abend caused by a packed field with spaces in input record 118204. Record isolated, restart at step 30.",
            "Restart is through step 50. File expected well before the deadline.",
        ),
        question="Record 118204 is set aside. May we run without it, and who corrects it on your side?",
        resolution="Run finished 06:52 without the isolated record, which was handed to application support.",
        file=(
            "zp-abend.txt",
            "IEA995I SYMPTOM DUMP OUTPUT\nSYSTEM COMPLETION CODE=0C7\nJOBNAME=ZPNIGHT STEP30\nRECORD 118204\n",
        ),
    ),
    Story(
        summary="SFTP to the pension fund refuses our key",
        description="Since this evening the upload ends with 'Permission denied (publickey)'. Nothing changed here.",
        notes=("The fund has switched off ssh-rsa. We are making an ed25519 key for you.",),
        question="Please send the new public key to the fund yourself; they accept it from the contract owner only.",
        resolution="Fund installed the new key; both pending files are delivered.",
    ),
    Story(
        summary="Slow queries on {host} during the morning peak",
        description="Average response went from 0.3 to 6 seconds between 08:30 and 09:15, three days in a row.",
        notes=(
            "Statistics on the orders table are 40 days old; the nightly refresh has been skipping it.",
            "Refresh done. We compare the plans tomorrow during the peak.",
        ),
        resolution="Plan is back to the index; no statement over one second in two mornings.",
    ),
    Story(
        summary="Ransomware scanner quarantined the payroll export",
        description="payroll_{n}.xlsm was put in quarantine on {host}. HR needs it today; a false alarm, we believe.",
        priority=2,
        notes=("Macro in the file matches a generic rule. Hash is unknown to the vendor; sent for analysis.",),
        question="We release it only with a written go from your security officer. Who is on duty?",
        resolution="Analysis came back clean; released and an exception made for the signed macro.",
    ),
    Story(
        summary="Request: read-only database account for the auditors",
        description="External audit starts on Monday. They need to read the ledger schema for two weeks, from {site}.",
        priority=4,
        kind="Request",
        notes=("Account prepared, locked until we have the signed access form.",),
        question="The access form misses the end date and a signature. Please send it again.",
        resolution="Account unlocked, expires by itself after two weeks.",
    ),
    Story(
        summary="Node {host} left the cluster and came back",
        description="Cluster log shows a lost heartbeat of 14 seconds. Workloads moved without an outage; why?",
        notes=(
            "Both heartbeat networks run over the same switch pair. A port flapped {n} times.",
            "Cable replaced, counters reset. No flap since.",
        ),
        resolution="Cause was a damaged patch cable; heartbeat networks are now on separate switches.",
    ),
)

SMARTOPS: Final = (
    Story(
        summary="Event correlation raises {n} duplicates an hour",
        description="The same link-down event is opened again for each interface of a bundle. Please group them.",
        notes=("A rule on the bundle id is in test.",),
        resolution="Grouping rule live; one ticket a bundle.",
    ),
    Story(
        summary="Automation 'restart print spooler' runs on the wrong server",
        description="The bot restarted the spooler on {host} while the alert came from another server.",
        priority=2,
        notes=("The lookup took the first CI with the same alias. Automation is paused.",),
        resolution="Lookup by sys_id instead of alias; automation is on again.",
    ),
    Story(
        summary="Weekly SLA report misses the Antwerp office",
        description="The report of this week has no rows for Antwerp. Last week it had {n}.",
        priority=4,
        notes=("The site was renamed in the CMDB; the report filters by the old name.",),
        resolution="Report filters by site id now; a corrected one was sent.",
    ),
    Story(
        summary="Password reset bot doesn't understand Dutch",
        description="Callers who type 'wachtwoord vergeten' are sent to the service desk instead of the reset page.",
        notes=("Dutch phrases are being added to the model.",),
        resolution="Model trained with {n} Dutch phrases and checked with the service desk.",
    ),
)
