"""Every check, one after the other: in full for a report, or those that a start can wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from screening.domain.protocol.model import Protocol, Question
from screening.domain.verification import claims, monotone, rules, texts, total
from screening.domain.verification.reading import Reading
from screening.domain.verification.report import Coverage, Finding, Report
from screening.domain.verification.spaces import Spaces
from screening.domain.verification.ticks import TooLarge
from screening.domain.verification.uses import Uses

Progress = Callable[[int, int], None]
Check = Callable[[], Iterable[Finding]]


def verify(
    protocol: Protocol,
    more_texts: Mapping[str, str] | None = None,
    *,
    quick: bool = False,
    progress: Progress = lambda *_: None,
) -> Report:
    """The report on a protocol. `more_texts`: what else patients read, such as the article.

    `quick` leaves out what takes longest: the search for what not knowing makes milder, for rules that are in each
    other's way, and the program's own reading of every combination.
    """
    proof = _Proof(protocol, more_texts or {})
    checks = list(proof.quick_checks() if quick else proof.all_checks())
    for done, (about, check) in enumerate(checks):
        proof.run(about, check)
        progress(done + 1, len(checks))
    return proof.report(quick)


class NotVerified(Exception):
    """The quick form found something: the product does not start on such a protocol."""


_VERIFIED: set[tuple[str, str]] = set()


def verified(protocol: Protocol) -> Protocol:
    """The protocol, once the quick form has found nothing; looked for once for each content."""
    known = (protocol.digest, protocol.name)
    if known not in _VERIFIED:
        findings = verify(protocol, quick=True).findings
        if findings:
            first = findings[0]
            raise NotVerified(
                f"The protocol {protocol.name} does not pass verification. {first.about}: {first.says}. "
                f"Findings of the quick form: {len(findings)}. For all of them: screening verify FILE"
            )
        _VERIFIED.add(known)
    return protocol


class _Proof:
    def __init__(self, protocol: Protocol, more_texts: Mapping[str, str]) -> None:
        self.protocol = protocol
        self.spaces = Spaces(Reading(protocol))
        self.form_texts = texts.patient_texts(protocol)
        self.more_texts = dict(more_texts)
        self.findings: list[Finding] = []
        self.milder: list[str] = []
        self.uses = Uses(self.spaces)

    def run(self, about: str, check: Check) -> None:
        try:
            self.findings += check()
        except TooLarge as problem:
            says = f"this cannot be proven: {problem}. Split the condition, or ask less in one place"
            self.findings.append(Finding("bounds", about, says))

    def quick_checks(self) -> Iterator[tuple[str, Check]]:
        yield "claims", partial(claims.without_grounds, self.protocol)
        yield "fallback", partial(claims.let_through, self.protocol)
        yield "texts", partial(texts.without_words, self.protocol)
        yield "texts", partial(texts.forbidden, {**self.form_texts, **self.more_texts})
        yield "uses", self.uses.idle_questions
        for question in self.protocol.questions.values():
            yield question.id, partial(monotone.counted_as_no, self.spaces, question, self.uses)
        for rule in self.protocol.rules.values():
            yield rule.id, partial(rules.unreachable, self.spaces, rule)
            yield rule.id, partial(monotone.lost_by_reporting_more, self.spaces, rule)

    def all_checks(self) -> Iterator[tuple[str, Check]]:
        yield from self.quick_checks()
        yield "texts", partial(texts.too_hard, self.form_texts)
        for question in self.protocol.questions.values():
            yield question.id, partial(self._not_knowing, question)
        for rule in self.protocol.rules.values():
            yield rule.id, partial(rules.pointless, self.spaces, rule)
            yield rule.id, partial(total.without_assessment, self.spaces, rule)

    def _not_knowing(self, question: Question) -> Iterator[Finding]:
        found = monotone.milder_when_unknown(self.spaces, question)
        self.milder += [monotone.milder_line(self.spaces, question, each) for each in found]
        yield from monotone.milder_than_every_answer(self.spaces, question, found)

    def report(self, quick: bool) -> Report:
        protocol = self.protocol
        plain = Report(
            protocol.name, protocol.version, protocol.status, protocol.digest, quick, tuple(self.findings)
        )
        return plain if quick else self._with_lists(plain)

    def _with_lists(self, plain: Report) -> Report:
        """With what was covered, and with what is no fault but worth reading."""
        every_text = {**self.form_texts, **self.more_texts}
        protocol, spaces = self.protocol, self.spaces
        return replace(
            plain,
            topics=tuple(part for part in map(self._topic, protocol.topics) if part.questions),
            rules=tuple(
                self._counted(partial(total.rule_coverage, spaces, rule)) for rule in protocol.rules.values()
            ),
            whole=self._counted(partial(total.whole_coverage, spaces)).combinations,
            across=tuple(_across(spaces)),
            milder_when_unknown=tuple(self.milder),
            only_for_the_reader=tuple(self.uses.idle_options()),
            only_add_a_reason=tuple(
                rule.id for rule in protocol.rules.values() if rules.only_adds_a_reason(spaces, rule)
            ),
            only_from_outside=tuple(self.uses.needless_tests()),
            reading_ages=texts.reading_ages(every_text),
            average_age=texts.average_age(self.form_texts),
        )

    def _topic(self, code: str) -> Coverage:
        return self._counted(partial(total.topic_coverage, self.spaces, code))

    @staticmethod
    def _counted(part: Callable[[], Coverage]) -> Coverage:
        """What is too large to be counted has a finding of its own already."""
        try:
            return part()
        except TooLarge as problem:
            return Coverage(str(problem), 0, 0, 0)


def _across(spaces: Spaces) -> Iterator[str]:
    """The rules that read answers of several topics, with the topics."""
    for rule in spaces.protocol.rules.values():
        topics = {spaces.protocol.questions[name].topic for name in spaces.reading.reads[rule.id]}
        if len(topics) > 1:
            ordered = [topic for topic in spaces.protocol.topics if topic in topics]
            yield f"{rule.id} ({', '.join(ordered)})"
