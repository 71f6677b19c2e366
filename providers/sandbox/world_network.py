"""Stories of lines, firewalls and telephones: KPN's tickets."""

from __future__ import annotations

from typing import Final

from providers.sandbox.world_story import Story

RFI: Final = "Request for Information"
CHANGE: Final = "Change Request"
ORDER: Final = "Service Request"

CONNECT: Final = (
    Story(
        summary="Lijn {circuit} naar {site} valt steeds weg",
        description=(
            "Sinds vanmorgen valt de verbinding ongeveer elke {n} minuten kort weg. De kassa's schakelen dan over op "
            "4G, maar dat houdt de voorraadkoppeling niet vol.\nContact ter plaatse: {caller}."
        ),
        priority=2,
        service="WAN Connectivity",
        ci="{circuit}",
        notes=(
            "We zien CRC-fouten op de poort aan onze kant. Een meting staat klaar.",
            "Monteur is gepland voor vanmiddag tussen 13:00 en 15:00.",
        ),
        question="Is er vanmiddag iemand in {site} die de monteur bij de patchkast kan laten?",
        resolution="SFP in de NTU vervangen. Tien uur zonder fouten gemeten.",
    ),
    Story(
        summary="Packet loss of 4 % between {site} and the data centre",
        description="Teams calls break up. Our probe shows loss on the second hop since 06:20, on both directions.",
        service="SD-WAN",
        ci="SD-WAN-BRANCHES",
        notes=(
            "Loss confirmed on the backup path, which is in use since last night's failover.",
            "Traffic moved back to the primary path at low load. Loss is gone; the backup stays out for now.",
        ),
        resolution="Line card in the aggregation router replaced; backup path in service again.",
        file=(
            "probe-results.csv",
            "time,hop,loss_percent,rtt_ms\n06:20,2,4.1,18.2\n06:25,2,3.9,18.0\n06:30,2,4.4,19.7\n06:35,2,4.2,18.8\n",
        ),
    ),
    Story(
        summary="Managed firewall drops the new payroll provider",
        description="HTTPS to the payroll provider times out from {site} only. From home it works.",
        service="Managed Firewall",
        ci="AMS-FW-CLUSTER",
        notes=("The destination is in a category that was blocked with yesterday's list update.",),
        question="Do you want an exception for this one address, or for the whole category?",
        resolution="Exception made for the provider's range and logged for your yearly review.",
    ),
    Story(
        summary="Azure: virtual machine {host} doesn't start after maintenance",
        description="Allocation failed: not enough capacity in the zone. It holds the test environment of logistics.",
        priority=3,
        service="Azure Managed Cloud",
        ci="{host}",
        notes=("We have tried a start in another zone; the disk is bound to zone 2.",),
        question="May we move the disk to zone 3? It takes about {n} minutes and can't be undone easily.",
        resolution="Disk moved with your approval; the machine runs in zone 3.",
    ),
    Story(
        summary="No dial tone on the emergency phone of the lift in {site}",
        description="The lift company tested and got nothing. The lift stays out of service until this works.",
        priority=2,
        service="ISDN Replacement",
        notes=(
            "Adapter is online but not registered. The number was ported last week.",
            "Registration corrected. Please have the lift company test again.",
        ),
        resolution="Lift company confirmed a good test call.",
    ),
    Story(
        summary="Wi-Fi guests get no address in {site}",
        description="Guests see the network, connect, and get a 169.254 address. Staff Wi-Fi is fine.",
        priority=4,
        service="Managed LAN",
        notes=("The guest range is full: leases of a week, {n} visitors a day.",),
        resolution="Lease time set to four hours; range doubled.",
    ),
    Story(
        summary="How long do you keep firewall logs for us?",
        description="Our auditors ask for the retention and place of firewall logs. Please send a statement.",
        priority=4,
        kind=RFI,
        service="Managed Firewall",
        notes=("Passed to the security officer, who writes the statement.",),
        question="Is this for the whole group or for the Dutch entities only?",
        resolution="Statement sent by e-mail and attached to the yearly report.",
    ),
    Story(
        summary="Which sites still use copper after the migration?",
        description="We need a list for the budget: site, circuit, end date of the contract.",
        priority=5,
        kind=RFI,
        service="WAN Connectivity",
        notes=("List is being made from the inventory; two circuits need a check on site.",),
        resolution="List delivered, {n} circuits.",
    ),
    Story(
        summary="Second link for {site} before the move",
        description="Please plan the second fibre before the office moves in. The owner has agreed to the duct.",
        kind=CHANGE,
        priority=4,
        service="WAN Connectivity",
        notes=(
            "Survey done. The duct is free as far as the second floor.",
            "Planned start is filled in; please check whether the caretaker is present.",
        ),
        question="We need the signed permission of the building owner before digging.",
        resolution="Link delivered and tested at 1 Gbit/s in both directions.",
    ),
    Story(
        summary="Move {n} users to the new voice platform",
        description="Wave 3 of the migration: users of {site}. List is with the project manager, {caller}.",
        kind=CHANGE,
        priority=4,
        service="Hosted Voice",
        notes=("Numbers reserved for porting.",),
        resolution="Wave done; four users were moved back because of headset trouble.",
    ),
    Story(
        summary="Decommission the firewall rules of {host}",
        description="The server was switched off last week. Please remove its rules and objects.",
        kind=ORDER,
        service="Decommissioning Firewall",
        notes=("Rules disabled; they are removed after a week of silence.",),
        resolution="Rules and objects removed.",
    ),
    Story(
        summary="Extra handsets for the night shift in {site}",
        description="Six cordless handsets with chargers, same model as last time.",
        kind=ORDER,
        service="Hosted Voice",
        notes=("Four are in stock, two come with the next delivery.",),
        resolution="All six delivered and registered.",
    ),
    Story(
        summary="DNS answers differ between {site} and the data centre",
        description="intranet.client.example gives the old address in {site}. Cache was flushed twice.",
        service="Managed LAN",
        notes=("The local resolver still transfers from the retired primary.",),
        question="May we restart the resolver during office hours? Names are not resolved for about 20 seconds.",
        resolution="Resolver points to the new primary; serials match.",
    ),
    Story(
        summary="Camera VLAN of {site} unreachable from the control room",
        description="All {n} cameras went grey at 02:15. The recorder in the building still sees them.",
        priority=2,
        service="Managed LAN",
        ci="RTM-ACC-SW-14",
        notes=(
            "The VLAN is missing on the uplink since tonight's switch replacement.",
            "VLAN added on both uplinks. Please check the picture wall.",
        ),
        resolution="Control room confirmed all cameras; the replacement checklist now names the VLAN.",
    ),
    Story(
        summary="VPN drops external colleagues every {n} minutes",
        description="Only those with a cable provider at home. Sessions end with 'dead peer detected'.",
        service="Managed Firewall",
        notes=("Packets over 1,400 bytes don't arrive. We try a smaller segment size for one user group.",),
        question="May we put ten of your users in the test group? Please send their names.",
        resolution="Smaller segment size set for everybody; no drop in a day.",
    ),
)

