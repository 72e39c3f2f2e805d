package programme

func credentialShape() *shape {
	rules := listOf(requirement)
	return mapping("credential", "A certification: what it takes, how long it lasts, how it is kept and renewed.",
		must("id", one(idIn(nsCredential)), "Its id. It stays the same between versions.", "leader"),
		must("title", texts, "What the holder is called.", "{sv: Certifierad gruppledare, en: Certified leader}"),
		must("held_by", one(oneOf(Person, OfUnit)), "A person, or a unit such as a home or a team.", "person"),
		may("role", one(named(nsRole)), "The role that a person may have by it.", "leader"),
		may("grant", one(oneOf(GrantDecision, GrantAutomatic)), "By somebody's decision, or by itself once everything is met. Left out: by decision.", "decision"),
		may("granted_by", someOf(one(named(nsRole))), "Which roles decide.", "[supervisor]"),
		must("requires", &typ{sort: aList, elem: requirement, least: 1}, "What it takes to get it.", "[{id: training, completed: leader-training}]"),
		must("valid", either(one(oneOf("forever")), object(validityShape()), &typ{sort: aList, elem: object(termShape()), least: 1}),
			"How long it lasts: forever, a term, or a list of terms: the first, the second and so on, the last of which is repeated.", "{years: 3, rounds: 6}"),
		may("grace", one(period), "How long after the term's end it is due before it lapses. Left out: it lapses at once.", "3 months"),
		may("warn", object(mapping("warn", "When the holder is told that the term is about to end.",
			may("before", one(period), "So long before its last day.", "6 months"),
			may("rounds", one(whole(1, 100)), "When so many rounds are left of the term.", "1"),
			notesKey(),
		)), "When the holder is told that the term is about to end.", "{before: 6 months, rounds: 1}"),
		may("keeps", rules, "What is asked for while it is held.", "[{id: starts, notified: every start, by: at start}]"),
		may("renew", rules, "What it takes to renew it.", "[{id: films, films: 3, from: latest round, by: expert}]"),
		may("next_term", one(oneOf(FromDecision, FromEnd)), "A renewed credential counts its new term from the decision, or from the end of the old term. Left out: from the decision.", "decision"),
		may("restore", either(one(oneOf(RestoreRenew, RestoreAnew)), rules), "What it takes to get it back once it has lapsed: as a renewal, anew from the beginning, or by requirements of its own. Left out: as a renewal.", "renew"),
		notesKey(),
	)
}

func termShape() *shape {
	return mapping("term", "One time of validity. Whichever limit comes first ends it.",
		may("years", one(whole(1, 50)), "So many years.", "3"),
		may("months", one(whole(1, 600)), "So many months, when it is not whole years.", "18"),
		may("rounds", one(whole(1, 1000)), "So many closed rounds, led since the certificate.", "6"),
		may("cases", one(whole(1, 1000)), "So many closed cases since the certificate.", "20"),
		may("variants", someOf(one(named(nsVariant))), "Of which variants the rounds or cases are counted. Left out: of any.", "[parents, foster]"),
		may("role", one(named(nsRole)), "In which role they were led. Left out: in any.", "leader"),
		may("renew", listOf(requirement), "What the renewal after this term takes, where it differs.", "[{id: clip, films: 1, of: clip}]"),
		notesKey(),
	)
}

func validityShape() *shape {
	s := termShape()
	return s.with(may("with", someOf(one(named(nsCredential))), "Only as long as one of these credentials is in force.", "[leader]"))
}

// commonKeys are the keys of every requirement, whatever its kind.
func commonKeys() []key {
	step := mapping("step", "One part of a cadence.",
		must("each", one(period), "Once in each such period.", "1 month"),
		may("for", one(period), "For so long. The last step has none: it goes on.", "1 year"),
	)
	return []key{
		must("id", one(idIn(nsRule)), "Its id, unique in the credential. It stays the same between versions.", "training"),
		may("words", texts, "The programme's own words for it. Left out: the product's.", "{sv: Du har gått gruppledarutbildningen, en: You have taken the leader training}"),
		may("stage", one(oneOf(InTraining, UnderSupervision)), "To which part of the way it belongs. Left out: courses, tests, vouching and other credentials belong to the training, practice to the supervision.", "training"),
		may("advised", one(boolean), "true: it is shown and reminded of, but nothing hangs on it.", "true"),
		may("if_missed", one(oneOf(Remind, Due, Lapse)), "Under keeps: what follows when it is missed. A reminder; the credential is due; or it lapses after the grace. Left out: a reminder.", "remind"),
		may("since", one(oneOf(Ever, SinceCertificate)), "Which evidence counts: all, or only what is newer than the certificate in force. Left out: all under requires, otherwise what is newer.", "ever"),
		may("not_older", one(period), "Evidence must be younger than this.", "2 years"),
		may("within", one(period), "A deadline: so long after what `after` says.", "12 months"),
		may("after", one(named(nsRule)), "The id of another requirement of the same list, or certificate, or start (the first evidence of all).", "training"),
		may("every", either(one(period), &typ{sort: aList, elem: object(step), least: 1}), "It is to be met anew in each such period, counted from the certificate. As a list: a cadence that changes with time.", "[{each: 1 month, for: 1 year}, {each: 3 months}]"),
		may("per", one(oneOf(PerPerson, PerRound, PerCase)), "The numbers are for each of a unit's people, or for each round or case. Left out: for the holder as a whole.", "person"),
		notesKey(),
	}
}

