package readmetest

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// units are where the units of systemd are.
const units = root + "/packaging/systemd/"

// unit is what a unit of systemd says, by "Section.Name".
type unit map[string][]string

func readUnit(t *testing.T, name string) unit {
	t.Helper()
	text, err := os.ReadFile(units + name)
	if err != nil {
		t.Fatal(err)
	}
	found, section := unit{}, ""
	for _, line := range strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		key, value, isSetting := strings.Cut(line, "=")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case isSetting:
			found[section+"."+key] = append(found[section+"."+key], strings.TrimSpace(value))
		}
	}
	return found
}

// host is a directory that stands for the machine that a package is installed on.
type host struct {
	t        *testing.T
	dir      string
	replaced *strings.Replacer // paths and addresses of that machine
	grpc     string
	env      []string
}

// newHost is a machine that was set up as docs/operating.md says.
func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, dir: t.TempDir()}
	for _, dir := range []string{"etc", "state", "backups"} {
		if err := os.Mkdir(filepath.Join(h.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(h.dir, "milepost")
	if err := os.Link(built(t, "go build -o milepost ./cmd/milepost"), binary); err != nil {
		t.Fatal(err)
	}
	h.grpc = free(t)
	h.replaced = strings.NewReplacer(
		"/usr/local/bin/milepost", binary, "/etc/milepost", filepath.Join(h.dir, "etc"),
		"/var/lib/milepost", filepath.Join(h.dir, "state"), "/var/backups/milepost", filepath.Join(h.dir, "backups"),
		"0.0.0.0:7440", h.grpc, "0.0.0.0:7441", free(t), "plans.example.org:7440", h.grpc,
	)
	h.env = []string{"HOME=/nonexistent", "USER=milepost", "LOGNAME=milepost", "PATH=/usr/bin:/bin"} // as systemd has it
	certify(t, filepath.Join(h.dir, "etc"))
	h.must(binary, "token", "add", "night-backup", "--role", "*=operator", "--credentials", h.replaced.Replace("/etc/milepost/credentials.json"), "--to", h.replaced.Replace("/etc/milepost/backup.token"))
	return h
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// machine is the name in its certificate.
const machine = "a.example.org"

// certify makes a certificate for this machine, and its key.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: machine}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *host) command(ctx context.Context, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = h.dir, h.env
	return cmd
}

func (h *host) must(words ...string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), within)
	defer cancel()
	out, err := h.command(ctx, words...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("%q: %v\n%s", words, err, out)
	}
	return string(out)
}

// serve runs a server by the words of its command line, and answers when it serves. The end it returns stops it as systemd and a
// container engine do, and is what it said meanwhile.
func (h *host) serve(words []string) (process *os.Process, end func() string) {
	h.t.Helper()
	for i, word := range words {
		words[i] = h.replaced.Replace(word)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.t.Context()), within)
	cmd := h.command(ctx, words...)
	said, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	log, serving := bufio.NewReader(said), false
	var before strings.Builder
	for !serving {
		line, err := log.ReadString('\n')
		if before.WriteString(line); err != nil {
			h.t.Fatalf("%q does not serve: %v\n%s", words, cmd.Wait(), before.String())
		}
		serving = strings.Contains(line, `"msg":"serving"`)
	}
	return cmd.Process, func() string {
		defer cancel()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			h.t.Error(err)
		}
		after, _ := io.ReadAll(log) // it ends with the process
		if err := cmd.Wait(); err != nil {
			h.t.Errorf("it ends with %v\n%s", err, after)
		}
		return string(after)
	}
}

