package accesslog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"milepost.dev/internal/observe/accesslog"
	"milepost.dev/internal/observe/logs"
)

const size, kept = 4000, 4

// written is a log of a server that was started several times and cut off once, and turned its files; and the last line that it told of.
func written(t *testing.T) (path string, told map[uint64]string) {
	t.Helper()
	path, told = filepath.Join(t.TempDir(), "access.log"), map[uint64]string{}
	if err := os.WriteFile(path, []byte(`{"time":"2026-01-01T00:00:00Z","method":"m","code":"OK","duration_ms":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for start := range 5 {
		l, err := accesslog.Open(path, accesslog.Options{
			Size: size, Files: kept, Now: at, Failed: func(err error) { t.Error(err) },
			Turned: func(number uint64, digest string) { told[number] = digest },
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 7 + start {
			l.Ended(logs.Call{Method: "/m", Plan: fmt.Sprint("plan-", start, "-", i), Actor: "Ann"})
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if start == 3 { // within a line
			text := read(t, path)
			if err := os.WriteFile(path, text[:len(text)-20], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return path, told
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What a server wrote is proved over its files, its starts and a line that broke off; and what it told of is found again.
func TestWhatWasWrittenIsProved(t *testing.T) {
	path, told := written(t)
	proof, err := accesslog.Verify(path, nil)
	if err != nil || proof.Files != 3 || proof.Unchained != 1 || proof.BrokenOff != 1 || proof.First != 1 || proof.Last != 44 || proof.Lines != 46 {
		t.Fatalf("%+v, %v", proof, err)
	}
	expect := map[uint64]string{}
	for number, digest := range told {
		if number != 34 { // which broke off after it was told of
			expect[number] = digest
		}
	}
	if len(expect) < 4 || expect[proof.Last] != proof.Digest {
		t.Errorf("it told of %v, and ends with %d %s", told, proof.Last, proof.Digest)
	}
	if proof, err := accesslog.Verify(path, expect); err != nil || proof.Kept != len(expect) {
		t.Errorf("%+v, %v", proof, err)
	}
	var damage *accesslog.Damage
	if _, err := accesslog.Verify(path, map[uint64]string{45: proof.Digest}); !errors.As(err, &damage) || !strings.Contains(err.Error(), "ends at line 44") {
		t.Errorf("lines cut off at the end: %v", err)
	}
	if _, err := accesslog.Verify(path, map[uint64]string{7: proof.Digest}); !errors.As(err, &damage) || !strings.Contains(err.Error(), "whose digest was kept") {
		t.Errorf("another digest: %v", err)
	}
	if _, err := accesslog.Verify(path+".none", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no log: %v", err)
	}
}

// Attack: a line of the access log is changed, taken out, put in or moved, or a file of it is.
func TestNoLineIsChangedUnseen(t *testing.T) {
	path, told := written(t)
	newest := map[uint64]string{44: told[44]}
	files := []string{path + ".2", path + ".1", path}
	tried := 0
	attack := func(what, file string, change func(lines [][]byte) [][]byte) {
		t.Helper()
		before := read(t, file)
		lines := bytes.SplitAfter(before, []byte("\n"))
		after := bytes.Join(change(slices.Clone(lines[:len(lines)-1])), nil)
		if bytes.Equal(before, after) {
			return
		}
		tried++
		if err := os.WriteFile(file, after, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := accesslog.Verify(path, newest); err == nil {
			t.Errorf("%s of %s is not noticed", what, filepath.Base(file))
		}
		if err := os.WriteFile(file, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		for i := range bytes.Count(read(t, file), []byte("\n")) {
			if file == files[0] && i == 0 {
				continue // of a version without a chain
			}
			at := fmt.Sprint("line ", i+1)
			attack("another plan in "+at, file, func(l [][]byte) [][]byte {
				l[i] = bytes.Replace(l[i], []byte("plan-"), []byte("plan+"), 1)
				return l
			})
			attack("taking out "+at, file, func(l [][]byte) [][]byte { return slices.Delete(l, i, i+1) })
			attack("repeating "+at, file, func(l [][]byte) [][]byte { return slices.Insert(l, i, l[i]) })
			attack("garbage before "+at, file, func(l [][]byte) [][]byte { return slices.Insert(l, i, []byte("{\n")) })
			if i > 0 {
				attack("exchanging "+at, file, func(l [][]byte) [][]byte { l[i-1], l[i] = l[i], l[i-1]; return l })
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d attacks were tried", tried)
	}
	if err := os.Rename(files[1], files[1]+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(files[0], files[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := accesslog.Verify(path, nil); err == nil {
		t.Error("a file that is missing is not noticed")
	}
}

// Attack: somebody without credentials fills the log, so that what others did goes. All of them are counted.
func TestStrangersDoNotPushOutOthers(t *testing.T) {
	path, now := filepath.Join(t.TempDir(), "access.log"), at()
	l, err := accesslog.Open(path, accesslog.Options{Now: func() time.Time { return now }, Failed: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	const each = 500
	for second := range 3600 {
		now = at().Add(time.Duration(second) * time.Second)
		for range each {
			l.Ended(logs.Call{Method: "/http", Code: codes.Unauthenticated, Rule: "credentials-missing", Address: "192.0.2.1:40000"})
		}
	}
	l.Ended(logs.Call{Method: "/m", Plan: "hubs", Actor: "Ann"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	proof, err := accesslog.Verify(path, nil)
	if err != nil || proof.Lines != 1001 || proof.LeftOut != 3600*each-1000 {
		t.Errorf("%+v, %v", proof, err)
	}
}
