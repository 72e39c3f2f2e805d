package programme_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hemvist/internal/programme"
)

// head begins every file of the table; its mistakes, if any, are those that the rest causes.
const head = `programme: p
version: "1"
dated: 2024-01-01
title: {sv: P, en: P}
languages: [sv, en]
`

// group is a variant without mistakes.
const group = `variants:
  - {id: g, kind: group, title: {sv: G, en: G}, sessions: [{id: s, repeat: 4, sv: S, en: S}]}
`

// rules gives a file with one requirement under requires.
func rules(requirement string) string {
	return head + group + `credentials:
  - id: c
    title: {sv: C, en: C}
    held_by: person
    requires:
      - ` + requirement + `
    valid: forever
`
}

// credential gives a file with one credential, whose further keys stand in rest.
func credential(rest string) string {
	return head + group + `credentials:
  - id: c
    title: {sv: C, en: C}
    held_by: person
    requires: [{id: r, rounds: 1}]
` + rest
}

// marked are files with ⟦code⟧ where a mistake of that code is to be placed; every mistake of the file is marked.
var marked = map[string]string{
	"nothing at all":          "⟦empty-file⟧",
	"only a comment":          "⟦empty-file⟧# hello\n",
	"a list":                  "⟦wrong-sort⟧- a\n",
	"a word":                  "⟦wrong-sort⟧connect\n",
	"keys missing":            "⟦missing-key⟧⟦missing-key⟧⟦missing-key⟧⟦missing-key⟧⟦missing-key⟧programme: p\n",
	"two documents":           head + group + "⟦several-documents⟧---\nprogramme: q\n",
	"a tab":                   head + "variants:\n⟦tab⟧\t- id: g\n",
	"a tab after a space":     head + "variants:\n  ⟦tab⟧\t- id: g\n",
	"broken text":             head + "summary: {sv: bl⟦not-utf8⟧\xe5, en: B}\n" + group,
	"a control character":     head + "summary: {sv: a⟦bad-character⟧\x07, en: B}\n" + group,
	"a direction override":    head + "summary: {sv: a⟦bad-character⟧\u202eb, en: B}\n" + group,
	"an anchor":               head + "summary: ⟦anchor⟧&a {sv: A, en: A}\n" + group,
	"an alias":                head + "summary: ⟦anchor⟧*a\n" + group,
	"a merge":                 head + group + "services:\n  - ⟦anchor⟧<<: ⟦anchor⟧*a\n",
	"a tag":                   head + "summary: ⟦tag⟧!!str A\n" + group,
	"a question mark":         head + "⟦not-plain⟧? a\n: b\n",
	"an open bracket":         head + "variants: ⟦bracket-open⟧[{id: g}\n",
	"a stray bracket":         head + "variants: [{id: g}]⟦bracket-close⟧]\n",
	"a missing comma":         head + "variants: [{id: g} ⟦flow-comma⟧{id: h}]\n",
	"a swallowed key":         head + group + "services: [{id: s, sv: S, en: ⟦colon-in-text⟧S notes: x}]\n",
	"a swallowed word":        strings.Replace(head, "[sv, en]", "[sv, en]\nfilming: {of: ⟦colon-in-text⟧clip minutes: 4}", 1) + group,
	"a colon in a text":       head + "summary:\n  sv: ⟦colon-in-text⟧Stöd: en kurs\n  en: B\n" + group,
	"an open quote":           head + "summary: {sv: ⟦quote-open⟧\"A, en: A}\n" + group,
	"a wrong indent":          head + "summary:\n  sv: ⟦colon-in-text⟧A\n   en: A\n" + group,
	"a block in brackets":     head + "variants: ⟦bad-indent⟧- id: g\n",
	"a key in a list":         head + "variants:\n  - id: g\n  ⟦bad-indent⟧kind: group\n",
	"a missing colon":         head + "⟦no-colon⟧summary\n" + group,
	"too deep":                head + "variants: " + strings.Repeat("[", 24-0) + "⟦too-deep⟧[\n",
	"indented too far":        head + "variants:\n" + strings.Repeat(" ", 100) + "⟦too-deep⟧ - id: g\n",
	"an unknown key":          head + group + "⟦unknown-key⟧credential: []\n",
	"a key twice":             head + group + "⟦double-key⟧title: {sv: Q, en: Q}\n",
	"a key that is a list":    head + group + "[a]⟦not-yaml⟧: b\n",
	"a key that is nothing":   head + group + "⟦key-no-word⟧null: b\n",
	"no value":                head + group + "⟦no-value⟧prices:\n",
	"not a list":              head + "variants: ⟦wrong-sort⟧{id: g}\n",
	"an empty list":           head + "variants: ⟦too-few⟧[]\n",
	"no mapping":              head + "variants:\n  - ⟦wrong-sort⟧g\n",
	"no texts":                strings.Replace(head, "title: {sv: P, en: P}", "title: ⟦wrong-sort⟧P", 1) + group,
	"a missing text":          strings.Replace(head, "title: {sv: P, en: P}", "title: ⟦missing-text⟧{sv: P}", 1) + group,
	"an undeclared text":      strings.Replace(head, "title: {sv: P, en: P}", "title: {sv: P, en: P, ⟦undeclared-language⟧fi: P}", 1) + group,
	"an empty text":           strings.Replace(head, "title: {sv: P, en: P}", "title: {sv: P, ⟦no-text⟧en: \"\"}", 1) + group,
	"a text that is true":     strings.Replace(head, "title: {sv: P, en: P}", "title: {sv: P, en: ⟦text-no-text⟧true}", 1) + group,
	"a text too long":         strings.Replace(head, "title: {sv: P, en: P}", "title: {sv: P, en: ⟦text-too-long⟧"+strings.Repeat("a", 4001)+"}", 1) + group,
	"no such language":        strings.Replace(head, "[sv, en]", "[sv, en, ⟦unknown-language-code⟧xx]", 1) + group,
	"a language as key":       strings.Replace(head, "title: {sv: P, en: P}", "title: {sv: P, en: P, ⟦unknown-language-code⟧swe: P}", 1) + group,
	"a day that is none":      strings.Replace(head, "2024-01-01", "⟦no-such-date⟧2023-02-29", 1) + group,
	"a day in words":          strings.Replace(head, "2024-01-01", "⟦wrong-form⟧1 January", 1) + group,
	"an id with capitals":     strings.Replace(head, "programme: p", "programme: ⟦wrong-form⟧Connect", 1) + group,
	"a list for a word":       strings.Replace(head, `version: "1"`, "version: ⟦wrong-sort⟧[1]", 1) + group,
	"inline text missing":     head + group + "services:\n  - ⟦missing-text⟧{id: s, sv: S}\n",
	"an id twice":             head + group + "services:\n  - {id: s, sv: S, en: S}\n  - {id: ⟦double-id⟧s, sv: S, en: S}\n",
	"a value twice":           strings.Replace(head, "[sv, en]", "[sv, en, ⟦double-value⟧sv]", 1) + group,
	"a year twice":            head + group + "plan:\n  - {year: 1}\n  - {year: ⟦double-value⟧1}\n",
	"too many items":          head + group + "plan: [" + strings.Repeat("{year: 1}, ", 500) + "⟦too-many⟧{year: 1}]\n",
	"a word not allowed":      head + group + "retention: [{what: ⟦not-one-of⟧films, keep: 1 year, after: close}]\n",
	"a number too large":      head + group + "plan: [{year: ⟦out-of-limits⟧21}]\n",
	"a number in words":       head + group + "plan: [{year: ⟦wrong-form⟧two}]\n",
	"a number in quotes":      head + group + "plan: [{year: ⟦in-quotes⟧\"2\"}]\n",
	"an id that is true":      head + group + "services: [{id: ⟦text-no-text⟧true, sv: S, en: S}]\n",
	"a switch in quotes":      head + group + "principles: [{id: a, unnamed: ⟦in-quotes⟧'true'}]\n",
	"a share over hundred":    head + group + "plan: [{year: 1, self_financed: ⟦wrong-form⟧101%}]\n",
	"a scale without end":     head + group + "forms: [{id: f, scale: ⟦scale⟧5+, slot: true, sv: F, en: F}]\n",
	"a scale of one":          head + group + "forms: [{id: f, scale: ⟦scale⟧5, slot: true, sv: F, en: F}]\n",
	"an empty form":           head + group + "forms: [⟦form-empty⟧{id: f, scale: 1-5, sv: F, en: F}]\n",
	"material of no session":  head + group + "materials: [{id: m, kind: manual, rights: hub, session_kinds: ⟦kinds-no-session⟧[training], sv: M, en: M}]\n",
	"sessions by the hundred": head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: ⟦too-many⟧[{id: a, repeat: 200, sv: S, en: S}, {id: b, repeat: 200, sv: S, en: S}, {id: c, repeat: 200, sv: S, en: S}]}]\n",
	"a price with spaces":     head + group + "prices: [{item: g, sek: ⟦wrong-form⟧20 000, per: place, vat: excluded}]\n",
	"a price of nothing":      head + group + "prices: [{item: ⟦unknown-id⟧h, sek: 1, per: place, vat: excluded}]\n",
	"two prices on a day":     head + group + "prices:\n  - {item: g, from: 2025-01-01, sek: 1, per: place, vat: excluded}\n  - {item: ⟦two-prices⟧g, from: 2025-01-01, sek: 2, per: place, vat: excluded}\n",
	"two undated prices":      head + group + "prices:\n  - {item: g, sek: 1, per: place, vat: excluded}\n  - {item: [⟦two-prices⟧g], from: 2024-01-01, sek: 2, per: place, vat: excluded}\n",
	"a role of nobody":        head + group + "roles: [{id: r, acts_as: ⟦not-one-of⟧boss, sv: R, en: R}]\n",
	"a note on nothing":       head + group + "notes: [{on: ⟦note-on-nothing⟧prises, ours: true, sv: N, en: N}]\n",
	"a note of nothing":       head + group + "notes: [⟦note-of-nothing⟧{on: prices, sv: N, en: N}]\n",
	"a source of nothing":     head + group + "notes: [{source: ⟦unknown-id-of-none⟧s, sv: N, en: N}]\n",
	"a nameless principle":    head + group + "principles: [⟦principle-unnamed⟧{id: a}]\n",
	"a named nameless one":    head + group + "principles: [⟦unnamed-named⟧{id: a, unnamed: true, sv: A, en: A}]\n",
	"a half-named one":        head + group + "principles: [⟦missing-text⟧{id: a, sv: A}]\n",
	"a variant of no kind":    head + "variants: [⟦missing-key⟧{id: g, title: {sv: G, en: G}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"no sessions":             head + "variants: [⟦missing-key⟧{id: g, kind: group, title: {sv: G, en: G}}]\n",
	"like nothing":            head + group + "  - {id: h, like: ⟦unknown-id⟧q, kind: group, title: {sv: H, en: H}, sessions: [{id: s, sv: S, en: S}]}\n",
	"like itself":             head + "variants: [{id: g, like: ⟦like-circle⟧g, kind: group, title: {sv: G, en: G}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"like each other":         head + "variants:\n  - {id: g, like: h, kind: group, title: {sv: G, en: G}, sessions: [{id: s, sv: S, en: S}]}\n  - {id: h, like: ⟦like-circle⟧g, title: {sv: H, en: H}}\n",
	"a missing principle":     head + "principles: [{id: p1, sv: A, en: A}]\nvariants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [{id: s, principle: ⟦unknown-id⟧p2, sv: S, en: S}]}]\n",
	"each of no principles":   head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [{each: ⟦no-principles⟧principles}]}]\n",
	"each with an id":         head + "principles: [{id: p1, sv: A, en: A}]\nvariants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [⟦session-both⟧{each: principles, id: s}]}]\n",
	"each of another kind":    head + "principles: [{id: p1, sv: A, en: A}]\nvariants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [{each: principles, kind: ⟦each-kind⟧training}]}]\n",
	"a session of nothing":    head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [⟦session-neither⟧{minutes: 60, sv: S, en: S}]}]\n",
	"a session unnamed":       head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [⟦missing-text⟧⟦missing-text⟧{id: s}]}]\n",
	"a session twice":         head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: ⟦double-session⟧[{id: s, repeat: 2, sv: S, en: S}, {id: s-2, sv: S, en: S}]}]\n",
	"a treatment's nothing":   head + "variants: [⟦treatment-kind⟧{id: g, kind: treatment, title: {sv: G, en: G}}]\n",
	"a group's treatment":     head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, sessions: [{id: s, sv: S, en: S}], treatment: ⟦treatment-kind⟧{phases: [{id: a, sv: A, en: A}]}}]\n",
	"a report of no phase":    head + "variants: [{id: g, kind: treatment, title: {sv: G, en: G}, treatment: {phases: [{id: a, sv: A, en: A}], reports: [⟦missing-key⟧{id: r, when: phase-end, sv: R, en: R}]}}]\n",
	"a report of no rhythm":   head + "variants: [{id: g, kind: treatment, title: {sv: G, en: G}, treatment: {phases: [{id: a, sv: A, en: A}], reports: [⟦missing-key⟧{id: r, when: regularly, sv: R, en: R}]}}]\n",
	"a range upside down":     head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, participants: {recommended: ⟦wrong-form⟧16-8}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"beyond the limit":        head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, participants: {recommended: ⟦beyond-limit⟧8-16, limit: 3-12}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"staff of no role":        head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, staff: {⟦unknown-id-of-none⟧boss: 1}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"staff in words":          head + "roles: [{id: r, acts_as: leader, sv: R, en: R}]\nvariants: [{id: g, kind: group, title: {sv: G, en: G}, staff: {r: ⟦wrong-sort-of-two⟧[1]}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"learning nothing":        head + "roles: [{id: r, acts_as: leader, sv: R, en: R}]\nvariants: [{id: g, kind: group, title: {sv: G, en: G}, staff: {r: {count: 1, learning: ⟦learning-nothing⟧true}}, sessions: [{id: s, sv: S, en: S}]}]\n",
	"a session too late":      head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, waves: [{id: w, opens: ⟦no-such-session⟧at session 2, answers: participant, sv: W, en: W}], sessions: [{id: s, sv: S, en: S}]}]\n",
	"closing first":           head + "variants: [{id: g, kind: group, title: {sv: G, en: G}, waves: [{id: w, opens: 2 days after end, closes: ⟦closes-first⟧at end, answers: participant, sv: W, en: W}], sessions: [{id: s, sv: S, en: S}]}]\n",
	"a criterion's self":      head + "variants: [{id: g, kind: course, title: {sv: G, en: G}, admission: [{id: a, instead_of: ⟦names-itself⟧a, sv: A, en: A}], sessions: [{id: s, sv: S, en: S}]}]\n",
	"minutes of the whole":    head + group + "filming: {of: session, minutes: ⟦minutes-whole⟧1-4}\n",

	"a rule of no kind":       rules("⟦no-kind⟧{id: r, film: 3}"),
	"a rule of two kinds":     rules("{id: r, films: 3, ⟦two-kinds⟧rounds: 1}"),
	"no rule at all":          rules("⟦wrong-sort⟧training"),
	"another kind's key":      rules("{id: r, holds: d, ⟦key-of-other-kind⟧filmed: every}") + "  - {id: d, title: {sv: D, en: D}, held_by: person, requires: [{id: r, rounds: 1}], valid: forever}\n",
	"a slip of a key":         rules("{id: r, rounds: 1, ⟦unknown-key⟧fillmed: every}"),
	"an unknown course":       rules("{id: r, completed: ⟦unknown-id⟧training}"),
	"an unknown credential":   rules("{id: r, holds: ⟦unknown-id⟧d}"),
	"requires itself":         rules("{id: r, holds: ⟦requires-itself⟧c}"),
	"a circle":                rules("{id: r, holds: ⟦requires-circle⟧d}") + "  - {id: d, title: {sv: D, en: D}, held_by: person, requires: [{id: r, holds: ⟦requires-circle⟧c}], valid: forever}\n",
	"a circle with a way out": rules("{id: r, any_of: [{id: a, holds: d}, {id: b, rounds: 1}]}") + "  - {id: d, title: {sv: D, en: D}, held_by: person, requires: [{id: r, holds: c}], valid: forever}\n",
	"a circle in any_of":      rules("{id: r, any_of: [{id: a, holds: ⟦requires-circle⟧d}, {id: b, holds: ⟦requires-circle⟧d}]}") + "  - {id: d, title: {sv: D, en: D}, held_by: person, requires: [{id: r, holds: ⟦requires-circle⟧c}], valid: forever}\n",
	"any of one":              rules("{id: r, any_of: ⟦too-few⟧[{id: a, rounds: 1}]}"),
	"nested too deep":         rules("{id: r1, any_of: [{id: a1, rounds: 1}, {id: r2, any_of: [{id: a2, rounds: 1}, {id: r3, any_of: [{id: a3, rounds: 1}, {id: r4, any_of: [{id: a4, rounds: 1}, {id: r5, any_of: ⟦too-deep⟧[{id: a5, rounds: 1}, {id: a6, rounds: 1}]}]}]}]}]}"),
	"a rule's id twice":       rules("{id: r, any_of: [{id: a, rounds: 1}, {id: ⟦double-id⟧r, rounds: 2}]}"),
	"after nothing":           rules("{id: r, rounds: 1, within: 1 year, after: ⟦unknown-id⟧training}"),
	"after itself":            rules("{id: r, rounds: 1, within: 1 year, after: ⟦names-itself⟧r}"),
	"after, but how long":     rules("⟦within-after⟧{id: r, rounds: 1, after: start}"),
	"a period in words":       rules("{id: r, rounds: 1, after: start, within: ⟦wrong-form⟧a year}"),
	"a cadence too early":     rules("{id: r, rounds: 1, every: ⟦every-not-kept⟧1 year}"),
	"missed too early":        rules("{id: r, rounds: 1, if_missed: ⟦missed-not-kept⟧due}"),
	"per person":              rules("{id: r, rounds: 1, per: ⟦per-person⟧person}"),
	"a person's staff":        rules("⟦staff-of-person⟧{id: r, staff: every, completed: g}"),
	"staff without anything":  strings.Replace(rules("⟦staff-nothing⟧{id: r, staff: every}"), "held_by: person", "held_by: unit", 1),
	"a unit's role":           strings.Replace(rules("{id: r, staff: every, completed: g}"), "held_by: person", "held_by: unit\n    role: ⟦unit-in-role⟧l", 1) + "roles: [{id: l, acts_as: leader, sv: L, en: L}]\n",
	"vouching for what":       rules("⟦missing-key⟧{id: r, attested: go-ahead}"),
	"more than there are":     rules("{id: r, rounds: 1, variants: g, filmed: ⟦more-than-sessions⟧5}"),
	"as many as there are":    rules("{id: r, rounds: 1, variants: g, filmed: 4}"),
	"cases of a group":        rules("{id: r, cases: 1, variants: ⟦rounds-or-cases⟧g}"),
	"a threshold too high":    rules("{id: r, films: 1, rating: {form: f, at_least: ⟦beyond-scale⟧6}}") + "forms: [{id: f, scale: 1-5, slot: true, sv: F, en: F}]\n",
	"holding what":            rules("{id: r, films: 1, by: self, holding: ⟦holding-no-expert⟧c}"),
	"minutes of a session":    rules("{id: r, films: 1, minutes: ⟦minutes-whole⟧1-4}"),
	"more films than rounds":  rules("⟦more-than-sessions⟧{id: r, films: 5, from: latest round, variants: g, different: session}"),
	"more people than may":    strings.Replace(rules("{id: r, rounds: 1, variants: g, participants: {at_least: ⟦more-than-limit⟧6, present_at: 2}}"), "kind: group,", "kind: group, participants: {limit: 3-5},", 1),
	"a treatment's diploma":   head + "variants: [{id: g, kind: treatment, title: {sv: G, en: G}, treatment: {phases: [{id: a, sv: A, en: A}]}}]\n" + strings.TrimPrefix(rules("{id: r, completed: ⟦treatment-as-course⟧g}"), head+group),

	"valid by words":       credential("    valid: ⟦not-one-of⟧always\n"),
	"valid for nothing":    credential("    valid: ⟦term-empty⟧{role: l}\n") + "roles: [{id: l, acts_as: leader, sv: L, en: L}]\n",
	"years and months":     credential("    valid: {years: 1, months: ⟦years-and-months⟧6}\n"),
	"grace of forever":     credential("    valid: forever\n    grace: ⟦never-ends⟧1 month\n"),
	"warned too early":     credential("    valid: {years: 1}\n    warn: {before: ⟦warn-too-early⟧2 years}\n"),
	"warned of no rounds":  credential("    valid: {years: 1}\n    warn: {rounds: ⟦warn-no-rounds⟧1}\n"),
	"nobody decides":       credential("    valid: forever\n    grant: automatic\n    granted_by: ⟦granted-automatic⟧[l]\n") + "roles: [{id: l, acts_as: leader, sv: L, en: L}]\n",
	"a cadence that ends":  credential("    valid: forever\n    keeps: [{id: k, supervision: 1, every: [{each: 1 month, for: ⟦last-step-ends⟧1 year}]}]\n"),
	"a step without end":   credential("    valid: forever\n    keeps: [{id: k, supervision: 1, every: [⟦step-endless⟧{each: 1 month}, {each: 1 year}]}]\n"),
	"a step too short":     credential("    valid: forever\n    keeps: [{id: k, supervision: 1, every: [{each: 1 month, for: ⟦step-short⟧1 week}, {each: 1 year}]}]\n"),
	"valid with itself":    credential("    valid: {with: ⟦requires-itself⟧c}\n"),
	"several at once":      strings.Replace(head, "2024-01-01", "⟦no-such-date⟧2024-13-01", 1) + "variants:\n  - id: g\n    kind: ⟦not-one-of⟧grupp\n    title: ⟦missing-text⟧{sv: G}\n    ⟦unknown-key⟧sesions: []\n    sessions:\n      - {id: s, minutes: ⟦wrong-form⟧1h, sv: S, en: S}\nprices:\n  - {item: ⟦unknown-id⟧q, sek: ⟦wrong-form⟧gratis, per: place, vat: excluded}\n",
	"windows line endings": strings.ReplaceAll(head+group+"services:\n  - {id: ⟦wrong-form⟧S, sv: S, en: S}\n", "\n", "\r\n"),
	"a byte order mark":    "\ufeff" + head + group + "⟦unknown-key⟧prises: []\n",
	"after a block text":   strings.Replace(head, "title: {sv: P, en: P}", "title:\n  sv: >-\n    Å ä\n    ö\n  en: |\n    P\n    Q", 1) + group + "⟦unknown-key⟧prises: []\n",
	"after wide letters":   head + group + "services: [{id: s, sv: \"Åäö – “så”\", en: 'it''s', ⟦unknown-key⟧prise: 1}]\n",
}

