package catalogue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// takeIn stores the shipped definitions that are not stored yet. One that is stored with another text stays as it is, because
// rounds have started with it: the release should have given it a new version, and the log says so.
func (s *Service) takeIn(ctx context.Context, shipped fs.FS) error {
	type file struct {
		definition *programme.Definition
		source     []byte
	}
	names, err := fs.Glob(shipped, "*.yaml")
	if err != nil {
		return err
	}
	known, err := s.sums(ctx)
	if err != nil {
		return err
	}
	var files []file
	var wrong []error
	for _, name := range names {
		source, err := fs.ReadFile(shipped, name)
		if err != nil {
			return err
		}
		source = normal(source)
		if known[sha256.Sum256(source)] {
			continue // read before, and stored; reading it again would cost every start
		}
		d, mistakes := programme.Parse(name, source)
		for _, m := range mistakes {
			wrong = append(wrong, m)
		}
		if d != nil {
			files = append(files, file{d, source})
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	st := stamp{at: s.clock.Now()}
	var differ []string
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		differ = nil
		for _, f := range files {
			sum, err := db.One(ctx, tx, db.Scalar[[]byte], `SELECT sha256 FROM definition WHERE programme = $1 AND version = $2`,
				f.definition.ID, f.definition.Version)
			switch mine := sha256.Sum256(f.source); {
			case errs.Is(err, errs.NotFound):
				if _, err := addDefinition(ctx, tx, f.definition, f.source, "", st); err != nil {
					return err
				}
			case err != nil:
				return err
			case !bytes.Equal(sum, mine[:]):
				differ = append(differ, f.definition.ID+" "+f.definition.Version)
			}
		}
		return nil
	})
	for _, which := range differ {
		s.logger.Warn("a shipped definition differs from the stored one of the same version; the stored one stays", "definition", which)
	}
	return err
}

// sums are the sums of the texts that are stored.
func (s *Service) sums(ctx context.Context) (map[[sha256.Size]byte]bool, error) {
	known := map[[sha256.Size]byte]bool{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, db.Scalar[[]byte], `SELECT sha256 FROM definition`)
		for _, sum := range all {
			if len(sum) == sha256.Size {
				known[[sha256.Size]byte(sum)] = true
			}
		}
		return err
	})
	return known, err
}

// normal is a text as it is stored: without a byte order mark, with the line ends of Unix, and with one at its end. A text that is
// pasted into a browser comes back with other line ends, and is still the same.
func normal(source []byte) []byte {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n"))
	if trimmed := bytes.TrimRight(source, "\n"); len(trimmed) > 0 {
		source = append(slices.Clone(trimmed), '\n')
	}
	return source
}

// GiveHomes gives each programme that ships with the program and has no home yet to the first hub, each of its versions in force
// from its own date: what somebody downloads is ready to work with. Where there is no hub yet it does nothing, so it is called
// again when the first hub is made. A hub that should not have a programme moves it on.
func (s *Service) GiveHomes(ctx context.Context) error {
	st := stamp{at: s.clock.Now()}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		hub, err := db.One(ctx, tx, db.Scalar[string], `SELECT id FROM organisation WHERE kind = 'hub' ORDER BY created_at, id LIMIT 1`)
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range r.programmes() {
			if len(r.timelines[id].homes) > 0 {
				continue
			}
			if err := s.giveHome(ctx, tx, id, hub, r.versions(id), st); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give the shipped programmes a home: %w", err)
	}
	if s.known.Load() == nil {
		return nil // Open reads what there is when this is done
	}
	return s.refresh(ctx)
}

// giveHome makes hub the home of a programme, and puts each version in force from its own day.
func (s *Service) giveHome(ctx context.Context, tx *db.Tx, id, hub string, versions []Stored, st stamp) error {
	if err := addHome(ctx, tx, fact{programme: id, hub: hub, from: clock.DateOf(st.at.In(zone))}, st); err != nil {
		return err
	}
	for _, v := range versions {
		if err := addForce(ctx, tx, fact{programme: id, hub: hub, definition: v.ID, from: v.Dated}, st); err != nil {
			return err
		}
		if err := s.log.Add(ctx, tx, audit.Entry{At: st.at, Organisation: hub, Action: ActionInForce, Subject: v.ID, Outcome: audit.OK}); err != nil {
			return err
		}
	}
	return nil
}

// Check reads every stored definition, and tells which are not what was stored or can no longer be read. It is for doctor.
func (s *Service) Check(ctx context.Context) (checked int, wrong []string, err error) {
	type row struct {
		id, programme, version, source string
		sum                            []byte
	}
	var all []row
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(sc db.Scanner) (row, error) {
			var r row
			err := sc.Scan(&r.id, &r.programme, &r.version, &r.source, &r.sum)
			return r, err
		}, `SELECT id, programme, version, source, sha256 FROM definition ORDER BY programme, dated, id`)
		return err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("check the definitions: %w", err)
	}
	for _, r := range all {
		name := r.programme + " " + r.version
		if sum := sha256.Sum256([]byte(r.source)); !bytes.Equal(sum[:], r.sum) {
			wrong = append(wrong, name+": its text is not the one that was stored")
			continue
		}
		switch d, mistakes := programme.Parse(name+".yaml", []byte(r.source)); {
		case d == nil:
			wrong = append(wrong, mistakes[0].Error())
		case d.ID != r.programme || d.Version != r.version:
			wrong = append(wrong, fmt.Sprintf("%s: its text is of %s %s", name, d.ID, d.Version))
		}
	}
	return len(all), wrong, nil
}
