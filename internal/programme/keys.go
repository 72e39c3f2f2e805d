package programme

// The namespaces of ids.
const (
	nsVariant    = "variant"
	nsCredential = "credential"
	nsRole       = "role"
	nsPrinciple  = "principle"
	nsInstrument = "instrument"
	nsMaterial   = "material"
	nsForm       = "form"
	nsWave       = "wave"
	nsService    = "service"
	nsSource     = "source"
	nsSession    = "session"
	nsPhase      = "phase"
	nsCriterion  = "criterion"
	nsRule       = "requirement" // a requirement's id
	nsItem       = "item"        // anything with a price: variant, credential or service
	nsRecipient  = "recipient"   // participant, learner, or a role
	nsVoucher    = "voucher"     // contact, or a role
	nsOther      = "other"       // ids that nothing refers to
)

// fileShape is the whole of a file.
var fileShape = buildFile()

var language = &scalar{form: "language", values: languageCodes(), parse: func(_ *scalar, raw string) (any, bool) {
	_, ok := languageNames[raw]
	return raw, ok
}}

var sessionKind = oneOf(Information, OnPrinciple, Ordinary, Training, Closing, FollowUp)

func itemShape() *shape {
	return mapping("item", "A thing with an id and a title.",
		must("id", one(idIn(nsOther)), "A short name of its own, in lower case without spaces. It is never shown.", "content"),
	).withTitle()
}

func buildFile() *shape {
	return mapping("file", "The file itself.",
		must("programme", one(idIn(nsOther)), "The programme's id. It is the same in every version of the programme.", "connect"),
		must("version", one(word), "What this version is called. Two versions of one programme have different names.", `"2024-08"`),
		must("dated", one(day), "The day of this version. A price without a day of its own counts from it.", "2024-08-01"),
		must("title", texts, "What the programme is called.", "{sv: Connect, en: Connect}"),
		may("summary", texts, "What it is, in a sentence or two.", "{sv: Ett program för föräldrar, en: A programme for parents}"),
		must("languages", someOf(one(language)), "The languages of this file. Every text must be there in each of them.", "[sv, en]"),
		may("words", wordsType(), "The programme's own words: what a round, a session and so on are called. What is left out gets the product's words.",
			"{round: {sv: {a: en grupp, the: gruppen, many: grupper, the_many: grupperna}, en: {a: a group, the: the group, many: groups, the_many: the groups}}}"),
		may("sources", listOf(object(sourceShape())), "The texts that the file's facts come from. Notes refer to them.", "[{id: guide, dated: 2024-08-01, sv: Vägledningen, en: The guide}]"),
		may("roles", listOf(object(roleShape())), "The parts that staff have in a round.", "[{id: leader, acts_as: leader, sv: gruppledare, en: leader}]"),
		may("principles", listOf(object(principleShape())), "What the programme teaches, in order.", "[{id: p1, sv: Allt beteende betyder något, en: All behaviour has meaning}]"),
		may("instruments", listOf(object(instrumentShape())), "Questionnaires, as empty places. Their questions are uploaded in the product, never written here.",
			"[{id: opinion, answers: participant, rights: hub, sv: Åsikter om gruppen, en: Opinions on the group}]"),
		may("materials", listOf(object(materialShape())), "Manuals, handouts and so on, as empty places. Their contents are uploaded in the product.",
			"[{id: manual, kind: manual, for: leader, rights: owner, sv: Gruppledarmanual, en: Leader's manual}]"),
		may("forms", listOf(object(formShape())), "Forms that a reviewer fills in about a film or session.", "[{id: review, scale: 1-5, items: [{id: content, sv: Innehåll, en: Content}], sv: Filmhandledning, en: Film review}]"),
		must("variants", &typ{sort: aList, elem: object(variantShape()), least: 1}, "The ways in which the programme is given, and its trainings and meetings.", "[{id: parents, kind: group, title: {sv: Föräldragrupp, en: Parents' group}, sessions: [{each: principles, minutes: 90-120}]}]"),
		may("credentials", listOf(object(credentialShape())), "Certifications: what they take, how long they last, how they are renewed.", "[{id: leader, title: {sv: Certifierad gruppledare, en: Certified leader}, held_by: person, requires: [{id: training, completed: leader-training}], valid: forever}]"),
		may("services", listOf(object(mapping("service", "Something with a price that is neither a variant nor a credential.",
			must("id", one(idIn(nsService)), "Its id.", "supervision"),
			notesKey(),
		).withTitle())), "What else has a price.", "[{id: supervision, sv: Handledning, en: Supervision}]"),
		may("prices", listOf(object(priceShape())), "What things cost, each from a day on. A newer price takes over by itself.", "[{item: parents, from: 2017-02-08, sek: 15000, per: place, vat: not-said}]"),
		may("agreements", listOf(object(agreementShape())), "Agreements that the hub makes.", "[{id: quality, with: municipality, when: certified-staff, sv: Avtal om kvalitetssäkring, en: Quality assurance agreement}]"),
		may("plan", listOf(object(mapping("plan year", "One year of the plan for paying for itself.",
			must("year", one(whole(1, 20)), "Which year, from 1.", "2"),
			may("places", one(whole(0, maxNumber)), "Outside places sold.", "20"),
			may("self_financed", one(share), "How much of the costs the sales cover.", "50%"),
			notesKey(),
		))), "How the programme is to pay for itself.", "[{year: 2, places: 20, self_financed: 50%}]"),
		may("filming", object(filmingShape()), "How films are made, where a variant says nothing else.", "{of: session, camera: leaders, consent: [participant]}"),
		may("retention", listOf(object(mapping("retention", "How long one sort of data is kept.",
			must("what", one(oneOf("film", "answers", "participants", "attendance", "case", "reports")), "What is kept.", "film"),
			must("keep", one(period), "For how long.", "3 months"),
			must("after", one(oneOf("review", "certificate", "close")), "Counted from the review, the decision on the certificate, or the round's or case's close.", "close"),
			notesKey(),
		))), "How long data are kept, where it is not as in the product as a whole.", "[{what: film, keep: 3 months, after: close}]"),
		may("interpreter", object(interpreterShape()), "Rounds in another language.", "{allowed: true, paid_by: organiser}"),
		notesKey(),
	)
}