var mark = regexp.MustCompile(`⟦([a-z0-9-]+)⟧`)

// unmark gives the file without its marks, and each mark's line:column code.
func unmark(s string) (string, []string) {
	var clean strings.Builder
	var want []string
	line, column := 1, 1
	for s != "" {
		if m := mark.FindStringSubmatch(s); m != nil && strings.HasPrefix(s, m[0]) {
			want = append(want, fmt.Sprintf("%d:%d %s", line, column, m[1]))
			s = s[len(m[0]):]
			continue
		}
		r := []rune(s[:min(len(s), 4)])[0]
		size := len(string(r))
		if r == '\ufffd' && !strings.HasPrefix(s, "\ufffd") {
			size = 1 // a broken byte
		}
		clean.WriteString(s[:size])
		s = s[size:]
		switch {
		case r == '\n':
			line, column = line+1, 1
		case r != '\ufeff':
			column++
		}
	}
	return clean.String(), want
}

func TestMistakesAreAllFoundAndPlaced(t *testing.T) {
	for name, file := range marked {
		t.Run(name, func(t *testing.T) {
			src, want := unmark(file)
			d, mistakes := programme.Parse("f.yaml", []byte(src))
			var got []string
			for _, m := range mistakes {
				got = append(got, fmt.Sprintf("%d:%d %s", m.Line, m.Column, m.Code))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				for _, m := range mistakes {
					t.Log(m)
				}
			}
			if (d == nil) != (len(mistakes) > 0) {
				t.Errorf("definition %v with %d mistakes", d != nil, len(mistakes))
			}
		})
	}
}

