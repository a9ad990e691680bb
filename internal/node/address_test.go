package node

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An address that is taken is said to be, with the flag that gives another, and no data directory is made.
func TestAnAddressThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for flag, config := range map[string]Config{
		"--listen": {Listen: taken.Addr().String()},
		"--http":   {Listen: "127.0.0.1:0", HTTP: taken.Addr().String()},
	} {
		config.Data, config.User = filepath.Join(t.TempDir(), "data"), "test"
		if n, err := Start(t.Context(), config); err == nil || !strings.HasSuffix(err.Error(), "or give this one another "+flag) {
			t.Errorf("%s: %v, %v", flag, n, err)
		}
		if _, err := os.Stat(config.Data); err == nil {
			t.Errorf("%s: a data directory was made", flag)
		}
	}
}