// notesKey is the key that any mapping may have.
func notesKey() key {
	return may("notes", listOf(object(noteShape)), "Whence a value comes, another text's value, or why it is our own default. Any mapping may have notes.",
		"[{on: minutes, source: guide, sv: Vägledningen säger 2–2.5 h., en: The guide says 2–2.5 h.}]")
}

var noteShape = mapping("note", "Whence a value of the mapping comes.",
	may("on", one(word), "Which key of the mapping the note is about. Left out: the whole mapping.", "minutes"),
	may("ours", one(boolean), "true: no source says it. It is our own default, and the text is the reason.", "true"),
	may("source", one(named(nsSource)), "The source that says it, or that says something else.", "guide"),
).withTitle()

func wordsType() *typ {
	form := mapping("word", "A noun in the forms that a sentence needs.",
		must("a", one(word), "One of them, with its article.", "en grupp"),
		must("the", one(word), "That very one.", "gruppen"),
		must("many", one(word), "Several.", "grupper"),
		must("the_many", one(word), "Those very ones.", "grupperna"),
	)
	return tableOf(oneOf(WordKeys...), tableOf(language, object(form)))
}

func sourceShape() *shape {
	return mapping("source", "A text that facts come from.",
		must("id", one(idIn(nsSource)), "Its id.", "guide"),
		may("dated", one(day), "The text's day. Left out when it bears none.", "2018-01-16"),
		notesKey(),
	).withTitle()
}

func roleShape() *shape {
	return mapping("role", "A part that staff have.",
		must("id", one(idIn(nsRole)), "Its id.", "leader"),
		must("acts_as", one(oneOf("leader", "technician", "trainer", "supervisor", "therapist", "coordinator", "owner")), "The product's role, whose rights it has.", "leader"),
		notesKey(),
	).withTitle()
}

func principleShape() *shape {
	return mapping("principle", "One of what the programme teaches.",
		must("id", one(idIn(nsPrinciple)), "Its id. It stays the same between versions, so that films and answers can be compared.", "p1"),
		may("unnamed", one(boolean), "true: no source names it. It is shown by its number.", "true"),
		notesKey(),
	).mayTitle()
}

var rights = oneOf("owner", "hub", "free")

func instrumentShape() *shape {
	return mapping("instrument", "A questionnaire, as an empty place.",
		must("id", one(idIn(nsInstrument)), "Its id.", "opinion"),
		must("answers", one(oneOf("participant", "child", "leader", "learner", "reviewer")), "Who answers it.", "participant"),
		may("languages", someOf(one(language)), "In which languages it should exist.", "[sv, en, ar]"),
		must("rights", one(rights), "Whose it is: the owner's (uploaded under the owner's licence), the hub's own, or free.", "owner"),
		notesKey(),
	).withTitle()
}

