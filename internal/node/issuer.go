package node

import (
	"errors"
	"fmt"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/openid"
)

// issued adds the callers of an issuer to those of the credentials.
func (c Config) issued(found *callers) error {
	if c.OIDC == "" {
		return nil
	}
	if found.credentials == nil {
		return errors.New("--oidc says by whom callers are known, and --credentials what they may do: give both")
	}
	text, err := access.ReadSettings(c.OIDC)
	if err != nil {
		return fmt.Errorf("read the issuer: %w", err)
	}
	config, err := openid.Parse(text)
	if err != nil {
		return fmt.Errorf("the file %s of the issuer cannot be used: %w", c.OIDC, err)
	}
	found.issuer = openid.New(config, c.Clock)
	found.authenticator = access.NewIssued(found.credentials, found.issuer)
	return nil
}
