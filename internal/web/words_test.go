package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/web/webtest"
)

// groupsWords are the words of a group of parents.
var groupsWords = regexp.MustCompile(`(?i)\b(träff|grupp)(en|ens|ar|arna|er|erna)?\b`)

// TestATrainingHasWordsOfItsOwn: on no page of a training, nor where something is refused or told on it, stand a group's words; what leads from
// page to page is called as its reader calls it.
func TestATrainingHasWordsOfItsOwn(t *testing.T) {
	h := webtest.Open(t, dbtest.New(t))
	place := h.NewPlace(t, h.NewHub(t, "Hemvisten"), "Provköpings kommun")
	if err := h.Catalogue.GiveHomes(t.Context()); err != nil {
		t.Fatal(err)
	}
	trainer, leader := h.NewPerson(t, access.Trainer, place), h.NewPerson(t, access.Leader, place)
	made := h.NewRounds(t, webtest.NewRound{Place: place, Name: "Kursen i höst", Variant: "leader-training-on-site", Staff: []webtest.Person{trainer, leader}},
		webtest.NewRound{Place: place, Name: "Onsdagarna", Staff: []webtest.Person{leader}})
	r, group := made[0], made[1]
	c := h.SignIn(t, trainer.Email)
	fits := func(a *webtest.Answer) {
		t.Helper()
		text := strings.ReplaceAll(a.One("body").Text(), h.Texts.For("sv").T("plan.button.learners"), "") // which is of meetings too
		if found := groupsWords.FindAllString(text, -1); len(found) > 0 {
			t.Errorf("%s has %q", a.Asked, found)
		}
	}
	ahead := r.Path("/sessions/" + r.Sessions[1].ID)
	for _, path := range []string{"/", "/week", "/rounds", "/rounds/calendar", "/rounds/strip", r.Path(""), r.Path("/participants"), r.Path("/participants/new"), r.Path("/plan"), r.Path("/plan/change"),
		r.Path("/plan/staff"), r.Path("/plan/sessions/" + r.Sessions[1].ID), r.Path("/end"), r.Path("/sessions/" + r.Sessions[0].ID), ahead, ahead + "/attendance", ahead + "/stand-in", ahead + "/tell",
		"/rounds/new?variant=connect/leader-training-on-site"} {
		fits(c.Get(t, path).Wants(http.StatusOK))
	}
	fits(c.Post(t, r.Path("/plan/sessions/"+r.Sessions[1].ID), url.Values{"on": {"2020-01-01"}, "starts": {"25:00"}, "do": {"save"}}))
	c.Post(t, ahead, url.Values{"fact": {"cancelled"}, "sure": {"yes"}}).Wants(http.StatusSeeOther)
	fits(c.Get(t, r.Path(""))) // with what was done
	fits(c.Post(t, r.Path("/end"), url.Values{"how": {"closed"}}))

	if page := h.SignIn(t, leader.Email).Get(t, group.Path("")); !strings.Contains(page.One("#sessions-title").Text(), "Träffarna") {
		t.Errorf("a group has %q", page.One("#sessions-title").Text())
	}
}
