package notice

import (
	"context"

	"hemvist/internal/access"
	"hemvist/internal/directory"
)

// people is what notice asks of the room directory.
type people interface {
	Standing(ctx context.Context, actor access.Subject) (directory.Standing, error)
}

// signIns is what notice asks of the room signin.
type signIns interface {
	WithoutPasskey(ctx context.Context, actor access.Subject) (int, error)
}

// Accounts is the numbers of whoever looks after an organisation's accounts.
func Accounts(p people, in signIns) Numbers {
	return func(ctx context.Context, actor access.Subject) ([]Number, error) {
		if access.ReachOf(actor.Role, access.SetSignInRules) == access.None {
			return nil, nil
		}
		standing, err := p.Standing(ctx, actor)
		if err != nil {
			return nil, err
		}
		without, err := in.WithoutPasskey(ctx, actor)
		return []Number{{Kind: "people", N: standing.People, Path: "/people?state=present"}, {Kind: "roles-ending", N: standing.Ending}, {Kind: "without-passkey", N: without}}, err
	}
}
