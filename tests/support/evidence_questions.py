"""What the clinical evidence says of each question, each option and each text, copied apart from the protocol.

With `evidence.py` this is the record that the protocol is held against: whoever changes the one must mean to.
"""

VISIT = None

# Question: its words, for how many days an answer holds, and when it is asked ("core", "device", or which answers
# to which question open it).
QUESTIONS: dict[str, tuple[str, int | None, str]] = {
    "preg.status": ("Are you pregnant, or could you be?", VISIT, "core"),
    "preg.weeks": ("How many weeks are you?", VISIT, "preg.status: yes"),
    "preg.concerns": ("Has any of this happened in this pregnancy?", VISIT, "preg.status: yes"),
    "preg.carer": (
        "Does your midwife or doctor know you are having this treatment?",
        VISIT,
        "preg.status: yes",
    ),
    "preg.trying": (
        "Are you in the two weeks after ovulation or embryo transfer?",
        VISIT,
        "preg.status: trying",
    ),
    "bleed.condition": ("Has a health worker ever said you have a bleeding problem?", 30, "core"),
    "bleed.condition.text": ("Which bleeding problem is it?", 30, "bleed.condition: other"),
    "bleed.severity": (
        "How serious did they say it is?",
        30,
        "bleed.condition: haemophilia von-willebrand",
    ),
    "bleed.platelets": ("Do you know your latest platelet count?", 30, "bleed.condition: low-platelets"),
    "bleed.platelets.date": ("When was that platelet count taken?", 30, "bleed.condition: low-platelets"),
    "bleed.medicine": ("Do you take medicine that thins your blood or stops clots?", 30, "core"),
    "bleed.medicine.text": ("Which other medicine is it?", 30, "bleed.medicine: other"),
    "bleed.inr": ("Was your last INR blood test in your target range?", 30, "bleed.medicine: warfarin"),
    "bleed.inr.date": ("When was your last INR test?", 30, "bleed.medicine: warfarin"),
    "bleed.inr.value": ("What was the INR number?", 30, "bleed.medicine: warfarin"),
    "bleed.why": (
        "Why do you take it?",
        30,
        "bleed.medicine: warfarin apixaban rivaroxaban edoxaban dabigatran injections clopidogrel aspirin other",
    ),
    "bleed.recent": ("In the last 3 months, which of these have you had?", VISIT, "also: bleed-recent"),
    "bleed.easy": (
        "Do you bruise very easily or bleed for more than 10 minutes from small cuts?",
        VISIT,
        "listed as b14",
    ),
    "bleed.organs": ("Which serious disease do you have?", VISIT, "also: bleed-organs"),
    "imp.any": (
        "Do you have anything put inside your body by a surgeon, or a medical device you wear?",
        182,
        "core",
    ),
    "imp.devices": ("Which devices do you have?", 182, "imp.any: yes"),
    "imp.kind": ("What do you have?", 182, "device"),
    "imp.kind.text": ("What is it called?", 182, "imp.kind: other"),
    "imp.loc": ("Where in or on your body is it?", 182, "device"),
    "imp.date": ("When was it put in?", 182, "device"),
    "imp.state": ("How is it now?", 182, "device"),
    "imp.issue": ("Any soreness, redness, swelling, or recent shocks?", 182, "device"),
    "imp.card": ("Do you have a device card?", 182, "device"),
    "imp.depend": ("Were you told your heart always needs the pacemaker?", 182, "imp.kind: pacemaker icd"),
    "also": ("Do any of these apply to you?", VISIT, "core"),
    "ask.provider": ("Would you like to ask or tell your provider something?", VISIT, "core"),
}

OPTIONAL = {"bleed.condition.text", "bleed.medicine.text", "bleed.inr.value", "imp.kind.text", "ask.provider"}

