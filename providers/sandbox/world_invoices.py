"""Stories of invoices, contracts and mobile phones: Tangoe's cases."""

from __future__ import annotations

from typing import Final

from providers.sandbox.world_story import Story

INVOICES: Final = (
    Story(
        summary="Invoice of March: roaming of {n} lines billed twice",
        description=(
            "The carrier bills the day bundle and the data separately for the same days. Disputed amount about "
            "4,{n}0 euro. Line list follows."
        ),
        notes=(
            "Carrier acknowledges the dispute and asks for call records of three sample lines.",
            "Records sent. Answer expected within ten working days.",
        ),
        question="Please send the employee numbers of the sample lines, so that we can match the cost centres.",
        resolution="Credit note received and booked in the next cycle.",
    ),
    Story(
        summary="Invoice file of the Belgian carrier not loaded",
        description="The portal shows February as the last month. Finance closes on Thursday.",
        priority=2,
        notes=("File arrived with a new column layout; the loader rejects it. Mapping is being changed.",),
        resolution="Layout mapped, both months loaded, totals agree with the PDF.",
    ),
    Story(
        summary="Cost centre missing on {n} new mobile lines",
        description="Lines ordered for {site} came in without a cost centre and are now in suspense.",
        priority=4,
        notes=("We can set them in one go from a list.",),
        question="Please send the list: line, employee number, cost centre.",
        resolution="All lines allocated; suspense is empty.",
    ),
    Story(
        summary="Contract price not applied since renewal",
        description="The renewal says 7.15 a line from the first of the month. We are still billed 8.40 for all lines.",
        priority=3,
        notes=(
            "Carrier has the old price in one of two billing accounts.",
            "Correction requested for both months, with the signed annex.",
        ),
        resolution="Price corrected; difference credited.",
    ),
    Story(
        summary="Portal: single sign-on ends in an endless loop",
        description="Since this morning every user of {site} is sent back and forth between portal and login page.",
        priority=1,
        notes=(
            "Your identity provider's signing certificate was changed last night. We need its metadata.",
            "Metadata loaded on the test portal; works there.",
        ),
        question="May we switch the production portal now? Users who are signed in will have to sign in again.",
        resolution="Production portal uses the new metadata. Sign-in confirmed by two of your users.",
    ),
    Story(
        summary="Disconnected line still on the invoice, third month",
        description="The fixed line of the old office {site} was cancelled in writing in January.",
        notes=("The cancellation named the wrong order number, so the carrier never carried it out.",),
        resolution="Line ended with effect from January, three months credited.",
    ),
    Story(
        summary="International calls of {caller} look like fraud",
        description="{n} calls of 29 minutes to one premium number in one night. Line has been blocked by us.",
        priority=2,
        notes=("Carrier's fraud desk informed; they hold the charges.",),
        question="Was the handset in the user's possession that night? The fraud desk needs a written statement.",
        resolution="Charges cancelled by the carrier; voicemail PIN had been guessed.",
    ),
    Story(
        summary="Report 'spend by department' is empty for April",
        description="Filters unchanged, earlier months fine. Our controller needs it for the steering group.",
        priority=4,
        notes=("The month was not released after the load. Releasing it now.",),
        resolution="Month released; the report shows all departments.",
    ),
    Story(
        summary="Carrier demands payment of an invoice we never saw",
        description="Second reminder for an invoice of 12,{n}0 euro. It is neither in the portal nor in our mail.",
        priority=2,
        notes=("Sent by the carrier to an address of the former owner of {site}.",),
        question="Please forward the reminder as PDF; we need the account number on it.",
        resolution="Invoice loaded, checked against inventory and released for payment.",
    ),
    Story(
        summary="Add three approvers for orders in the Netherlands",
        description="{caller} and two colleagues should approve orders up to 500 euro.",
        priority=5,
        notes=("Two of the three are already users; the third gets an invitation.",),
        resolution="Approvers are active.",
    ),
    Story(
        summary="SIMs ordered for the warehouse are of the wrong profile",
        description="{n} SIMs arrived with voice; we need data only with a fixed address for the scanners.",
        notes=("Carrier can change the profile remotely. No new SIMs needed.",),
        resolution="Profiles changed overnight; scanners are online.",
    ),
    Story(
        summary="Exchange rate of the UK invoices is a month behind",
        description="Amounts in euro don't agree with our ledger. It looks as if last month's rate is used.",
        priority=4,
        notes=("Rate table was loaded late; we can recalculate two months.",),
        resolution="Recalculated and agreed with your ledger to the cent.",
    ),
)
