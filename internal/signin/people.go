package signin

import (
	"context"
	"fmt"

	"hemvist/internal/db"
)

// EndSignInsTx ends every sign-in of a person, and every code and invitation that could make one: for somebody who has left.
func (s *Service) EndSignInsTx(ctx context.Context, tx *db.Tx, person string) error {
	now := db.At(s.clock.Now())
	if _, err := tx.Exec(ctx, `UPDATE sign_in_session SET ended_at = $1 WHERE person_id = $2 AND ended_at IS NULL`, now, person); err != nil {
		return fmt.Errorf("end the sign-ins of a person: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE sign_in_code SET used_at = $1 WHERE person_id = $2 AND used_at IS NULL`, now, person); err != nil {
		return fmt.Errorf("end the codes of a person: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE invitation SET withdrawn_at = $1 WHERE person_id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL`, now, person); err != nil {
		return fmt.Errorf("withdraw the invitations of a person: %w", err)
	}
	return nil
}

// MergePersonTx removes the passkeys of somebody who turned out to be another: a passkey is made for the id that it names, and cannot be
// moved. So with a password, whose secret is sealed for them. The person signs in as the one who stays. Whoever is vouched for by an organisation is so from now on as the one who stays;
// invitations to the double are void.
func (s *Service) MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error {
	if _, err := tx.Exec(ctx, `UPDATE identity_link SET person_id = $1 WHERE person_id = $2`, into, from); err != nil {
		return fmt.Errorf("move the links of a double: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE invitation SET withdrawn_at = $1 WHERE person_id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL`,
		db.At(s.clock.Now()), from); err != nil {
		return fmt.Errorf("withdraw the invitations of a double: %w", err)
	}
	if err := s.removePasswordTx(ctx, tx, from); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE passkey SET removed_at = $1 WHERE person_id = $2 AND removed_at IS NULL`, db.At(s.clock.Now()), from)
	if err != nil {
		return fmt.Errorf("remove the passkeys of a double: %w", err)
	}
	return nil
}
