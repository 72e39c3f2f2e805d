package main

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const (
	collectionName = "records"
	userEmail      = "bench@example.org"
	listRule       = `@request.auth.id != ""`
)

var (
	states    = []string{"planned", "open", "running", "closed", "cancelled"}
	variants  = []string{"parents", "foster", "online", "staff"}
	languages = []string{"sv", "en", "ar", "fa", "so", "ti", "uk"}
)

// prepare makes the folder ready: collection, rows and user the first time, the settings every time. It returns an auth
// token of the user.
func prepare(app core.App, opt options, progress io.Writer) (string, error) {
	if err := applySettings(app, opt); err != nil {
		return "", err
	}
	if err := ensureCollection(app); err != nil {
		return "", err
	}
	if err := ensureRows(app, opt.rows, progress); err != nil {
		return "", err
	}
	user, err := ensureUser(app)
	if err != nil {
		return "", err
	}
	token, err := user.NewAuthToken()
	if err != nil {
		return "", fmt.Errorf("issue an auth token: %w", err)
	}
	return token, nil
}

// applySettings changes nothing where nothing differs, so that a second start costs what a start costs.
func applySettings(app core.App, opt options) error {
	days := 0
	if opt.requestLog {
		days = 5 // PocketBase's own default
	}
	s := app.Settings()
	if s.Logs.MaxDays == days {
		return nil
	}
	s.Logs.MaxDays = days
	if err := app.Save(s); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

// ensureCollection makes a collection with the columns of a list of rounds, an index on what the list is sorted by (the
// total is counted over it too), and a rule that lists demand a signed-in user.
func ensureCollection(app core.App) error {
	if _, err := app.FindCollectionByNameOrId(collectionName); err == nil {
		return nil
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("find the collection: %w", err)
	}
	c := core.NewBaseCollection(collectionName)
	c.ListRule = types.Pointer(listRule)
	c.ViewRule = types.Pointer(listRule)
	for _, name := range []string{"title", "municipality", "authority", "variant", "state", "leader", "language"} {
		c.Fields.Add(&core.TextField{Name: name})
	}
	c.Fields.Add(
		&core.DateField{Name: "first_on"},
		&core.DateField{Name: "last_on"},
		&core.NumberField{Name: "sessions", OnlyInt: true},
		&core.NumberField{Name: "participants", OnlyInt: true},
	)
	c.AddIndex("idx_records_first_on", false, "first_on", "")
	c.AddIndex("idx_records_state", false, "state", "")
	if err := app.Save(c); err != nil {
		return fmt.Errorf("make the collection: %w", err)
	}
	return nil
}

// ensureRows fills the collection where it is empty and refuses a folder filled with another number of rows.
func ensureRows(app core.App, rows int, progress io.Writer) error {
	var have int
	if err := app.DB().Select("count(*)").From(collectionName).Row(&have); err != nil {
		return fmt.Errorf("count the rows: %w", err)
	}
	switch have {
	case rows:
		return nil
	case 0:
	default:
		return fmt.Errorf("the folder has %d rows, not %d: name another --dir", have, rows)
	}
	fmt.Fprintf(progress, "filling %d rows, once\n", rows)
	err := app.RunInTransaction(func(tx core.App) error {
		q := tx.DB().NewQuery(`INSERT INTO {{records}} ([[id]], [[title]], [[municipality]], [[authority]], [[variant]],
			[[state]], [[leader]], [[language]], [[first_on]], [[last_on]], [[sessions]], [[participants]])
			VALUES ({:id}, {:title}, {:municipality}, {:authority}, {:variant}, {:state}, {:leader}, {:language},
			{:first_on}, {:last_on}, {:sessions}, {:participants})`).Prepare()
		defer func() { _ = q.Close() }()
		r := mrand.New(mrand.NewPCG(1, 2)) // the same rows in every folder
		for i := range rows {
			if _, err := q.Bind(row(r, i)).Execute(); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("fill the collection: %w", err)
	}
	// As PocketBase does by its own clock: statistics for the planner, and no log file to read through.
	for _, pragma := range []string{"ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := app.NonconcurrentDB().NewQuery(pragma).Execute(); err != nil {
			return fmt.Errorf("%s: %w", pragma, err)
		}
	}
	return nil
}

// row is the i-th invented round: 290 municipalities and twenty years.
func row(r *mrand.Rand, i int) dbx.Params {
	const layout = "2006-01-02 15:04:05.000Z" // how PocketBase stores a date
	first := time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(20*365))
	municipality := r.IntN(290) + 1
	return dbx.Params{
		"id":           fmt.Sprintf("r%014d", i),
		"title":        fmt.Sprintf("Round %d, municipality %03d, %s", i, municipality, first.Format("January 2006")),
		"municipality": fmt.Sprintf("Municipality %03d", municipality),
		"authority":    fmt.Sprintf("Authority %d of municipality %03d", r.IntN(3)+1, municipality),
		"variant":      variants[r.IntN(len(variants))],
		"state":        states[r.IntN(len(states))],
		"leader":       fmt.Sprintf("Leader %04d", r.IntN(3000)),
		"language":     languages[r.IntN(len(languages))],
		"first_on":     first.Format(layout),
		"last_on":      first.AddDate(0, 0, 7*(9+r.IntN(4))).Format(layout),
		"sessions":     10 + r.IntN(3),
		"participants": 4 + r.IntN(13),
	}
}

// ensureUser finds or makes the one who signs in. Nobody knows the password: the token is all that is used.
func ensureUser(app core.App) (*core.Record, error) {
	user, err := app.FindAuthRecordByEmail("users", userEmail)
	if err == nil {
		return user, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("find the user: %w", err)
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return nil, fmt.Errorf("find the users: %w", err)
	}
	user = core.NewRecord(users)
	user.SetEmail(userEmail)
	user.SetPassword(rand.Text())
	user.SetVerified(true)
	if err := app.Save(user); err != nil {
		return nil, fmt.Errorf("make the user: %w", err)
	}
	return user, nil
}
