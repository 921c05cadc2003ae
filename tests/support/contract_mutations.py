"""One thing wrong in good contracts, and the faults that it must give: file, line and id."""

CITY, PARK, ROUND = "tables/city.yaml", "tables/park.yaml", "rounds/first-batch.yaml"
C01_BOUNDS = "plausible: [0.1, 3.0]"
# File, what is replaced (its first occurrence), by what, and the faults: the part of the text on whose line each is
# expected, in the changed file, and what stands behind the line.
Mutation = tuple[str, str, str, tuple[tuple[str, str], ...]]
MUTATIONS: dict[str, Mutation] = {
    "another round": (
        ROUND,
        "round: first-batch",
        "round: another-batch",
        (("round: another", "round: another-batch is not the name of the file"),),
    ),
    "unit": (
        CITY,
        "unit: 吨标准煤/万元",
        "unit: 吨/万元",
        (("code: C01", "indicators.C01: unit: 吨/万元 is not among the scales"),),
    ),
    "one of two units": (
        PARK,
        "辆（%）",
        "万台（%）",
        (("code: P11", "indicators.P11: unit: 辆 is not in 万台（%）"),),
    ),
    "plausible": (
        CITY,
        C01_BOUNDS,
        "plausible: [-1, 3.0]",
        (("吨标准煤/万元:", "indicators.C01.scales.吨标准煤/万元: plausible: -1.0 is outside hard"),),
    ),
    "two at once": (
        CITY,
        f"hard: [0, null]\n        {C01_BOUNDS}",
        "hard: [9, 1]\n        plausible: [3, 2]",
        (
            ("吨标准煤/万元:", "indicators.C01.scales.吨标准煤/万元: hard: 9.0 is not below 1.0"),
            ("吨标准煤/万元:", "indicators.C01.scales.吨标准煤/万元: plausible: 3.0 is not below 2.0"),
            ("吨标准煤/万元:", "indicators.C01.scales.吨标准煤/万元: plausible: 3.0 is outside hard"),
            ("吨标准煤/万元:", "indicators.C01.scales.吨标准煤/万元: plausible: 2.0 is outside hard"),
        ),
    ),
    "rule without a function": (
        "rules.yaml",
        "id: FILE-MACRO",
        "id: FILE-MICRO",
        (
            ("id: FILE-MICRO", "FILE-MICRO.id: there is no function for FILE-MICRO"),
            ("- id: FILE-UNREADABLE", "the rule FILE-MACRO is missing"),
        ),
    ),
    "threshold": (
        "rules.yaml",
        "thresholds: {times: 1.7}",
        "thresholds: {time: 1.7}",
        (
            ("{time: 1.7}", "PACE-FAST.thresholds: times is missing"),
            ("{time: 1.7}", "PACE-FAST.thresholds.time: the rule has no such threshold"),
        ),
    ),
    "factor": (
        CITY,
        "also: {tce/万元: 1,",
        "also: {tce/万元: 1/0,",
        (("1/0", "indicators.C01.scales.吨标准煤/万元.also.tce/万元: a factor must not be divided by 0"),),
    ),
    "factor in words": (
        CITY,
        "also: {tce/万元: 1,",
        "also: {tce/万元: one,",
        (("one,", "indicators.C01.scales.吨标准煤/万元.also.tce/万元: Invalid literal for Fraction: 'one'"),),
    ),
    "unknown key": (
        CITY,
        "    wanted: down",
        "    wish: up\n    wanted: down",
        (("wish: up", "indicators.C01.wish: Unexpected keyword argument"),),
    ),
    "missing key": (CITY, "    wanted: down\n", "", (("code: C01", "indicators.C01.wanted: Field required"),)),
    "key twice": (
        PARK,
        "    wanted: down\n",
        "    wanted: down\n    wanted: up # again\n",
        (("wanted: up # again", "indicators.P02.wanted: is listed twice"),),
    ),
    "two keys twice": (
        "regions.yaml",
        "short: 北京}\n- {name: 天津市,",
        "short: 北京, short: 北京}\n- {name: 天津市, name: 天津市,",
        (("北京, short", "北京市.short: is listed twice"), ("天津市, name", "天津市.name: is listed twice")),
    ),
    "no value": (
        CITY,
        "wanted: down",
        "wanted:",
        (("wanted:\n", "indicators.C01.wanted: Input should be 'up', 'down' or 'any'"),),
    ),
    "empty text": (
        "rules.yaml",
        "title: 文件已加密",
        'title: "  "',
        (('title: "  "', "FILE-ENCRYPTED.title: String should have at least 1 character"),),
    ),
    "number for a text": (
        ROUND,
        "name: 唐山市",
        "name: 12",
        (("name: 12", "provinces.河北省.pilots.12.name: Input should be a valid string"),),
    ),
    "text for a number": (
        ROUND,
        "base_year: 2022",
        'base_year: "2022"',
        (("base_year", "base_year: Input should be a valid integer"),),
    ),
    "no number": (
        CITY,
        C01_BOUNDS,
        "plausible: [.nan, 3.0]",
        ((".nan", "indicators.C01.scales.吨标准煤/万元.plausible..nan: Input should be a finite number"),),
    ),
    "syntax": (
        "guide.yaml",
        "number: 一\n",
        "number: [一\n",
        (("  title: 工作基础", "did not find expected ',' or ']'"),),
    ),
    "tab": (
        "regions.yaml",
        "- {name: 天津市",
        "\t- {name: 天津市",
        (("\t-", "found character that cannot start any token"),),
    ),
    "unknown province": (
        ROUND,
        "name: 河北省",
        "name: 河北道",
        (("name: 河北道", "provinces.河北道.name: 河北道 is not in regions.yaml"),),
    ),
    "unknown indicator": (
        "benchmarks.yaml",
        "indicator: C04",
        "indicator: C77",
        (("indicator: C77", "C77.indicator: C77 is in neither table"),),
    ),
    "target without direction": (
        "benchmarks.yaml",
        "indicator: C04",
        "indicator: C06",
        (
            (
                "indicator: C06",
                "C06.indicator: C06 has no wanted direction, or several units: nothing can be compared with it",
            ),
        ),
    ),
    "target twice": (
        "benchmarks.yaml",
        "indicator: C08, year: 2025",
        "indicator: C04, year: 2025",
        (("value: 30, about: true, doc: 《“十四五”现代", "C04.indicator: C04 has another target of 2025"),),
    ),
    "no wording": (
        "guide.yaml",
        "{what: 区位交通, words: [区位, 位于, 地处, 交通枢纽]",
        "{what: 区位交通, words: []",
        (
            (
                "words: []",
                "chapters.工作基础.parts.1.1.states.区位交通.words: Tuple should have at least 1 item "
                "after validation, not 0",
            ),
        ),
    ),
    "message": (
        "rules.yaml",
        "“{file}”无法作为工作簿打开",
        "“{file!r:>9}”无法作为工作簿打开",
        (("id: FILE-UNREADABLE", "FILE-UNREADABLE: only plain fields may be in "),),
    ),
    "decided twice": (
        ROUND,
        "decisions: []",
        "decisions:\n" + f"- {{sha256: {'a' * 64}, counts: true, reason: 电话确认}}\n" * 2,
        (("round: first-batch", f"decisions: {'a' * 64} is decided twice"),),
    ),
    "no day": (ROUND, "decisions: []", "deadline: 2024-06-31", (("2024-06-31", "day is out of range for month"),)),
    "region twice": (
        "regions.yaml",
        "name: 天津市, short: 天津",
        "name: 天津市, short: 北京",
        (("name: 天津市", "天津市.short: 北京 is listed twice"),),
    ),
    "gate": (
        "gate.yaml",
        "value_set: $quota_provinces",
        "value_set: $provinces",
        (("id: quota-provinces", "quota-provinces: given: unknown parameter provinces"),),
    ),
    "table of the other kind": (PARK, "kind: park", "kind: city", (("kind: city", "kind: city in the file of park"),)),
}
