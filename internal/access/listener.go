package access

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
)

// CheckListener refuses an address that others can reach without both TLS and credentials, and then says of
// what is no address that it is none. Facts are recorded for ever under the name of who is connected, so nobody may speak for another, and no token
// may cross a network in the clear.
func CheckListener(addr string, tls, credentials bool) error {
	if IsLoopback(addr) || tls && credentials {
		return nil
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("%q is no address to listen on: write HOST:PORT, such as 127.0.0.1:7440", addr)
	}
	var missing []string
	if !tls {
		missing = append(missing, "TLS (--tls-cert and --tls-key)")
	}
	if !credentials {
		missing = append(missing, "credentials (--credentials)")
	}
	return fmt.Errorf("the address %q can be reached from other machines, and there is no %s. Give the server what is missing, or listen on 127.0.0.1 only",
		addr, strings.Join(missing, " and no "))
}

// IsLoopback says whether an address to listen on can be reached from this machine only. A name other
// than localhost is taken to be reachable: what it resolves to may change.
func IsLoopback(addr string) bool {
	if strings.HasPrefix(addr, "unix:") {
		return true
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// TLSFiles are the files, in PEM, of a listener that others can reach.
type TLSFiles struct {
	Certificate string // the server's certificate, and those between it and its root
	Key         string // its private key
	ClientCA    string // the authorities that client certificates must come from; may be empty
}

// IsZero says that there are none.
func (f TLSFiles) IsZero() bool { return f == TLSFiles{} }

// read reads the contents of the files.
func (f TLSFiles) read() ([][]byte, error) {
	var contents [][]byte
	for _, part := range []struct {
		what, path string
		check      func(os.FileMode) error
	}{{"server's certificate", f.Certificate, anyMode}, {"server's key", f.Key, private}, {"client CA", f.ClientCA, anyMode}} {
		if part.path == "" {
			continue
		}
		data, err := readFile(part.path, part.check)
		if err != nil {
			return nil, fmt.Errorf("read the %s: %w", part.what, err)
		}
		contents = append(contents, data)
	}
	return contents, nil
}

func (f TLSFiles) parse(contents [][]byte) (keys, error) {
	pair, err := tls.X509KeyPair(contents[0], contents[1])
	if err != nil {
		return keys{}, fmt.Errorf("read the server's certificate %s and key %s: %w", f.Certificate, f.Key, err)
	}
	if f.ClientCA == "" {
		return keys{pair: pair}, nil
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(contents[2]) {
		return keys{}, errors.New("the client CA file " + f.ClientCA + " holds no certificate in PEM")
	}
	return keys{pair: pair, clients: clients}, nil
}