_YES_NO = "yes Yes / no No"
_UNKNOWN = "not-sure Not sure / in-person I'd rather tell my provider in person"
_UNKNOWN_NUMBER = "not-sure I don't know / in-person I'd rather tell my provider in person"
# Question: the code of each option and the words that a patient reads, in order. Codes are what rules test.
_OPTIONS = {
    "preg.status": "yes Yes, I am / might-be I might be (for example my period is late) / no No / trying No, but I am "
    "trying for a baby or having fertility treatment / cannot-apply This can't apply to me",
    "preg.weeks": "0-12 0-12 weeks / 13-27 13-27 weeks / 28-36 28-36 weeks / 37-or-more 37 weeks or more",
    "preg.concerns": "bleeding Bleeding / pains Tummy pains or tightenings that come and go / waters Waters leaking / "
    "high-risk I was told it is high risk / twins Twins or more / low-placenta Low placenta (placenta praevia) / "
    "stitch A stitch in the neck of the womb (cervical stitch) / early-baby An earlier baby born early or a late loss "
    "/ blood-pressure High blood pressure / none None of these",
    "preg.carer": _YES_NO,
    "preg.trying": _YES_NO,
    "bleed.condition": "no No / haemophilia Haemophilia / von-willebrand von Willebrand disease / low-platelets Low "
    "platelets / other Another one (say which)",
    "bleed.severity": "mild Mild / moderate Moderate / severe Severe",
    "bleed.platelets": "under-50 Under 50 / 50-to-99 50 to 99 / 100-or-more 100 or more",
    "bleed.platelets.date": "",
    "bleed.medicine": "warfarin Warfarin / apixaban Apixaban (Eliquis) / rivaroxaban Rivaroxaban (Xarelto) / edoxaban "
    "Edoxaban (Lixiana) / dabigatran Dabigatran (Pradaxa) / injections Heparin or other clot-stopping injections / "
    "clopidogrel Clopidogrel, prasugrel or ticagrelor / aspirin Daily aspirin / other Other / none None of these",
    "bleed.inr": "in-range Yes / too-high No, too high / too-low No, too low",
    "bleed.inr.date": "",
    "bleed.why": "irregular-heartbeat Irregular heartbeat (atrial fibrillation) / clot Clot in leg or lung / "
    "heart-valve Heart valve / stent-heart-attack-stroke Stent, heart attack or stroke / other Other",
    "bleed.recent": "medical-bleed A bleed needing medical care / black-poo Black or bloody poo / blood-in-pee Blood "
    "in pee / brain-bleed A bleed in the brain / stroke A stroke / head-injury A fall with a head injury / big-bruise "
    "A big unexplained bruise / none None of these",
    "bleed.easy": _YES_NO,
    "bleed.organs": "liver Liver disease / kidney Kidney disease / no No",
    "imp.any": _YES_NO,
    "imp.devices": "",
    "imp.kind": "pacemaker Pacemaker / icd Shock device for the heart (ICD) / worn-defibrillator Worn defibrillator "
    "vest / rhythm-recorder Heart rhythm recorder / heart-pump Heart pump (LVAD) or artificial heart / "
    "nerve-stimulator Nerve, spine or brain stimulator / bladder-vagus-stimulator Bladder or vagus nerve stimulator / "
    "medicine-pump Medicine pump inside the body / insulin-pump Insulin pump or glucose sensor / hearing-implant "
    "Hearing implant / joint-replacement Joint replacement / metalwork Metal plates, rods, screws (incl. spine) / "
    "breast-body-implant Breast or body implant / shunt Brain fluid shunt / port Port, long line, dialysis fistula or "
    "graft / heart-valve Heart valve (replaced or repaired) / stent-filter Stent or vein filter / contraceptive "
    "Contraceptive implant or coil / other Other",
    "imp.loc": "head-left Head or ear, left / head-right Head or ear, right / head-middle Head, middle or both sides / "
    "neck Neck / shoulder-left Shoulder, left / shoulder-right Shoulder, right / chest-left Chest or breast, left / "
    "chest-right Chest or breast, right / chest-middle Chest, middle or both sides / spine-upper Upper back or spine "
    "/ spine Lower back or spine / abdomen Tummy (abdomen) / pelvis Pelvis, buttock or womb / arm-left Upper arm, left "
    "/ arm-right Upper arm, right / elbow-left Elbow or forearm, left / elbow-right Elbow or forearm, right / "
    "hand-left Wrist or hand, left / hand-right Wrist or hand, right / hip-left Hip, left / hip-right Hip, right / "
    "groin-left Groin or thigh, left / groin-right Groin or thigh, right / knee-left Knee, left / knee-right Knee, "
    "right / leg-left Lower leg, left / leg-right Lower leg, right / ankle-left Ankle or foot, left / ankle-right "
    "Ankle or foot, right / several-places In several places",
    "imp.date": "under-6-weeks Under 6 weeks ago / 6-weeks-to-3-months 6 weeks to 3 months ago / 3-to-12-months 3 to "
    "12 months ago / over-1-year Over 1 year ago",
    "imp.state": "working In and working / switched-off In but switched off / partly-removed Partly removed (wires "
    "left) / removed Fully removed",
    "imp.issue": _YES_NO,
    "imp.card": _YES_NO,
    "imp.depend": _YES_NO,
    "also": "o11 New weakness, numb saddle area, bladder or bowel change, fever, weight loss or bad fall / "
    "bleed-recent A bleed, black poo, big bruise, stroke or head injury (last 3 months) / o7 Skin infection, "
    "wound, rash or "
    "psoriasis where it hurts / b14 I bruise very easily or bleed long from small cuts / bleed-organs Serious liver "
    "or kidney disease / o1 Cancer treatment now, or low white cells / o13 A lump, or cancer now or in the past, where "
    "it hurts / o2 Weak immune system, or medicine that lowers it (transplant, strong "
    "steroids, rheumatoid arthritis) / o8 Diabetes, or numb feet "
    "or hands / o9 Lung disease, or slim with chest, shoulder, neck or upper back pain / o12 Heart valve disease, or "
    "antibiotics before the dentist / o4 Fits or epilepsy / o3 Arm or leg swelling after lymph nodes were removed / "
    "o14 Spine surgery in the past, no metal that I know of / o5 I fainted with needles, or am very scared of them / "
    "o6 Metal or nickel allergy / o10 I am under 16, or need help to decide / none None of these",
}
_SAY_THAT_THEY_DO_NOT_KNOW = {"bleed.platelets", "bleed.platelets.date", "bleed.inr", "bleed.inr.date"}
# What the desk is given to do by an answer.
TASKS = {("imp.card", "yes"), ("imp.card", "no")}
# What the program finds among the questions, whatever their ids are, and the state of a device that needs no word.
ROLES = {"imp.kind": "device-kind", "imp.state": "device-state", "ask.provider": "to-provider"}
ORDINARY = {"imp.state": "working"}
# What questions are called in sentences about rules; these three are called by a plural.
SHORT = {
    "preg.status": "pregnancy",
    "preg.weeks": "the week of pregnancy",
    "preg.concerns": "the signs in this pregnancy",
    "preg.carer": "the midwife or doctor knowing of the treatment",
    "preg.trying": "the two weeks after ovulation or transfer",
    "bleed.condition": "the bleeding problem",
    "bleed.condition.text": "the bleeding problem in own words",
    "bleed.severity": "the seriousness of the bleeding problem",
    "bleed.platelets": "the platelet count",
    "bleed.platelets.date": "the day of the platelet count",
    "bleed.medicine": "the blood-thinning medicines",
    "bleed.medicine.text": "the other medicine in own words",
    "bleed.inr": "the last INR in its range",
    "bleed.inr.date": "the day of the last INR test",
    "bleed.inr.value": "the INR number",
    "bleed.why": "the reason for the medicine",
    "bleed.recent": "the bleeding of the last 3 months",
    "bleed.easy": "easy bruising or long bleeding",
    "bleed.organs": "the serious disease",
    "imp.any": "having an implant or a worn device",
    "imp.devices": "the list of devices",
    "imp.kind": "the device",
    "imp.kind.text": "the device in own words",
    "imp.loc": "the place of the device",
    "imp.date": "the age of the implant",
    "imp.state": "the state of the device",
    "imp.issue": "soreness, swelling or shocks",
    "imp.card": "the device card",
    "imp.depend": "the heart always needing the pacemaker",
    "also": "the tick list",
    "ask.provider": "the question to the provider",
}
PLURAL = {"preg.concerns", "bleed.medicine", "imp.issue"}
# Where another answer than no or none reports nothing.
NOTHING_TO_REPORT = {
    "preg.carer": "yes",
    "bleed.inr": "in-range",
    "bleed.platelets": "100-or-more",
    "imp.date": "over-1-year",
    "imp.state": "removed",
}