func materialShape() *shape {
	return mapping("material", "A manual, a handout or the like, as an empty place.",
		must("id", one(idIn(nsMaterial)), "Its id.", "handout"),
		must("kind", one(oneOf(Manual, Handout, FlipChart, Slides, Script, Template, Reading)), "What it is.", "handout"),
		may("for", one(named(nsRecipient)), "Who gets it: participant, learner or a role.", "participant"),
		may("per", one(oneOf(PerSession, PerRound, PerVariant)), "One for each session, round or variant. Left out: one alone.", "session"),
		may("session_kinds", someOf(one(sessionKind)), "With per: session, for which kinds of session.", "[principle]"),
		may("variants", someOf(one(named(nsVariant))), "For which variants. Left out: for all.", "[parents]"),
		may("languages", someOf(one(language)), "In which languages it should exist.", "[sv, en, ar]"),
		may("given", one(moment), "When it is handed out.", "at session"),
		must("rights", one(rights), "Whose it is: the owner's (uploaded under the owner's licence), the hub's own, or free.", "owner"),
		may("accepts", someOf(one(oneOf("pdf", "docx", "pptx", "mp4", "png", "link"))), "Which sorts of file it may be.", "[pdf]"),
		may("copies", one(boolean), "true: a record is kept of who has which copy.", "true"),
		notesKey(),
	).withTitle()
}

func formShape() *shape {
	return mapping("form", "What a reviewer fills in.",
		must("id", one(idIn(nsForm)), "Its id.", "review"),
		must("scale", one(limits(0, 100)), "The lowest and the highest value.", "1-5"),
		may("items", listOf(object(itemShape())), "What is rated.", "[{id: content, sv: Innehåll, en: Content}]"),
		may("slot", one(boolean), "true: further items are the owner's and are filled in by the hub.", "true"),
		may("blind", one(boolean), "true: two reviewers rate without seeing each other's ratings, and their agreement is shown.", "true"),
		notesKey(),
	).withTitle()
}

func priceShape() *shape {
	return mapping("price", "What something costs from a day on.",
		must("item", someOf(one(named(nsItem))), "The id of a variant, a credential or a service; or several that cost the same.", "leader-training"),
		may("from", one(day), "The first day. Left out when the source bears no day: then it counts from the day of the file.", "2017-02-08"),
		must("sek", one(money), "The price in kronor, without spaces.", "15000"),
		must("per", one(oneOf("person", "place", "round", "day", "unit")), "For each what.", "place"),
		must("vat", one(oneOf(VATExcluded, VATIncluded, VATNotSaid)), "Whether value-added tax is in it, or that the source does not say.", "excluded"),
		may("includes", someOf(one(oneOf("material", "manual", "supervision", "certification", "interpreter"))), "What it covers.", "[manual, supervision]"),
		may("for", one(oneOf("outside", "inside")), "For whom. Left out: for whoever.", "outside"),
		notesKey(),
	)
}

func agreementShape() *shape {
	return mapping("agreement", "An agreement that the hub makes.",
		must("id", one(idIn(nsOther)), "Its id.", "quality"),
		must("with", one(oneOf("municipality", "provider", "treatment-home", "any")), "With which kind of organisation.", "municipality"),
		may("when", one(oneOf("certified-staff", "start")), "When it is due: once the organisation has certified staff, or before its first round.", "certified-staff"),
		may("follows", someOf(one(named(nsWave))), "The waves whose outcome the two follow up together.", "[after]"),
		notesKey(),
	).withTitle()
}

func filmingShape() *shape {
	return mapping("filming", "How films are made. Whether one must be made is said by a requirement.",
		must("of", one(oneOf(WholeSession, Clip)), "Whole sessions or clips.", "session"),
		may("minutes", one(limits(0, 600)), "How long a film may be.", "1-4"),
		may("camera", one(oneOf("leaders", "participants", "everyone")), "Who is seen.", "leaders"),
		may("consent", someOf(one(oneOf("participant", "child", "leader"))), "Whose consent comes first.", "[participant]"),
		may("uploaded_by", one(named(nsRole)), "Which role uploads.", "leader"),
		may("upload_within", one(period), "How soon after the session.", "1 week"),
		may("session_kinds", someOf(one(sessionKind)), "Which kinds of session are filmed.", "[principle]"),
		notesKey(),
	)
}

func interpreterShape() *shape {
	return mapping("interpreter", "Rounds in another language.",
		must("allowed", one(boolean), "Whether a round may be held with an interpreter.", "true"),
		may("paid_by", one(oneOf("organiser", "hub", "municipality")), "Who pays.", "organiser"),
		may("also_for", someOf(one(oneOf("certification", "supervision"))), "What else that cost covers.", "[certification]"),
		notesKey(),
	)
}
