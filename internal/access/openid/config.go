package openid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
)

// Config says which issuer is believed, and for what.
type Config struct {
	// Issuer is its URL, as it stands in its tokens: over https, or http on this machine.
	Issuer string `json:"issuer"`
	// Audience is what an access token for this server names: this server, and no client of the issuer.
	Audience string `json:"audience"`
	// Algorithms are the signatures that are taken: of RS256, ES256 and EdDSA; all three where it is empty.
	Algorithms []string `json:"algorithms"`
	// Page is how visitors of the pages sign in; nil where they do so with a token.
	Page *Page `json:"page"`
}

// Page is a client of the issuer.
type Page struct {
	ClientID string `json:"client_id"`
	// SecretFile holds the client's secret; empty for a client that has none.
	SecretFile string `json:"client_secret_file"`
	// Redirect is the address at which the issuer sends visitors back: that of the pages, with /sign-in/back.
	Redirect string `json:"redirect"`
	// Scopes are asked for beside openid.
	Scopes []string `json:"scopes"`
}

// algorithms are all that can be asked for: with a key that only the issuer has.
var algorithms = []string{"RS256", "ES256", "EdDSA"}

// Parse reads a configuration. Nothing that it does not know is taken.
func Parse(data []byte) (Config, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if d.More() {
		return Config{}, errors.New("there is something after the end of the JSON")
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = algorithms
	}
	return c, c.check()
}

func (c Config) check() error {
	var errs []error
	if err := checkURL(c.Issuer); err != nil {
		errs = append(errs, fmt.Errorf("issuer: %w", err))
	}
	if c.Audience == "" {
		errs = append(errs, errors.New("audience is empty: give the name that an access token has for this server"))
	}
	for _, a := range c.Algorithms {
		if !slices.Contains(algorithms, a) {
			errs = append(errs, fmt.Errorf("algorithms: %q is not one of %q", a, algorithms))
		}
	}
	if p := c.Page; p != nil {
		switch {
		case p.ClientID == "":
			errs = append(errs, errors.New("page: client_id is empty"))
		case p.ClientID == c.Audience:
			errs = append(errs, errors.New("page: client_id is the audience too: a token that tells a page who its visitor is would be taken for one that lets somebody state facts"))
		}
		if err := checkURL(p.Redirect); err != nil {
			errs = append(errs, fmt.Errorf("page: redirect: %w", err))
		}
	}
	return errors.Join(errs...)
}

// checkURL takes https, and http where nothing crosses a network.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("%q is not an address such as https://login.example.org", text)
	case u.Scheme == "https":
		return nil
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%q is not over https, so that anybody on the way could answer in its place", text)
}