// A server runs by the command line and the environment of its unit, takes a reload, and is backed up by the unit of the backup,
// with what docs/operating.md tells an operator to put beside them.
func TestTheUnitsRun(t *testing.T) {
	noteInputs(t)
	h := newHost(t)
	server, backup, timer := readUnit(t, "milepost.service"), readUnit(t, "milepost-backup.service"), readUnit(t, "milepost-backup.timer")
	// systemd puts the words of a variable in the place of $NAME, and none where it is not set.
	line, further := strings.CutSuffix(server["Service.ExecStart"][0], "$MILEPOST_FLAGS")
	if !further {
		t.Error("there is no place for further flags")
	}
	process, end := h.serve(strings.Fields(line + " " + h.replaced.Replace(furtherFlags(t))))
	if reload := server["Service.ExecReload"]; !slices.Equal(reload, []string{"/bin/kill -HUP $MAINPID"}) {
		t.Errorf("it is told to read its files again by %q", reload)
	}
	if err := process.Signal(syscall.SIGHUP); err != nil {
		t.Error(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range backup["Service.EnvironmentFile"] {
		block := regexp.MustCompile("(?s)" + regexp.QuoteMeta(file) + ":\n\n```sh\n(.*?)```").FindSubmatch(page)
		if block == nil {
			t.Fatalf("docs/operating.md does not say what is in %s", file)
		}
		h.env = append(h.env, strings.Fields(h.replaced.Replace(string(block[1])))...)
	}
	for _, line := range backup["Service.ExecStart"] {
		h.must(strings.Fields(h.replaced.Replace(line))...)
	}
	if said := end(); !strings.Contains(said, "as SIGHUP asks for") {
		t.Errorf("a reload is not noticed: %s", said)
	}
	if stop, err := time.ParseDuration(server["Service.TimeoutStopSec"][0]); err != nil || stop < 30*time.Second {
		t.Errorf("it is killed after %s, %v", stop, err)
	}
	if timer["Timer.OnCalendar"] == nil || timer["Timer.Persistent"] == nil {
		t.Errorf("the timer is %q", timer)
	}
}

// furtherFlags are those that docs/operating.md gives as an example, without the issuer: it has to be there at the first start of the pages.
func furtherFlags(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs/operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^MILEPOST_FLAGS=--oidc \S+ (.*)$`).FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/operating.md has no example of MILEPOST_FLAGS")
	}
	return strings.Replace(string(found[1]), "127.0.0.1:7442", free(t), 1)
}

// Systemd finds nothing wrong with the units, and little that they leave open.
func TestTheUnitsAreClosed(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze on this machine")
	}
	dir := t.TempDir()
	for _, name := range []string{"milepost.service", "milepost-backup.service", "milepost-backup.timer"} {
		text, err := os.ReadFile(units + name)
		if err != nil {
			t.Fatal(err)
		}
		// A program that is there: it is looked for.
		text = []byte(strings.ReplaceAll(string(text), "/usr/local/bin/milepost", "/bin/true"))
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"milepost.service", "milepost-backup.service", "milepost-backup.timer"} {
		verify := exec.CommandContext(t.Context(), "systemd-analyze", "verify", filepath.Join(dir, name))
		if out, err := verify.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if strings.HasSuffix(name, ".timer") {
			continue
		}
		security := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--threshold=30", filepath.Join(dir, name))
		out, err := security.CombinedOutput()
		if strings.Contains(string(out), "unrecognized option") {
			t.Skip("systemd-analyze is too old to judge a unit that is not installed")
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// A server runs by the command line of the container, as the user that it has there.
func TestTheContainerRuns(t *testing.T) {
	noteInputs(t)
	text, err := os.ReadFile(root + "/packaging/container/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t)
	var words []string
	for _, name := range []string{"ENTRYPOINT", "CMD"} {
		var some []string
		line := regexp.MustCompile(`(?m)^` + name + ` (.*)$`).FindSubmatch(text)
		if line == nil {
			t.Fatalf("it has no %s", name)
		}
		if err := json.Unmarshal(line[1], &some); err != nil {
			t.Fatal(err)
		}
		words = append(words, some...)
	}
	h.env = nil // as in a container of nothing else
	_, end := h.serve(words)
	end()
	module, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	built := regexp.MustCompile(`(?m)^FROM docker.io/library/golang:([\d.]+) `).FindSubmatch(text)
	needs := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	if built == nil || needs == nil || string(built[1]) != string(needs[1]) {
		t.Errorf("it is built with Go %s, and go.mod asks for %s", fmt.Sprintf("%s", built), needs)
	}
}