def options_of(question: str) -> dict[str, str]:
    """The words of each option by its code, in order, with those for not knowing."""
    if question not in _OPTIONS:
        return {}
    unknown = _UNKNOWN_NUMBER if question in _SAY_THAT_THEY_DO_NOT_KNOW else _UNKNOWN
    lines = [line for line in (*_OPTIONS[question].split(" / "), *unknown.split(" / ")) if line]
    return {code: words for code, _, words in (line.partition(" ") for line in lines)}


# The article sections of each flag, by the groups of the evidence; the last ones say what cannot wait.
_BLOOD = ["safety-bleeding", "a-balanced-approach", "ready-to-explore"]
_SMALL_BLEEDS = ["safety-bleeding", "what-to-expect", "improved-circulation"]
_ELECTRIC = ["safety-implants", "what-is-acupuncture", "what-to-expect", "muscle-relaxation"]
_ELECTRIC += ["stress-and-nervous-system-support"]
_METAL = ["safety-implants", "conditions-commonly-treated", "pain-relief", "improved-mobility"]
_URGENT = {"B13", "I20", "O11"}
_MORE_SECTIONS = {"O5": ["what-to-expect"], "O11": ["a-balanced-approach"]}
_TOGETHER = {
    "C1": ["safety-pregnancy", "safety-bleeding", "a-balanced-approach"],
    "C2": ["safety-implants", "safety-bleeding", "a-balanced-approach"],
}
_SMALL = {"B8", "B11", "B12", "B15", "B16"}
_MECHANICAL = {"I10", "I11", "I12", "I13", "I14", "I16", "I17", "I18"}


