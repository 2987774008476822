"""Proves what the laws promise for a protocol, over every combination of answers, without trying them one by one.

Why looking at the structure is enough:

- An assessment is the maximum over the rules that fire, and no condition knows "not". So whatever holds for each rule
  over the whole space of its own questions holds for every combination of all questions.
- A rule's own questions are those it tests, and those that decide whether these are asked: a question that was asked
  and left blank is unresolved, one that was not asked is nothing.
- A condition sees an answer only through its comparisons. Answers that no comparison tells apart are walked once and
  counted as many times as there are of them. For a tick list the sets of ticks are added up tick by tick, each
  comparison counted as far as it needs, so that every set is covered: not only pairs, all of them.
- A step that changes one answer can change only the rules that read its question. A rule that no step turns off needs
  no company. For one that a step can turn off (being pregnant without a concern, when a concern is ticked), the space
  is joined with those of the rules that make up for it, as often as needed.
- Rules about a device look at each device by itself, and "any device" needs one: so one device is walked, or as many
  as a condition joins, and a further one is added to show that it takes nothing away.

What outgrows these bounds is a finding, never passed in silence. The program itself (`domain/assessment.py`) reads one
form for each combination that is walked, so that the walk cannot have a meaning of its own.
"""