// kindShapes has one shape for each kind of requirement. The first key is the kind's own.
var kindShapes = buildKinds()

// kindOrder is the order in which kinds are told.
var kindOrder = []Kind{
	KindStaff, KindCompleted, KindRounds, KindCases, KindSessions, KindFilms, KindReviews, KindSupervision, KindEducation,
	KindHolds, KindTest, KindAttested, KindNotified, KindEvaluated, KindAnyOf, KindAllOf,
}

func buildKinds() map[Kind]*shape {
	shapes := map[Kind]*shape{}
	define := func(k Kind, help string, keys ...key) {
		keys[0].needed = true
		shapes[k] = mapping(string(k), help, append(keys, commonKeys()...)...)
	}
	definePractice(define)
	defineReviews(define)
	defineSingle(define)
	defineUnits(define)
	return shapes
}

// definer adds a kind of requirement with its keys, of which the first is the kind's own.
type definer func(k Kind, help string, keys ...key)

func variantsKey() key {
	return may("variants", someOf(one(named(nsVariant))), "In which variants. Left out: in any.", "[parents, foster]")
}

func kindsKey() key {
	return may("session_kinds", someOf(one(sessionKind)), "Which kinds of session are looked at. Left out: all but information meetings.", "[principle]")
}

func holdingKey() key {
	return may("holding", someOf(one(named(nsCredential))), "The expert holds one of these credentials.", "[supervisor]")
}

func roleKey() key {
	return may("role", one(named(nsRole)), "In which role. Left out: in any.", "leader")
}

// definePractice adds the kinds that count what somebody has done.
func definePractice(define definer) {
	practice := []key{variantsKey(), roleKey(), kindsKey(),
		may("participants", object(mapping("presence", "How many were present, and how often.",
			must("at_least", one(whole(1, 1000)), "At least so many persons …", "6"),
			must("present_at", one(quantity), "… each of them present at no less than so many sessions.", "5"),
			notesKey(),
		)), "How many were present, and how often.", "{at_least: 6, present_at: 5}"),
		may("finished", object(mapping("finished", "How many of those who began were there to the end.",
			must("share", one(share), "At least this share of those who began …", "50%"),
			must("present_at", one(quantity), "… were present at no less than so many sessions.", "8"),
			notesKey(),
		)), "How many of those who began were there to the end.", "{share: 50%, present_at: 8}"),
		may("held", one(quantity), "How many of the planned sessions were held.", "every"),
		may("led", one(quantity), "How many of the held sessions the person led.", "80%"),
		may("filmed", one(quantity), "How many of the sessions were filmed.", "every"),
		may("supervised", one(quantity), "On how many of the sessions there was supervision.", "every"),
		may("evaluated", someOf(one(named(nsWave))), "Which waves must have answers.", "[after]"),
		may("lasted", one(period), "How long it must have gone on.", "3 months"),
		may("closed", one(boolean), "false: one that is still going on or was broken off counts too. Left out: only those that were closed as completed; for sessions, any.", "false"),
	}
	for _, k := range []struct {
		kind Kind
		help string
	}{{KindRounds, "Rounds were led."}, {KindCases, "Cases were carried through."}, {KindSessions, "Sessions were held."}} {
		own := may(string(k.kind), one(whole(1, 10_000)), "How many.", "1")
		define(k.kind, k.help, append([]key{own}, practice...)...)
	}
}

