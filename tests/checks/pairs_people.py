"""People and rights: check, severity, sheet, part of the text, tripping edits, harmless edits."""

BORDER = "interview at the border"
HOMES = "safe houses and local protection"
VISA = "seasonal work from Southland"
WAITING = "waiting at the border"
BACK = ("People", "", {"People": "sent home", "Place": "Southland", "State": "returned"})
LOST = ("People", "", {"People": "in a cul-de-sac", "Place": "Northland", "State": "in procedure"})

PEOPLE = [
    (
        "shares-sum", "error", "Pipelines", "0.95",
        [("Pipelines", BORDER, {"Share 2": 0.4})],
        [("Pipelines", BORDER, {"Share 1": 0.1, "Share 2": 0.9})],
    ),
    (
        "shares-sum", "error", "Pipelines", "more leave than came",
        [("Pipelines", BORDER, {"To 3": "gave up waiting", "Share 3": 0.1})],
        [("Pipelines", BORDER, {"Share 2": 1 / 3, "To 3": "gave up waiting", "Share 3": 1 - 0.55 - 1 / 3})],
    ),
    (
        "destination-missing", "error", "Pipelines", "'To 3' is blank",
        [("Pipelines", BORDER, {"Share 2": 0.35, "Share 3": 0.1})],
        [("Pipelines", BORDER, {"Share 2": 0.35, "To 3": "gave up waiting", "Share 3": 0.1})],
    ),
    (
        "destination-twice", "error", "Pipelines", "'To 1' and in 'To 2'",
        [("Pipelines", BORDER, {"To 2": "protected in Northland"})],
        [("Pipelines", BORDER, {"To 2": "gave up waiting"})],
    ),
    (
        "destination-nobody", "warning", "Pipelines", "nobody goes to 'gave up waiting'",
        [("Pipelines", BORDER, {"To 3": "gave up waiting"})],
        [("Pipelines", BORDER, {"Share 2": 0.44, "To 3": "gave up waiting", "Share 3": 0.01})],
    ),
    (
        "destination-own", "error", "Pipelines", "everybody comes back",
        [("Pipelines", BORDER, {"To 1": WAITING, "Share 1": 1.0, "To 2": None, "Share 2": None})],
        [("Pipelines", BORDER, {"To 2": WAITING})],
    ),
    (
        "movement-own", "error", "Movements", "moves to itself",
        [("Movements", "", {"From": "refused", "To": "refused", "Share a year": 0.1})],
        [("Movements", "", {"From": "refused", "To": "gave up waiting", "Share a year": 0.1})],
    ),
    (
        "movements-sum", "warning", "Movements", "1.05",
        [("Movements", "", {"From": WAITING, "To": "refused", "Share a year": 0.9})],
        [("Movements", "", {"From": WAITING, "To": "refused", "Share a year": 0.85})],
    ),
    (
        "move-one-sided", "error", "Programmes", "arrive nowhere",
        [("Programmes", HOMES, {"Moves to": None})],
        [("Programmes", HOMES, {"Moves from": None, "Moves to": None, "People per unit": None})],
    ),
    (
        "move-one-sided", "error", "Programmes", "from nowhere",
        [("Programmes", HOMES, {"Moves from": None})],
        [],
    ),
    (
        "move-own", "error", "Programmes", "nowhere",
        [("Programmes", HOMES, {"Moves to": "at risk in Southland"})],
        [],
    ),
    (
        "move-own", "error", "Visas", "go to it",
        [("Visas", VISA, {"Goes to": "ready to work abroad"})],
        [("Visas", VISA, {"Takes from": None})],
    ),
    (
        "move-nobody", "warning", "Programmes", "0 people",
        [("Programmes", HOMES, {"People per unit": 0.0})],
        [("Programmes", HOMES, {"People per unit": 0.5})],
    ),
    (
        "move-unused", "warning", "Programmes", "nobody moves",
        [("Programmes", HOMES, {"Moves from": None, "Moves to": None})],
        [("Programmes", HOMES, {"Moves from": None, "Moves to": None, "People per unit": 1.0})],
    ),
    (
        "share-unused", "warning", "Visas", "nobody comes from 'refused'",
        [("Visas", VISA, {"Otherwise from": "refused"})],
        [("Visas", VISA, {"Otherwise from": "refused", "Share from": 0.9})],
    ),
    (
        "share-unused", "warning", "Visas", "which is blank",
        [("Visas", VISA, {"Takes from": None, "Share from": 0.5})],
        [("Visas", VISA, {"Share from": 0.5})],
    ),
    (
        "start-above-limit", "error", "People", "nothing can take anyone out",
        [("People", "refused", {"At start": 300.0, "At most": 200.0})],
        [("People", "refused", {"At start": 300.0, "At most": 300.0})],
    ),
    (
        "start-above-limit", "warning", "People", "must bring the number down",
        [("People", WAITING, {"At most": 4000.0})],
        [("People", WAITING, {"At most": 9000.0})],
    ),
    (
        "limit-missing", "warning", "People", "there is no limit",
        [("People", "refused", {"Limit is": "right"})],
        [("People", "refused", {"Limit is": "target"})],
    ),
    (
        "right-broken-at-start", "error", "People", "180 days",
        [("People", WAITING, {"Limit is": "right", "Waited at start": 270.0})],
        [("People", WAITING, {"Limit is": "right", "Waited at start": 180.0})],
    ),
    (
        "right-without-way-out", "error", "People", "nothing takes anyone out",
        [LOST, ("People", "in a cul-de-sac", {"At start": 5.0, "Time limit": 90.0, "Limit is": "right"})],
        [LOST, ("People", "in a cul-de-sac", {"At start": 5.0, "Time limit": 90.0, "Limit is": "target"})],
    ),
    (
        "right-refoulement", "error", "Movements", "non-refoulement",
        [BACK, ("Movements", "", {"From": WAITING, "To": "sent home", "Share a year": 0.1})],
        [BACK, ("Movements", "", {"From": "refused", "To": "sent home", "Share a year": 0.1})],
    ),
    (
        "right-refoulement", "error", "Pipelines", "'sent home'",
        [BACK, ("Pipelines", BORDER, {"To 2": "sent home"})],
        [BACK, ("Pipelines", BORDER, {"Takes from": "refused", "To 2": "sent home"})],
    ),
    (
        "right-refoulement", "error", "Programmes", "state 'waiting'",
        [BACK, ("Programmes", HOMES, {"Moves from": WAITING, "Moves to": "sent home"})],
        [BACK, ("Programmes", HOMES, {"Moves from": "refused", "Moves to": "sent home"})],
    ),
    (
        "right-refoulement", "error", "Visas", "before the claim is decided",
        [BACK, ("Visas", VISA, {"Otherwise from": WAITING, "Share from": 0.5, "Goes to": "sent home"})],
        [BACK, ("Visas", VISA, {"Otherwise from": WAITING, "Share from": 0.5})],
    ),
    (
        "right-off", "warning", "Rules", "switched off",
        [("Rules", "no abrupt cuts in protection at home", {"Category": "right", "On": "no"})],
        [("Rules", "no abrupt cuts in protection at home", {"On": "no"})],
    ),
    (
        "right-soft", "warning", "Rules", "may be broken",
        [("Rules", "no abrupt cuts in protection at home", {"Category": "right", "Strength": "soft", "Penalty": 9.0})],
        [("Rules", "no abrupt cuts in protection at home", {"Category": "right"})],
    ),
    (
        "enforcement-rewarded", "warning", "Outcome terms", "paid for enforcement",
        [
            ("Programmes", "recruitment support", {"Line of action": "border enforcement"}),
            ("Outcome terms", "", {"Outcome": "legal admissions", "Line": "2", "Measure": "money",
                                   "Where": "line of action: border enforcement"}),
        ],
        [
            ("Programmes", "recruitment support", {"Line of action": "border enforcement"}),
            ("Outcome terms", "", {"Outcome": "public money", "Line": "2", "Measure": "money",
                                   "Where": "line of action: border enforcement"}),
        ],
    ),
]  # fmt: skip