def sections_of(rule: str) -> set[str]:
    found = {
        "P": ["safety-pregnancy", "what-to-expect", "a-balanced-approach", "conditions-commonly-treated"],
        "B": _SMALL_BLEEDS if rule in _SMALL else _BLOOD,
        "I": _METAL if rule in _MECHANICAL else _ELECTRIC,
        "O": ["safety-other"],
        "U": ["safety-other"],
        "C": _TOGETHER.get(rule, []),
    }[rule[0]]
    return {*found, *_MORE_SECTIONS.get(rule, []), *(["safety-get-help"] if rule in _URGENT else [])}


# The sources of the provider's texts, which stand beside those of the rule itself.
_IN_PREGNANCY = "aacp-2012 carr-2015 betts-2011 moon-2020 cup-2018 tens-labels acpwh-2012 xu-2014 moxa-2010"
_NEEDLES_AND_BLOOD = "bacc-web ctm-2018 munoz-2022 xu-2014 cummings-2011 sdh-reports"
_HEART_DEVICES = "bacc-web thompson-2008 arain-2023 badger-2017"
_OTHER_TEXTS = {"B12": "bacc-web munoz-2022", "B13": "", "P7": "", "P8": ""}


def text_sources_of(rule: str) -> set[str]:
    if rule in _OTHER_TEXTS:
        return set(_OTHER_TEXTS[rule].split())
    found = {"P": _IN_PREGNANCY, "B": _NEEDLES_AND_BLOOD}.get(rule[0], "")
    # How mild events of ear needling are is said where ear needles may be used with changes.
    found += " tan-2014" if rule[0] == "B" and rule not in ("B9", "B18") else ""
    contested = ("B8", "B9", "B10", "B11", "B17", "B18")
    found += " who-1999 mcculloch-2015 hsieh-2023" if rule in contested else ""
    found += f" {_HEART_DEVICES}" if rule in ("I1", "I2", "I3", "I4") else ""
    found += " vasilakos-2011" if rule in ("I1", "I2") else ""
    return set(found.split())


# How unknown answers are read: severity, support tags, sources.
PRINCIPLES = {
    "U1": ("not-sure", "stop", "F J", "nice-ng45 ch-rad"),
    "U2": ("not-told", "stop", "F J", "sor-2021 ch-rad"),
    "U3": ("missing-detail", "", "F J", "ch-rad"),
    "I19": ("device-state", "", "F J", "sjm-tens"),
}
HELP_SECTION = "safety-get-help"
ON_ARRIVAL = (
    ("could you be pregnant?", "has anything on the list changed?"),
    "whether the patient could be pregnant and whether anything on the list has changed",
)

PATIENT_TEXTS = {
    "thanks": "Thank you. Your provider will read your answers and talk with you before treatment. This form does not "
    "decide if treatment is right for you.",
    "stop": "Your provider needs to talk with you about one of your answers before treatment. Please keep taking your "
    "medicines as normal.",
    "urgent": "If you feel very unwell now, get emergency help now. Do not wait for your visit.",
}
# The sections that a patient is pointed to after sending.
SECTION_TEXTS = {
    "safety-pregnancy",
    "safety-bleeding",
    "safety-implants",
    "safety-other",
    "safety-get-help",
    "safety-and-considerations",
    "what-to-expect",
    "what-is-acupuncture",
    "a-balanced-approach",
    "conditions-commonly-treated",
}
MODALITIES = {
    "MA": "Manual acupuncture",
    "EA": "Electroacupuncture",
    "MX": "Moxibustion or heat",
    "CU": "Cupping",
    "DN": "Deep or dry needling",
    "AU": "Ear needles",
}
# Rules that look at each device by itself; the others about devices look at the whole list.
PER_DEVICE = {f"I{number}" for number in range(1, 24)} - {"I19", "I21"}