// defineReviews adds the kinds that count what somebody has looked at.
func defineReviews(define definer) {
	review := []key{
		may("of", one(oneOf(WholeSession, Clip, WholeRound, WholeCase)), "What each covers. Left out: a whole session.", "session"),
		may("minutes", one(limits(0, 600)), "How long a film may be.", "1-4"),
		may("from", one(latest), "From which rounds or cases.", "latest round"),
		may("by", someOf(one(oneOf(BySelf, ByPeer, ByExpert))), "Who has reviewed it. Left out: handed in is enough.", "[expert]"),
		holdingKey(), roleKey(), variantsKey(), kindsKey(),
		may("principles", someOf(one(named(nsPrinciple))), "On which principles. Left out: on any.", "[p1, p5]"),
		may("supervised", one(boolean), "true: each was also talked through in supervision.", "true"),
		may("rating", object(mapping("rating", "A threshold that each reaches by itself.",
			must("form", one(named(nsForm)), "In which form.", "review"),
			may("measure", one(oneOf(MeasureMean, MeasureEach, MeasureTotal, MeasurePercent)), "The mean, each item, the total, or percent of the scale. Left out: the mean, or percent when at_least is a share.", "mean"),
			must("at_least", one(threshold), "At least this.", "85%"),
			notesKey(),
		)), "A threshold that each reaches by itself.", "{form: review, at_least: 85%}"),
		may("different", someOf(one(oneOf(DifferentSession, DifferentPrinciple, DifferentRound, DifferentCase, DifferentMonth))), "No two of them are from the same one.", "[session]"),
	}
	define(KindFilms, "Films were handed in and reviewed.", append([]key{may("films", one(whole(1, 1000)), "How many.", "3")}, review...)...)
	define(KindReviews, "Reviews were made, with or without film.", append([]key{may("reviews", one(whole(1, 1000)), "How many.", "2")}, review...)...)
}

// defineSingle adds courses, supervision, further education, tests and the like.
func defineSingle(define definer) {
	define(KindCompleted, "A course was completed.",
		may("completed", someOf(one(named(nsVariant))), "Which course; of several, any will do.", "[leader-training]"),
		may("attended", one(quantity), "How much of it: every session, a number of them, or a share. Left out: the course was marked as completed.", "every"))
	define(KindSupervision, "Supervision was had.",
		may("supervision", one(amount), "How many times, or how many hours.", "12"),
		may("share", one(share), "Also this share of the times that were offered.", "75%"),
		may("setting", one(oneOf("group", "individual")), "In a group, or one by one. Left out: either.", "group"),
		variantsKey(), holdingKey())
	define(KindEducation, "Further education was had.",
		may("education", one(amount), "How many hours, or how many times.", "15 hours"), variantsKey())
	define(KindHolds, "Another credential is held.",
		may("holds", someOf(one(named(nsCredential))), "Which; of several, any will do.", "[leader]"),
		may("for", one(period), "And has been held for so long, without a break.", "2 years"))
	define(KindTest, "A test was passed.",
		may("test", one(named(nsInstrument)), "Which test: an instrument.", "quiz"),
		may("at_least", one(share), "With at least this share right. Left out: passed is enough.", "80%"))
	define(KindAttested, "Somebody vouches for something. It needs `words`, for the product has none of its own.",
		may("attested", one(idIn(nsOther)), "What is vouched for.", "go-ahead"),
		may("by", someOf(one(named(nsVoucher))), "By which roles, or the contact (the workplace). Left out: by the hub.", "[contact]"))
}

// defineUnits adds what is asked of units and of every round, and the kinds that hold others.
func defineUnits(define definer) {
	define(KindStaff, "So many of a unit's people are trained, or hold something.",
		may("staff", one(quantity), "How many: every one of those who the unit and the hub agree are relevant, a share, or a number.", "every"),
		may("role", one(named(nsRole)), "In which role. Left out: whoever is agreed as relevant.", "leader"),
		may("completed", someOf(one(named(nsVariant))), "They have completed one of these courses.", "[treatment-home]"),
		may("holds", someOf(one(named(nsCredential))), "They hold one of these credentials.", "[leader]"))
	define(KindNotified, "The start of every round was notified.",
		may("notified", one(oneOf("every start")), "Always: every start.", "every start"), variantsKey(),
		may("by", one(moment), "At the latest when.", "at start"))
	define(KindEvaluated, "The evaluation was done in every round.",
		may("evaluated", someOf(one(named(nsWave))), "Which waves; all of these.", "[after]"), variantsKey(),
		may("share", one(share), "How many of the participants answered. Left out: any answer will do.", "50%"),
		may("by", one(moment), "At the latest when.", "1 month after end"))
	define(KindAnyOf, "One of several requirements is met.",
		may("any_of", &typ{sort: aList, elem: requirement, least: 2}, "The requirements.", "[{id: add-on, completed: add-on}, {id: digital, completed: digital-training}]"))
	define(KindAllOf, "All of several requirements are met. Of use within any_of.",
		may("all_of", &typ{sort: aList, elem: requirement, least: 2}, "The requirements.", "[{id: course, completed: course}, {id: practice, rounds: 1}]"))
}
