// Package localtoken keeps the token of a server without credentials where every command of the same user finds it, and
// no other user of the machine. There is a file for each address that a server listens on. A server writes it when it
// starts and removes it when it stops; the token is another one at each start, so that one that was shown to a stranger
// who had taken the address of a stopped server is worth nothing.
package localtoken

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// longest is the most bytes that are read of a file.
const longest = 4096

// Dir is where the files of the user who runs this process are: below XDG_STATE_HOME, else ~/.local/state.
func Dir(env func(string) string) (string, error) {
	state := env("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // which the specification says to ignore
		home := env("HOME")
		if home == "" {
			u, err := user.Current()
			if err != nil {
				return "", fmt.Errorf("find your home directory: %w. Set XDG_STATE_HOME to a directory of yours", err)
			}
			home = u.HomeDir
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "milepost", "local"), nil
}

// Write puts the token of the server that listens on an address into a directory, which is made where there is none.
// It returns the file's path.
func Write(dir, address, token string) (string, error) {
	name, ok := fileOf(address)
	if !ok {
		return "", fmt.Errorf("%q is not an address of this machine", address)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := own(dir); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "."+name+"-*") // with mode 0600; a link at the name itself is replaced, not followed
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	_, err = f.WriteString(token + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return path, nil
}

// Remove removes the file of an address if it holds the token; with an empty token whatever it holds.
func Remove(dir, address, token string) error {
	name, ok := fileOf(address)
	if !ok {
		return nil
	}
	path := filepath.Join(dir, name)
	if token != "" {
		if found, err := read(path); err != nil || found != token {
			return nil // another server's, by now
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Find looks for the token of the server at an address, HOST:PORT. Where there is one, it also returns the address that
// the token is for: a name such as localhost may lead elsewhere, and whoever answers there must not be shown the token.
// The token is empty where there is none.
func Find(dir, server string) (token, address string, err error) {
	for _, address := range addresses(server) {
		name, ok := fileOf(address)
		if !ok {
			continue
		}
		token, err := read(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return token, address, err
	}
	return "", "", nil
}

// addresses are those that a server may be meant by.
func addresses(server string) []string {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return nil
	}
	if strings.EqualFold(host, "localhost") {
		return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	}
	return []string{server}
}

// fileOf is the name of the file of an address of this machine: 127.0.0.1_7440.
func fileOf(address string) (string, bool) {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || !parsed.Addr().Unmap().IsLoopback() {
		return "", false
	}
	return fmt.Sprintf("%s_%d", strings.ReplaceAll(parsed.Addr().Unmap().String(), ":", "-"), parsed.Port()), true
}

func read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if err := private(path, info); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, longest))
	return strings.TrimSpace(string(text)), err
}
