package signin

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
)

// Mapping says what an organisation's provider tells about a person, and what follows from it here.
type Mapping struct {
	Subject string `json:"subject"` // the claim that names the person for ever
	Email   string `json:"email"`   // the claim with their address
	Name    string `json:"name"`    // the claim with their name
	// Trusted takes the addresses as the people's own also where the provider does not say that it has checked them. It reaches the
	// people of the organisation alone.
	Trusted bool `json:"trusted"`
	// Create adds people who are not known here, when a rule gives them a role.
	Create bool   `json:"create"`
	Rules  []Rule `json:"rules"`
}

// Rule gives a role to whoever has a value in a claim.
type Rule struct {
	Claim     string      `json:"claim"`
	Value     string      `json:"value"`
	Role      access.Role `json:"role"`
	Authority string      `json:"authority,omitempty"` // empty: the whole organisation
	Programme string      `json:"programme,omitempty"` // empty: all of them
}

// place is the role that a rule gives, without what it is given for.
type place struct {
	role                 access.Role
	authority, programme string
}

func (r Rule) place() place { return place{r.Role, r.Authority, r.Programme} }

// claims is what a provider says of a person.
type claims map[string]any

// has tells whether the claim has the value: as it is, or as one of several.
func (c claims) has(claim, value string) bool {
	switch v := c[claim].(type) {
	case []any:
		return slices.ContainsFunc(v, func(one any) bool { return claimText(one) == value })
	case nil:
		return false
	default:
		return claimText(v) == value
	}
}

// text is a claim that is one text; empty when there is none.
func (c claims) text(claim string) string {
	if s, ok := c[claim].(string); ok {
		return strings.TrimSpace(s)
	}
	return ""
}

// claimText is a single value as somebody would write it in a rule.
func claimText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// verified tells whether the provider says that the address is the person's own. Some say it in words.
func (c claims) verified() bool { return c.has(verifiedClaim, "true") }

// verifiedClaim is where a provider says that it has checked an address. OpenID Connect Core 1.0, section 5.1.
const verifiedClaim = "email_verified"

// wants is the claims without which nothing can be said of a person.
func (m Mapping) wants() []string {
	all := []string{m.Subject, m.Email, m.Name}
	if !m.Trusted {
		all = append(all, verifiedClaim)
	}
	for _, r := range m.Rules {
		all = append(all, r.Claim)
	}
	return all
}

// roles is what the rules give to whoever has these claims, each once.
func (m Mapping) roles(c claims) []place {
	var all []place
	for _, r := range m.Rules {
		if c.has(r.Claim, r.Value) && !slices.Contains(all, r.place()) {
			all = append(all, r.place())
		}
	}
	return all
}

// heldRole is a role that a person has now, and whether a mapping gave it.
type heldRole struct {
	id     string
	mapped bool
	place
}

// changes is what follows when somebody has these roles and should have those: the roles to give, and the ids of those to end. Only
// what a mapping gave is ended, and what they have already is not given again, whoever gave it.
func changes(have []heldRole, want []place) (give []place, end []string) {
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h heldRole) bool { return h.place == w }) {
			give = append(give, w)
		}
	}
	for _, h := range have {
		if h.mapped && !slices.Contains(want, h.place) {
			end = append(end, h.id)
		}
	}
	return give, end
}
