// Package openid knows callers by the access tokens of an OpenID Connect issuer. Who they are follows from the issuer and the
// subject, which stay the same, and never from a name or an address, which may be given to somebody else.
package openid
