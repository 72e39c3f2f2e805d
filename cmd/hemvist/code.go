package main

import (
	"context"
	"fmt"
	"io"

	"hemvist/internal/errs"
)

type codeCmd struct {
	store `embed:""`
	Email string `arg:"" help:"The person's e-mail address, as it stands in the directory."`
}

// Run prints a code that signs the person in once.
func (c *codeCmd) Run(ctx context.Context, out io.Writer) error {
	h, err := open(ctx, c.store, newLogger(true))
	if err != nil {
		return err
	}
	code, err := h.SignIns.NewCode(ctx, c.Email)
	if errs.Is(err, errs.NotFound) {
		err = fmt.Errorf("nobody has the address %s", c.Email)
	}
	if err == nil {
		fmt.Fprintf(out, "The code works once, for half an hour:\n\n    %s\n\n", code)
	}
	if closeErr := h.close(); err == nil {
		err = closeErr
	}
	return err
}
