package node

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/web"
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
	found.issuer, found.page = openid.New(config, c.Clock), config.Page
	found.authenticator = access.NewIssued(found.credentials, found.issuer)
	return nil
}

// visitors is how visitors of the pages sign in at the issuer; nil where they do not.
func (c callers) visitors(entropy io.Reader) (web.Issuer, error) {
	if c.page == nil {
		return nil, nil
	}
	var secret string
	if c.page.SecretFile != "" {
		text, err := access.ReadSecret(c.page.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("read the secret of the pages' client: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	return c.issuer.Visitors(secret, entropy), nil
}
