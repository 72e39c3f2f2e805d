package programme

func variantShape() *shape {
	return mapping("variant", "One way in which the programme is given: for whom, how often, by whom. Trainings, boosters and meetings are variants too.",
		must("id", one(idIn(nsVariant)), "Its id. It stays the same between versions.", "parents"),
		may("kind", one(oneOf(Group, Course, Booster, Network, Conference, Treatment)), "What it is. Needed, unless `like` gives it.", "group"),
		may("like", one(named(nsVariant)), "Another variant of the file. Every key that this one leaves out is taken from it (all but id, title, summary and notes); a key that this one has replaces the other's as a whole.", "parents"),
		must("title", texts, "What it is called.", "{sv: Föräldragrupp, en: Parents' group}"),
		may("summary", texts, "What it is, in a sentence or two.", "{sv: För föräldrar till tonåringar., en: For parents of teenagers.}"),
		may("focus", texts, "What it dwells on.", "{sv: Barnets traumatiska upplevelser, en: The child's traumatic experiences}"),
		may("words", wordsType(), "Its own words, before those of the programme.",
			"{round: {sv: {a: en utbildning, the: utbildningen, many: utbildningar, the_many: utbildningarna}, en: {a: a course, the: the course, many: courses, the_many: the courses}}}"),
		may("digital", one(boolean), "true: people meet on screen.", "true"),
		may("given_by", one(oneOf("hub", "owner", "anyone")), "Who may give it: only the hub, only the programme's owner, or anyone who has staff for it. Left out: anyone.", "hub"),
		may("every", one(rhythm), "How often sessions come, or `agreed` when they come as is agreed.", "1 week"),
		may("unbroken", one(boolean), "true: in one period without pauses.", "true"),
		may("lasts", one(period), "About how long it goes on, where the sessions do not tell.", "6 months"),
		may("participants", object(participantsShape()), "Who comes, and how many.", "{recommended: 8-16, counted_in: persons, child_age: 8-18}"),
		may("admission", listOf(object(criterionShape())), "What an applicant is assessed on.", "[{id: groups, needed: true, sv: Erfarenhet av att hålla grupp, en: Experience of leading groups}]"),
		may("staff", tableOf(named(nsRole), either(one(limits(0, 100)), object(staffingShape()))), "How many in each role, and what they must hold.", "{leader: {count: 2, holds: leader}, technician: 1}"),
		may("sessions", &typ{sort: aList, elem: object(sessionShape()), least: 1}, "The sessions in order.", "[{id: info, kind: information, optional: true, minutes: 90, sv: Informationsträff, en: Information meeting}, {each: principles, minutes: 90-120}]"),
		may("waves", listOf(object(waveShape())), "When questionnaires are answered.", "[{id: after, opens: at end, closes: 14 days after end, answers: participant, needed: true, sv: Efter, en: After}]"),
		may("filming", object(filmingShape()), "How films are made in this variant.", "{of: session, camera: everyone, consent: [participant]}"),
		may("interpreter", object(interpreterShape()), "Rounds in another language.", "{allowed: true, paid_by: organiser}"),
		may("workload", one(whole(1, 60)), "Hours a week that a leader's first round takes.", "8"),
		may("support", object(mapping("support", "What follows afterwards.",
			must("lasts", one(period), "For how long.", "1 year"),
			may("by", one(named(nsRole)), "By which role.", "supervisor"),
			notesKey(),
		).withTitle()), "What follows after a course.", "{lasts: 1 year, sv: Metodstöd, en: Method support}"),
		may("course", object(courseShape()), "What a course adds: taking stock, a plan, exchange.", "{plan: true, exchange: true}"),
		may("treatment", object(treatmentShape()), "How a family treatment goes.", "{phases: [{id: mapping, sv: Kartläggning, en: Mapping}]}"),
		notesKey(),
	)
}

// rhythm is a period, or Agreed.
var rhythm = &scalar{form: "rhythm", pattern: `^(agreed|([0-9]{1,4} )?(day|week|month|year)s?)$`, parse: func(_ *scalar, raw string) (any, bool) {
	if raw == "agreed" {
		return Rhythm{Agreed: true}, true
	}
	p, ok := parsePeriod(raw)
	return Rhythm{Every: p}, ok
}}

func participantsShape() *shape {
	return mapping("participants", "Who comes, and how many.",
		may("who", texts, "For whom it is.", "{sv: Föräldrar till barn 8–18 år, en: Parents of children aged 8–18}"),
		may("recommended", one(limits(1, maxNumber)), "How many are recommended.", "8-16"),
		may("limit", one(limits(1, maxNumber)), "How many are allowed. Outside of it a round cannot be held.", "3-20"),
		may("counted_in", one(oneOf("persons", "households", "units")), "What is counted. Left out: persons.", "persons"),
		may("per_household", one(whole(1, 20)), "At most so many of one household.", "2"),
		may("child_age", one(limits(0, 25)), "How old the child is, in years.", "8-18"),
		may("from_same", one(boolean), "true: several from one organisation are wished for; one alone may come too.", "true"),
		notesKey(),
	)
}

func criterionShape() *shape {
	return mapping("criterion", "Something that an applicant is assessed on.",
		must("id", one(idIn(nsCriterion)), "Its id.", "education"),
		may("needed", one(boolean), "true: it is asked for; otherwise it speaks in favour.", "true"),
		may("instead_of", one(named(nsCriterion)), "Another criterion that this one can stand in for.", "education"),
		may("leads", someOf(one(named(nsVariant))), "Asked only of those who will lead these variants.", "[foster]"),
		may("by", one(oneOf("applicant", "contact")), "Who vouches for it. Left out: the applicant.", "contact"),
		notesKey(),
	).withTitle()
}