func TestEveryMistakeHasItsTexts(t *testing.T) {
	seen := map[string]bool{}
	look := func(mistakes []programme.Mistake) {
		for _, m := range mistakes {
			seen[m.Code] = true
			var texts []string
			for _, lang := range []string{"sv", "en"} {
				wrong, right := m.Text(lang)
				if wrong == "" || right == "" || strings.Contains(wrong+right, "  ") {
					t.Errorf("%s in %s: %q; %q", m.Code, lang, wrong, right)
				}
				if left := regexp.MustCompile(`\{[a-z0-9]+\}`).FindString(wrong + right); left != "" {
					t.Errorf("%s in %s leaves %s: %q; %q", m.Code, lang, left, wrong, right)
				}
				texts = append(texts, wrong+right)
			}
			if texts[0] == texts[1] {
				t.Errorf("%s says the same in both languages: %q", m.Code, texts[0])
			}
		}
	}
	for _, file := range marked {
		src, _ := unmark(file)
		look(programme.Check("f.yaml", []byte(src)))
	}
	look(programme.Check("f.yaml", []byte(strings.Repeat("#", 600<<10))))
	look(programme.Check("f.yaml", []byte(head+group+"services:\n"+strings.Repeat("  - {id: S, sv: S, en: S}\n", 300))))
	for _, code := range programme.MistakeCodes() {
		if !seen[code] {
			t.Errorf("no file of the table is mistaken in the way of %s", code)
		}
	}
}

