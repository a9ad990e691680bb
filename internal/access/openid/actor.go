package openid

import (
	"fmt"
	"strings"
)

// ActorPrefix begins the names under which callers of an issuer are recorded. Nobody else may have such a name.
const ActorPrefix = "oidc:"

// Actor is the name under which a subject of an issuer is recorded: "oidc:https://login.example.org#4711". Names that differ
// in case alone are one party in the ledger, and subjects that do so are two people; so everything but small letters, digits
// and a few signs is written as its bytes in hexadecimal, "%41" for an A.
func Actor(issuer, subject string) string {
	return ActorPrefix + plain(issuer) + "#" + plain(subject)
}

func plain(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~:/@", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}