func staffingShape() *shape {
	return mapping("staffing", "How many in a role, and what they must hold.",
		must("count", one(limits(0, 100)), "How many.", "2"),
		may("holds", someOf(one(named(nsCredential))), "They hold one of these credentials.", "[leader]"),
		may("completed", someOf(one(named(nsVariant))), "Those who do not hold it have completed one of these courses.", "[leader-training]"),
		may("learning", one(boolean), "true: one who is on the way to the credential may have the role, in a supervised round.", "true"),
		notesKey(),
	)
}

func sessionShape() *shape {
	return mapping("session", "One session, or several alike: `id` for one, `each` for one a principle, `id` with `repeat` for a number of them.",
		may("id", one(idIn(nsSession)), "Its id. With repeat, each gets its number after it: day-1, day-2.", "info"),
		may("each", one(oneOf("principles")), "One session for each principle, with the principle's id and title.", "principles"),
		may("repeat", one(whole(1, 200)), "So many alike.", "6"),
		may("kind", one(sessionKind), "What sort of session. Left out: session, or principle with each.", "information"),
		may("principle", one(named(nsPrinciple)), "Which principle it is on, when each is not used.", "p1"),
		may("minutes", one(limits(1, 1440)), "How long, in minutes.", "90-120"),
		may("optional", one(boolean), "true: a round may do without it.", "true"),
		may("advised", one(boolean), "true: optional, but recommended.", "true"),
		notesKey(),
	).mayTitle()
}

func waveShape() *shape {
	return mapping("wave", "An occasion at which questionnaires are answered.",
		must("id", one(idIn(nsWave)), "Its id. It stays the same between versions, so that before and after can be compared.", "after"),
		must("opens", one(moment), "From when it can be answered.", "at end"),
		may("closes", one(moment), "Until when. Left out: until the round is closed.", "14 days after end"),
		must("answers", one(oneOf("participant", "child", "leader", "learner")), "Who answers.", "participant"),
		may("instruments", someOf(one(named(nsInstrument))), "Which questionnaires.", "[opinion]"),
		may("needed", one(boolean), "true: the programme asks for it in every round.", "true"),
		notesKey(),
	).withTitle()
}

func courseShape() *shape {
	return mapping("course", "What a course adds to a round.",
		may("questions", listOf(object(itemShape())), "What the course dwells on.", "[{id: needs, sv: Vad behöver föräldrar hjälp med?, en: What do parents need help with?}]"),
		may("inventory", listOf(object(itemShape())), "What learners take stock of at home.", "[{id: contact, sv: Kontakt mellan barn och förälder, en: Contact between child and parent}]"),
		may("plan", one(boolean), "true: learners make a plan of what to improve.", "true"),
		may("exchange", one(boolean), "true: organisations share experience.", "true"),
		may("reactions", one(oneOf("gathered", "published")), "What learners thought is gathered, or gathered and published.", "published"),
		may("join_later", one(boolean), "true: colleagues may join a later round.", "true"),
		may("voices", texts, "Who is heard, such as parents.", "{sv: Två föräldrar berättar, en: Two parents tell}"),
		notesKey(),
	)
}

func treatmentShape() *shape {
	network := oneOf("private", "professional")
	return mapping("treatment", "How a family treatment goes.",
		must("phases", &typ{sort: aList, least: 1, elem: object(mapping("phase", "One of the phases, in order.",
			must("id", one(idIn(nsPhase)), "Its id.", "mapping"),
			may("makes", someOf(one(oneOf("timeline", "network-map", "worries", "plan", "goals", "maintenance-plan"))), "What is made in it.", "[timeline, network-map]"),
			may("network", someOf(one(network)), "Whose people are invited.", "[private]"),
			may("lasts", one(period), "About how long.", "4 weeks"),
			notesKey(),
		).withTitle())}, "The phases.", "[{id: mapping, makes: [timeline, network-map], sv: Kartläggning, en: Mapping}]"),
		may("goals", object(mapping("goals", "How goals are set and followed.",
			may("measurable", one(boolean), "true: a goal must be measurable.", "true"),
			may("subgoals", one(boolean), "true: goals have subgoals.", "true"),
			may("followed_up", one(period), "How often they are followed up.", "1 week"),
			may("new_goals", one(boolean), "true: a problem that arises within the treatment's area becomes a goal.", "true"),
			notesKey(),
		)), "How goals are set and followed.", "{measurable: true, subgoals: true, followed_up: 1 week}"),
		may("reports", listOf(object(mapping("report", "A report to the commissioner.",
			must("id", one(idIn(nsOther)), "Its id.", "final"),
			must("when", one(oneOf("phase-end", "close", "regularly")), "When it is made.", "close"),
			may("phase", one(named(nsPhase)), "With phase-end: which phase.", "mapping"),
			may("every", one(period), "With regularly: how often.", "1 month"),
			may("contains", someOf(one(oneOf("goals", "work", "evaluation", "recommendations", "factors", "plan"))), "What it tells.", "[goals, work, evaluation]"),
			notesKey(),
		).withTitle())), "The reports.", "[{id: final, when: close, contains: [recommendations], sv: Slutrapport, en: Final report}]"),
		may("interventions", listOf(object(itemShape())), "Kinds of work to choose from.", "[{id: routines, sv: Rutiner, en: Routines}]"),
		may("network", someOf(one(network)), "Whose people are invited.", "[private, professional]"),
		may("approval", someOf(one(oneOf("plan", "other-services"))), "What the commissioner must approve.", "[other-services]"),
		notesKey(),
	)
}
