package recruitment

import (
	"context"
	"errors"
	"slices"

	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
)

// offerLetter tells somebody that there is an answer for them. Neither the programme nor the group stands in it.
var offerLetter = mail.Register(mail.Template{Name: "interest-offer", Args: []string{"organisation"}, Link: true, Private: true})

// wayOf is how a letter travels when somebody is told by it.
var wayOf = map[How]mail.Way{ByEmail: mail.ByEmail, BySMS: mail.BySMS}

// addLetter adds to an offer the letter that leads to it. Where it goes is not stored with the letter: Address tells when it is sent.
func (s *Service) addLetter(r Row, st *step) {
	to := r.Email
	if st.how == BySMS {
		to = r.Phone
	}
	language := r.Language
	if !slices.Contains(i18n.Languages, language) {
		language = i18n.Languages[0]
	}
	st.letter = &mail.Letter{Template: offerLetter.Name, Way: wayOf[st.how], To: to, Language: language, Organisation: r.Organisation, Authority: r.Authority,
		Args: map[string]string{"organisation": r.In}, Link: mail.Link{Path: pathOffer, Purpose: purposeOffer, ID: st.id}, Once: purposeOffer + ":" + st.id}
	st.opens = hashSecret(s.vault.Secret(purposeOffer, st.id))
}

// Address is where a letter about an offer goes, by the way it travels: the room of letters asks when it hands one over, and stores it
// nowhere. It is NotFound when there is none any more.
func (s *Service) Address(ctx context.Context, w mail.Way, fact string) (string, error) {
	var x stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = db.One(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` JOIN interest_fact f ON f.interest_id = i.id WHERE f.id = $1 AND i.erased_at IS NULL`, fact)
		return err
	})
	if err != nil {
		return "", wrapped("address of an offer", err)
	}
	opened, err := s.openAll(ctx, []stored{x})
	if err != nil {
		return "", wrapped("address of an offer", err)
	}
	to := opened[0].Email
	if w == mail.BySMS {
		to = opened[0].Phone
	}
	if to == "" || opened[0].Protected {
		return "", errs.Wrap(errs.NotFound, errors.New("there is nowhere to write to"))
	}
	return to, nil
}