INCIDENT: Final = (
    Story(
        summary="Router on site {site} not reachable after power cut",
        description="Power is back since 04:40, the router is not. LEDs: power green, WAN off. {caller} is on site.",
        priority=2,
        notes=("Asked the site to restart the media converter.",),
        question="Please send a photo of the front of the media converter and its serial number",
        resolution="Media converter replaced by the engineer on site",
    ),
    Story(
        summary="SIP trunk rejects outgoing calls to Belgium",
        description="All calls to +32 get 403 Forbidden. Other countries are fine.",
        notes=("Country list of the trunk is being checked.",),
        resolution="Belgium was missing in the fraud profile; added",
    ),
    Story(
        summary="MPLS {circuit}: high delay since the weekend",
        description="Round trip went from 9 to 61 ms. Citrix users complain; a trace goes by way of Frankfurt.",
        notes=("Rerouted after a fibre cut; the repair crew is digging.",),
        resolution="Fibre repaired, route and delay back to normal",
    ),
    Story(
        summary="Switch port in meeting room 2.{n} has no power over Ethernet",
        description="Camera and phone are dead; a laptop gets a link. Tried another cable.",
        priority=4,
        notes=("Power budget of the switch is used up.",),
        question="Which of the other devices on this switch may be moved",
        resolution="Second power supply fitted",
    ),
    Story(
        summary="Firewall cluster failed over three times tonight",
        description="Sessions to the warehouse system are cut each time. Times are in the log of our monitoring.",
        priority=2,
        notes=("Memory leak known to the manufacturer in this release.",),
        question="Please approve an upgrade of the cluster outside office hours",
        resolution="Both nodes upgraded; no failover in 24 hours",
    ),
    Story(
        summary="Internet in {site} at a tenth of its speed",
        description="Speed tests give 92 Mbit/s on a line of 1 Gbit/s. Started after the planned work of Tuesday.",
        notes=("Interface has come up at 100 Mbit/s after the work.",),
        resolution="Speed set to automatic on both ends",
    ),
    Story(
        summary="Mobile backup of {site} doesn't take over",
        description="Line was pulled in a test of {n} minutes; the 4G router stayed idle. Next test is on Friday.",
        notes=("SIM is active, but the router tracks an address that no longer answers.",),
        resolution="Tracking address corrected; a test with {caller} went well",
    ),
    Story(
        summary="Time on the PBX of {site} runs {n} seconds ahead",
        description="Call records don't match the door system. Police asked for records of last week.",
        priority=4,
        notes=("The PBX uses a time server that was switched off.",),
        question="Which time server may the PBX use from inside your network",
        resolution="New time server set, offset below one second",
    ),
    Story(
        summary="{site}: half of the access points are down",
        description="Floors 3 and 4 have no Wi-Fi. Lights on these points are amber. Nothing was changed by us.",
        priority=2,
        notes=("Licences of the controller ran out at midnight; a temporary one is being ordered.",),
        resolution="Licence extended; all access points are back",
    ),
)
