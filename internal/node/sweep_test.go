package node

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"milepost.dev/internal/oracle"
	"milepost.dev/internal/oracle/sweep"
)

// damages is how many times each file of a data directory is damaged; more where MILEPOST_DAMAGES says so.
func damages(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("MILEPOST_DAMAGES"))
	if err != nil && os.Getenv("MILEPOST_DAMAGES") != "" {
		t.Fatal(err)
	}
	return max(n, 3)
}

// TestASweepAndAServerAgree damages every file of a data directory, one bit or a cut each time: what a sweep calls whole a
// server serves, and what a server refuses a sweep refuses.
func TestASweepAndAServerAgree(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(keptLedger, "data"))); err != nil {
		t.Fatal(err)
	}
	serveOnce(t, data)
	was := proofOf(t, data)
	random := rand.New(rand.NewPCG(1, 2))
	for _, file := range filesBelow(t, data) {
		content, err := os.ReadFile(filepath.Join(data, file))
		if err != nil {
			t.Fatal(err)
		}
		if len(content) == 0 {
			continue
		}
		for range damages(t) {
			what, damaged := damage(random, content)
			what += " in " + file
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			found, swept := sweep.Directory(dir, oracle.NewVerifier)
			position, served := serves(t, dir)
			switch {
			case swept == nil && served != nil:
				t.Errorf("%s: a sweep finds it whole, and the server says: %v", what, served)
			case swept != nil && served == nil:
				t.Errorf("%s: the server starts, and a sweep says: %v", what, swept)
			case swept == nil && position != found.Proof.Position:
				t.Errorf("%s: the server ends at position %d, and a sweep at %d", what, position, found.Proof.Position)
			case swept == nil && found.Proof.Digest != was.Digest && len(found.Notes) == 0:
				t.Errorf("%s: the ledger ends otherwise, and nothing is said: %+v", what, found.Proof)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func proofOf(t *testing.T, dir string) oracle.Proof {
	t.Helper()
	f, err := sweep.Directory(dir, oracle.NewVerifier)
	if err != nil || len(f.Notes) > 0 {
		t.Fatalf("%v %v", err, f.Notes)
	}
	return f.Proof
}

// damage flips a bit, or cuts something off.
func damage(random *rand.Rand, content []byte) (what string, damaged []byte) {
	damaged = append(damaged, content...)
	at := random.IntN(len(content))
	if random.IntN(4) == 0 {
		return fmt.Sprintf("cut off at byte %d of %d", at, len(content)), damaged[:at]
	}
	bit := random.IntN(8)
	damaged[at] ^= 1 << bit
	return fmt.Sprintf("bit %d of byte %d", bit, at), damaged
}

func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// serves starts a server on a directory, and says at which position it ends, or why it does not start.
func serves(t *testing.T, dir string) (position uint64, err error) {
	t.Helper()
	n, err := Start(t.Context(), Config{Data: dir, Listen: "127.0.0.1:0", User: "test", Software: "test"})
	if err != nil {
		return 0, err
	}
	_, position = n.Ledger()
	if err := n.Close(context.Background()); err != nil {
		t.Error(err)
	}
	return position, nil
}

func serveOnce(t *testing.T, dir string) {
	t.Helper()
	if _, err := serves(t, dir); err != nil {
		t.Fatal(err)
	}
}

// TestASweepBesideAServer proves the directory of a server that runs, and keeps that it did.
func TestASweepBesideAServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(keptLedger, "data"))); err != nil {
		t.Fatal(err)
	}
	k := &keptServer{t: t, data: data}
	k.start()
	defer k.stop()
	k.goesOn()
	f, err := sweep.Directory(data, oracle.NewVerifier)
	if err != nil || f.Proof.Position != keptPosition+2 || *f.Proof.Named != f.Proof.Parties {
		t.Fatalf("%+v %v", f, err)
	}
	if err := sweep.Keep(data, k.node.clock.Now(), f, nil); err != nil {
		t.Fatal(err)
	}
	if s := k.node.measured().Swept; s.Whole.IsZero() || s.Damaged {
		t.Errorf("the server says %+v", s)
	}
}
