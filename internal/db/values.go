package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"hemvist/internal/errs"
)

// NewID makes an id: a UUIDv7 as text. Later ids sort after earlier ones made by the same process.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Time is an instant as both engines store it: UTC text of fixed width, so that it sorts and compares as text. The zero Time is
// NULL. What is finer than a microsecond is cut off.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000000Z"

// At is t as it is stored: in UTC, in whole microseconds.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// Value stores the instant as its text, and the zero Time as NULL. A year outside 1 to 9999 is an error.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	utc := t.UTC()
	if y := utc.Year(); y < 1 || y > 9999 {
		return nil, errs.Wrap(errs.Invalid, fmt.Errorf("the year %d cannot be stored", y))
	}
	return utc.Format(timeLayout), nil
}

// Scan reads what Value stored; anything else is an error.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Time{}
		return nil
	case string:
		at, err := time.Parse(timeLayout, v)
		if err != nil {
			return fmt.Errorf("%q is no stored instant", v)
		}
		*t = Time{at}
		return nil
	case []byte:
		return t.Scan(string(v))
	default:
		return fmt.Errorf("an instant cannot be read from %T", src)
	}
}

var errText = errors.New("the text holds a NUL or is not UTF-8")

// plainArgs turns arguments into what both engines take and store alike: int64, float64, string, []byte, nil. Booleans become
// 0 and 1. A text that PostgreSQL would refuse is refused for both, with kind Invalid; a bare time.Time too, as the engines
// would write it differently.
func plainArgs(args []any) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	plain := make([]any, len(args))
	for i, a := range args {
		v, err := plainArg(a)
		if err != nil {
			return nil, fmt.Errorf("argument $%d: %w", i+1, err)
		}
		plain[i] = v
	}
	return plain, nil
}

func plainArg(a any) (any, error) {
	if r, ok := a.(refusedArg); ok {
		return nil, r.err
	}
	v, err := driver.DefaultParameterConverter.ConvertValue(a)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case string:
		if !storable(v) {
			return nil, errs.Wrap(errs.Invalid, errText)
		}
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case time.Time:
		return nil, errors.New("a time.Time is stored as a db.Time or a clock.Date")
	default:
		return v, nil
	}
}

// storable tells whether both engines can hold s as text.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// refusedArg carries an error to where a statement's arguments are converted, which fails with it.
type refusedArg struct{ err error }

// Value fails with the error.
func (r refusedArg) Value() (driver.Value, error) { return nil, r.err }

// Null is a text for a column that may be NULL: an empty one is NULL.
func Null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