func TestMistakeReadsWell(t *testing.T) {
	for _, c := range []struct{ file, en, sv string }{
		{
			rules("{id: r, rounds: 1, fillmed: every}"),
			"f.yaml:13:28: there is no key fillmed here; did you mean filmed?",
			"f.yaml:13:28: här finns ingen nyckel fillmed; menade du filmed?",
		},
		{
			rules("{id: r, completed: training}"),
			"f.yaml:13:28: there is no variant with the id training; known are g",
			"f.yaml:13:28: det finns ingen inriktning med id training; kända är g",
		},
		{
			strings.Replace(head, "2024-01-01", "2023-02-29", 1) + group,
			"f.yaml:3:8: 2023-02-29 is no day of the calendar; write a day that exists, such as 2024-02-29",
			"f.yaml:3:8: 2023-02-29 finns inte i kalendern; skriv en dag som finns, till exempel 2024-02-29",
		},
		{
			head + group + "plan: [{year: two}]\n",
			"f.yaml:8:15: “two” is not of the right form; write a whole number from 1 to 20",
			"f.yaml:8:15: ”two” har inte rätt form; skriv ett heltal från 1 till 20",
		},
		{
			head + "variants: {id: g}\n",
			"f.yaml:6:11: this is a mapping (keys with values); write a list",
			"f.yaml:6:11: det här är en mappning (nycklar med värden); skriv en lista",
		},
	} {
		mistakes := programme.Check("f.yaml", []byte(c.file))
		if len(mistakes) != 1 || mistakes[0].Error() != c.en || mistakes[0].In("sv") != c.sv {
			t.Errorf("got %v\nwant %s\n     %s", mistakes, c.en, c.sv)
			for _, m := range mistakes {
				t.Log(m.In("sv"))
			}
		}
	}
}

func TestTooManyMistakesAreCounted(t *testing.T) {
	mistakes := programme.Check("f.yaml", []byte(head+group+"services:\n"+strings.Repeat("  - {id: S, sv: S, en: S}\n", 300)))
	if len(mistakes) != 201 || mistakes[200].Code != "more" || mistakes[200].Args["count"] != "100" {
		t.Errorf("%d mistakes, the last %v", len(mistakes), mistakes[len(mistakes)-1])
	}
}
